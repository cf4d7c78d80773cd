"""Events as rows: old conversations are found without reading the whole table, and row numbers do not run out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.storage import event_table
from bot.storage.engine import make_engine
from bot.storage.event_table import EVENTS, silent_conversations

NOW = 1_700_000_000.0
OLD, YOUNG = NOW - 100, NOW + 100


@pytest.fixture
def session(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'conversations.db'}")
    EVENTS.metadata.create_all(engine)
    with sa.orm.Session(engine) as session:
        yield session


def write(session, *conversations_and_times):
    rows = [
        {"sender_id": conversation, "type_name": "user", "timestamp": at, "intent_name": None, "action_name": None, "data": "{}"}
        for conversation, at in conversations_and_times
    ]
    event_table.insert(session, rows)


def walk(session, most):
    """The conversations that a whole walk finds, and the number of its steps."""
    found, row, steps = [], 0, 0
    while row is not None:
        conversations, row = silent_conversations(session, row, NOW, most)
        found += conversations
        steps += 1
    return found, steps


def test_silent_conversations_are_found(session):
    write(session, ("a", OLD), ("b", OLD), ("a", OLD), ("c", YOUNG))
    assert sorted(walk(session, 10)[0]) == ["a", "b"]


def test_an_active_conversation_is_not_found(session):
    write(session, ("a", OLD), ("b", OLD), ("a", YOUNG))
    assert walk(session, 10)[0] == ["b"]


def test_old_rows_of_active_conversations_do_not_end_the_walk(session):
    write(session, *[("long", OLD)] * 6, ("silent", OLD), ("long", YOUNG))
    assert walk(session, 2)[0] == ["silent"]


def test_the_walk_ends_at_the_first_young_rows(session):
    write(session, ("a", OLD), *[(f"b{number}", YOUNG) for number in range(100)])
    assert walk(session, 2)[1] == 2


def test_an_empty_table_has_no_silent_conversations(session):
    assert walk(session, 10) == ([], 1)


def test_postgresql_numbers_rows_with_eight_bytes(postgres):
    engine = make_engine(postgres.url)
    EVENTS.metadata.create_all(engine)
    columns = {column["name"]: column["type"] for column in sa.inspect(engine).get_columns("events")}
    assert isinstance(columns["id"], sa.BIGINT)
    with sa.orm.Session(engine) as session:
        session.execute(sa.text("select setval('events_id_seq', 3000000000)"))
        write(session, ("a", OLD))
        assert event_table.last_row(session, "a") == 3_000_000_001

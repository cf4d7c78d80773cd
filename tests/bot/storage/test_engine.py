"""Missing tables are made, but never in place of one that was moved away."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.storage.engine import TableMissingError, make_engine, make_folder, make_tables

EVENTS, INDEX = sa.MetaData(), sa.MetaData()
sa.Table("events", EVENTS, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("ended", INDEX, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("signed_in", INDEX, sa.Column("id", sa.Integer, primary_key=True))
PARTS = (EVENTS, INDEX)
NAMES = {"events", "ended", "signed_in"}


@pytest.fixture
def engine(tmp_path):
    made = make_engine(f"sqlite:///{tmp_path / 'conversations.db'}")
    yield made
    made.dispose()


def run(engine, statement):
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def tables(engine):
    return set(sa.inspect(engine).get_table_names())


def test_an_empty_database_gets_all_tables(engine):
    assert make_tables(engine, PARTS) == NAMES
    assert tables(engine) == NAMES


def test_a_second_call_changes_nothing(engine):
    make_tables(engine, PARTS)
    run(engine, "insert into events (id) values (1)")
    make_tables(engine, PARTS, NAMES)
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from events")).scalar() == 1


def test_a_known_database_that_was_emptied_gets_its_tables_again(engine):
    make_tables(engine, PARTS, NAMES)
    assert tables(engine) == NAMES


def test_tables_of_a_newer_release_are_added(engine):
    make_tables(engine, (EVENTS,))
    make_tables(engine, PARTS)
    assert tables(engine) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_known_table_that_was_moved_away_gets_no_twin(engine, name):
    make_tables(engine, PARTS)
    run(engine, f"alter table {name} rename to away")
    with pytest.raises(TableMissingError, match=name):
        make_tables(engine, PARTS, NAMES)
    assert tables(engine) == NAMES - {name} | {"away"}


def test_a_process_that_starts_while_the_events_are_away_makes_no_twin(engine):
    make_tables(engine, PARTS)
    run(engine, "alter table events rename to away")
    with pytest.raises(TableMissingError, match="events"):
        make_tables(engine, PARTS)
    assert "events" not in tables(engine)


def test_two_replicas_may_make_the_tables_at_the_same_moment(engine, monkeypatch):
    other_replica = make_engine(str(engine.url))
    create_all = EVENTS.create_all

    def loses_the_race(bind):
        if not tables(bind):
            create_all(other_replica)
            raise OperationalError("create table events", {}, Exception("table events already exists"))
        create_all(bind)

    monkeypatch.setattr(EVENTS, "create_all", loses_the_race)
    make_tables(engine, PARTS)
    assert tables(engine) == NAMES


def test_only_the_owner_can_open_the_folder_of_a_database_file(tmp_path):
    make_folder(f"sqlite:///{tmp_path / 'state' / 'conversations.db'}")
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0

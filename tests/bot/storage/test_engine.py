"""The database's tables: made where there are none, never beside one that was moved away."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.storage.engine import TableMissingError, check_tables, make_engine, make_folder

NAMES = ("events", "ended")


@pytest.fixture
def engine(tmp_path):
    made = make_engine(f"sqlite:///{tmp_path / 'conversations.db'}")
    with made.begin() as connection:
        for name in NAMES:
            connection.execute(sa.text(f"create table {name} (id integer)"))
    yield made
    made.dispose()


def test_all_tables_are_there(engine):
    check_tables(engine, NAMES)


def test_a_table_that_was_moved_away_is_missed(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("alter table events rename to away"))
    with pytest.raises(TableMissingError, match="events"):
        check_tables(engine, NAMES)


def test_a_new_database_may_be_filled(engine):
    with engine.begin() as connection:
        for name in NAMES:
            connection.execute(sa.text(f"drop table {name}"))
    check_tables(engine, NAMES)


def test_the_folder_of_a_database_file_is_its_owners(tmp_path):
    make_folder(f"sqlite:///{tmp_path / 'state' / 'conversations.db'}")
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0

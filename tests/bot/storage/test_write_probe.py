"""A store counts as writable if a write succeeds."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.storage import write_probe


@pytest.fixture
def file(tmp_path):
    return tmp_path / "conversations.db"


def test_any_number_of_writes_leaves_one_row(file):
    engine = sa.create_engine(f"sqlite:///{file}")
    for _ in range(3):
        write_probe.write(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(write_probe.CHECKS)).scalar() == 1


def test_a_read_only_store_is_noticed(file):
    write_probe.write(sa.create_engine(f"sqlite:///{file}"))
    with pytest.raises(SQLAlchemyError):
        write_probe.write(sa.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true"))


def test_a_full_disk_is_noticed(file):
    engine = sa.create_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("pragma max_page_count=1"))
    with pytest.raises(SQLAlchemyError, match="full"):
        write_probe.write(engine)

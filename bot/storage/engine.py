"""The database of the conversations: its engine, with time limits, and its tables.

Rasa's store waits for ever for a database that does not answer, and every message waits with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import create_engine_kwargs
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

OUTAGES = (SQLAlchemyError, OSError)
_BUSY_MILLISECONDS = 1000
_STATEMENT_MILLISECONDS = 2500
_POSTGRES_LIMITS = {"connect_timeout": 2, "tcp_user_timeout": 2500, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _prepare_postgres(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {_STATEMENT_MILLISECONDS}")
    connection.commit()


def make_engine(url: str) -> Engine:
    """Makes an engine that keeps its connections open and does not wait long. Nothing is connected yet.

    Args:
        url: SQLAlchemy address.
    """
    options = create_engine_kwargs(url)
    if make_url(url).drivername.startswith("sqlite"):
        engine = sa.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False}, **options)
        sa.event.listen(engine, "connect", _prepare_sqlite)
    elif make_url(url).drivername.startswith("postgres"):
        options["connect_args"] = {**_POSTGRES_LIMITS, **options.get("connect_args", {})}
        options["pool_pre_ping"] = True  # a connection from before a restart of the server is replaced, not taken for an outage
        engine = sa.create_engine(url, **options)
        sa.event.listen(engine, "connect", _prepare_postgres)
    else:
        engine = sa.create_engine(url, **options)
    return engine


def make_folder(url: str) -> None:
    """Makes the folder of an SQLite file, readable by its owner only."""
    address = make_url(url)
    if address.drivername.startswith("sqlite") and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)


class TableMissingError(OSError):
    """A table has gone while others of the database are still there: somebody has moved it, and may move it back."""


def make_tables(engine: Engine, parts: Sequence[sa.MetaData], known: Collection[str] = ()) -> set[str]:
    """Makes the tables that are missing, but never an empty one in place of one that was moved away.

    An empty table there would split the rows in two, and the old table could not come back under its name. Two signs tell that a table was
    moved and not just never made: this process has known it, or it belongs to the first part and tables of later parts are there.

    Args:
        engine: The database.
        parts: The tables, in the order in which they are made.
        known: Names of tables that this process has seen or made.

    Returns:
        The names of all tables, which are there now.

    Raises:
        TableMissingError: A table was moved away.
    """
    names = {name for part in parts for name in part.tables}
    present = names & set(sa.inspect(engine).get_table_names())
    missing = names - present
    moved = missing & {*known, *parts[0].tables} if present else set()  # a database without any of the tables is a new one
    if moved:
        raise TableMissingError(", ".join(sorted(moved)))
    if missing:
        for part in parts:
            _make_all(engine, part)
    return names


def _make_all(engine: Engine, part: sa.MetaData) -> None:
    try:
        part.create_all(engine)
    except SQLAlchemyError:  # another replica may have made them at the same moment
        part.create_all(engine)

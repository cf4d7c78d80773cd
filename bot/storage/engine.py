"""The database of the conversations: its engine, with time limits, and its tables.

Rasa's store waits for ever for a database that does not answer, and every message with it.
"""

from __future__ import annotations

from collections.abc import Collection
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
    """An engine that keeps its connections open and does not wait long. Nothing is connected yet.

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
    """A table that was there has gone while others of the database stay: somebody has moved it, and may move it back."""


def check_tables(engine: Engine, names: Collection[str]) -> None:
    """Makes sure that no table has been moved away. A database without any of the tables is a new one, and may be filled.

    Args:
        engine: The database.
        names: Names of the tables that were there.

    Raises:
        TableMissingError: Some of the tables are there and others are not. To make an empty one in its place would split the rows.
    """
    present = set(sa.inspect(engine).get_table_names()) & set(names)
    if present and present != set(names):
        raise TableMissingError(", ".join(sorted(set(names) - present)))


def make_tables(engine: Engine, metadata: sa.MetaData) -> None:
    """Makes the tables that are missing."""
    try:
        metadata.create_all(engine)
    except SQLAlchemyError:  # another replica may have made them at the same moment
        metadata.create_all(engine)

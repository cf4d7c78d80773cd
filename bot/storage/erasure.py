"""Removes deleted rows from the files of the database."""

from __future__ import annotations

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.observability import outages

_MAX_MILLISECONDS = 200


def erase_deleted(engine: Engine) -> bool:
    """Empties SQLite's write-ahead log, which still holds deleted rows. In the main file `secure_delete` overwrites them.

    Other databases reuse the space in their own time. If the file is busy, the next call empties the log.

    Args:
        engine: The database of the conversations.

    Returns:
        Whether the files hold no deleted row any more.
    """
    if engine.dialect.name != "sqlite":
        return False
    try:
        with outages.watch("write-ahead log"), engine.connect() as connection:
            connection.detach()  # the short timeout must not go back into the pool
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_MAX_MILLISECONDS}")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    except SQLAlchemyError:
        return False
    return not busy

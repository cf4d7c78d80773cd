"""Makes deleted rows leave the database's files too."""

from __future__ import annotations

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.observability import outages

_MAX_MILLISECONDS = 200


def erase_deleted(engine: Engine) -> bool:
    """Empties SQLite's write-ahead log, which still holds what was deleted; the main file is overwritten by `secure_delete`.

    Other databases reuse the space in their own time. A busy file is left to the next call.

    Args:
        engine: The database of the conversations.

    Returns:
        Whether nothing of the deleted rows is left in the files.
    """
    if engine.dialect.name != "sqlite":
        return False
    try:
        with engine.connect() as connection:
            connection.detach()  # its settings must not go back into the pool
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_MAX_MILLISECONDS}")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
    except SQLAlchemyError as error:
        outages.record_failure("write-ahead log", error)
        return False
    outages.record_success("write-ahead log")
    return not busy

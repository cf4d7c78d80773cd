"""Checks by writing whether the store can be written to: a full disk or a read-only database still answers questions."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

_METADATA = sa.MetaData()
CHECKS = sa.Table("store_checks", _METADATA, sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", sa.Float, nullable=False))
_ONLY_ROW = 1


def write(engine: Engine) -> None:
    """Writes the current time into the only row of the table.

    Args:
        engine: The database of the conversations.

    Raises:
        SQLAlchemyError: The store cannot be written to.
    """
    _METADATA.create_all(engine)
    with engine.begin() as connection:
        found = connection.execute(CHECKS.update().where(CHECKS.c.id == _ONLY_ROW).values(at=time.time())).rowcount
    if not found:
        try:
            with engine.begin() as connection:
                connection.execute(CHECKS.insert().values(id=_ONLY_ROW, at=time.time()))
        except IntegrityError:  # another replica has written it at the same moment
            return

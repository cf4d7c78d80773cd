"""Which talks have ended and which talk belongs to which signed-in user: two tables beside the conversations.

Every replica reads the same tables, so an ended talk stays ended everywhere and after a restart. Neither table holds a name: a user is a
keyed hash, an ended talk a plain hash of its random id.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

METADATA = sa.MetaData()
ENDED = sa.Table(
    "ended_talks", METADATA, sa.Column("talk", sa.String(64), primary_key=True), sa.Column("until", sa.Float, nullable=False, index=True)
)
SIGNED_IN = sa.Table(
    "signed_in_talks",
    METADATA,
    sa.Column("user_hash", sa.String(64), primary_key=True),
    sa.Column("talk", sa.String(255), nullable=False, index=True),
    sa.Column("used_at", sa.Float, nullable=False),
)
_IS_ENDED = sa.select(ENDED.c.talk).where(ENDED.c.talk == sa.bindparam("hidden"))


def _hidden(conversation: str) -> str:
    return hashlib.sha256(conversation.encode()).hexdigest()


def is_ended(connection: Connection, conversation: str) -> bool:
    """Whether a talk has been ended."""
    return connection.execute(_IS_ENDED, {"hidden": _hidden(conversation)}).first() is not None


class ConversationIndex:
    """Ended talks and talks of signed-in users."""

    def __init__(self, engine: Engine) -> None:
        """Uses the tables; `METADATA` can make them.

        Args:
            engine: The database of the conversations.
        """
        self._engine = engine

    def end(self, conversation: str, until: float) -> None:
        """Marks a talk as ended, and forgets whose it was.

        Args:
            conversation: Id of the talk.
            until: Seconds since 1970 when its last token expires; the mark can go after that.
        """
        with self._engine.begin() as connection:
            connection.execute(SIGNED_IN.delete().where(SIGNED_IN.c.talk == conversation))
        with suppress(IntegrityError), self._engine.begin() as connection:  # it may have ended before
            connection.execute(ENDED.insert().values(talk=_hidden(conversation), until=until))

    def is_ended(self, conversation: str) -> bool:
        """Whether a talk has been ended."""
        with self._engine.connect() as connection:
            return is_ended(connection, conversation)

    def talk_of(self, user_hash: str, proposed: str, now: float | None = None) -> tuple[str, bool]:
        """The talk of a signed-in user.

        Args:
            user_hash: Keyed hash of the portal's id.
            proposed: Id for a new talk if the user has none.
            now: Seconds since 1970; the clock by default.

        Returns:
            The talk's id, and whether the user had it before.
        """
        moment = time.time() if now is None else now
        try:
            with self._engine.begin() as connection:
                connection.execute(SIGNED_IN.insert().values(user_hash=user_hash, talk=proposed, used_at=moment))
        except IntegrityError:  # the user has a talk
            with self._engine.begin() as connection:
                known = connection.execute(sa.select(SIGNED_IN.c.talk).where(SIGNED_IN.c.user_hash == user_hash)).scalar_one()
                connection.execute(SIGNED_IN.update().where(SIGNED_IN.c.user_hash == user_hash).values(used_at=moment))
            return str(known), True
        return proposed, False

    def purge(self, unused_since: float, kept: sa.Column[str], now: float) -> None:
        """Deletes what is no longer needed.

        Args:
            unused_since: Seconds since 1970; who has not signed in since then loses the tie to a talk without messages.
            kept: The column with the ids of talks that still have messages.
            now: Seconds since 1970; marks of ended talks whose tokens have expired go.
        """
        has_messages = sa.select(kept).where(kept == SIGNED_IN.c.talk).correlate(SIGNED_IN).exists()  # by the index, for each talk
        unused = SIGNED_IN.delete().where(SIGNED_IN.c.used_at < unused_since, ~has_messages)
        with self._engine.begin() as connection:
            connection.execute(ENDED.delete().where(ENDED.c.until < now))
            connection.execute(unused)

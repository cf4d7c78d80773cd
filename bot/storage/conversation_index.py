"""Two tables beside the events: which conversations have ended, and which conversation belongs to which signed-in user.

Every replica reads the same tables, so an ended conversation stays ended everywhere and after a restart. Neither table holds a name: a user
is a keyed hash, an ended conversation is a hash of its random id. Installed databases say "talk" for a conversation, and keep it.
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
_IS_ENDED = sa.select(ENDED.c.talk).where(ENDED.c.talk == sa.bindparam("id_hash"))


def _hash_of(conversation_id: str) -> str:
    return hashlib.sha256(conversation_id.encode()).hexdigest()


def is_ended(connection: Connection, conversation_id: str) -> bool:
    """Whether a conversation has been ended."""
    return connection.execute(_IS_ENDED, {"id_hash": _hash_of(conversation_id)}).first() is not None


class ConversationIndex:
    """Ended conversations, and conversations of signed-in users."""

    def __init__(self, engine: Engine) -> None:
        """Uses the tables of `METADATA`, which must be there.

        Args:
            engine: The database of the conversations.
        """
        self._engine = engine

    def end(self, conversation_id: str, until: float) -> None:
        """Marks a conversation as ended, and forgets whose it was.

        Args:
            conversation_id: Id of the conversation.
            until: Seconds since 1970 when its last token expires; the mark may be deleted after that.
        """
        with self._engine.begin() as connection:
            connection.execute(SIGNED_IN.delete().where(SIGNED_IN.c.talk == conversation_id))
        with suppress(IntegrityError), self._engine.begin() as connection:  # the conversation may have ended before
            connection.execute(ENDED.insert().values(talk=_hash_of(conversation_id), until=until))

    def is_ended(self, conversation_id: str) -> bool:
        """Whether a conversation has been ended."""
        with self._engine.connect() as connection:
            return is_ended(connection, conversation_id)

    def conversation_for_user(self, user_hash: str, proposed: str, now: float | None = None) -> tuple[str, bool]:
        """The conversation of a signed-in user.

        Args:
            user_hash: Keyed hash of the portal's id.
            proposed: Id for a new conversation if the user has none.
            now: Seconds since 1970; the clock by default.

        Returns:
            The conversation's id, and whether the user had it before.
        """
        moment = time.time() if now is None else now
        try:
            with self._engine.begin() as connection:
                connection.execute(SIGNED_IN.insert().values(user_hash=user_hash, talk=proposed, used_at=moment))
        except IntegrityError:  # the user has a conversation
            with self._engine.begin() as connection:
                known = connection.execute(sa.select(SIGNED_IN.c.talk).where(SIGNED_IN.c.user_hash == user_hash)).scalar_one()
                connection.execute(SIGNED_IN.update().where(SIGNED_IN.c.user_hash == user_hash).values(used_at=moment))
            return str(known), True
        return proposed, False

    def purge(self, unused_since: float, kept: sa.Column[str], now: float) -> None:
        """Deletes what is no longer needed.

        Args:
            unused_since: Seconds since 1970. A user who has not signed in since then is no longer tied to a conversation without messages.
            kept: The column with the ids of conversations that still have messages.
            now: Seconds since 1970. Marks of ended conversations whose tokens have expired are deleted.
        """
        has_messages = sa.select(kept).where(kept == SIGNED_IN.c.talk).correlate(SIGNED_IN).exists()  # uses the index, once for each user
        unused = SIGNED_IN.delete().where(SIGNED_IN.c.used_at < unused_since, ~has_messages)
        with self._engine.begin() as connection:
            connection.execute(ENDED.delete().where(ENDED.c.until < now))
            connection.execute(unused)

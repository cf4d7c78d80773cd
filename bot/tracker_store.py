"""Where conversations are kept: Rasa's SQL store with an address from the environment, and rows that can really be deleted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine.url import make_url

from bot.settings import read_settings

SECONDS_PER_DAY = 86_400


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=3000")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


class ConversationStore(SQLTrackerStore):
    """Keeps conversations in SQLite by default, in PostgreSQL where `ASSISTANT_DATABASE_URL` says so."""

    def __init__(
        self, domain: Optional[Domain] = None, host: Optional[str] = None, event_broker: Optional[EventBroker] = None, **kwargs: Any
    ) -> None:
        """Connects to the database and makes the table if it is missing.

        Args:
            domain: The assistant's domain.
            host: Address of the database; from the environment by default.
            event_broker: Where Rasa publishes events, if anywhere.
            **kwargs: Passed on to Rasa.
        """
        url = host or read_settings().database_url
        if make_url(url).database and url.startswith("sqlite"):
            folder = Path(str(make_url(url).database)).parent
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(domain=domain, host=url, event_broker=event_broker, **kwargs)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            self.engine.dispose()

    def _delete(self, condition: Any) -> int:
        with self.session_scope() as session:
            deleted: int = session.query(self.SQLEvent).filter(condition).delete(synchronize_session=False)
            session.commit()
            return deleted

    def forget(self, conversation_id: str) -> int:
        """Deletes all rows of a conversation.

        Returns:
            The number of rows deleted.
        """
        return self._delete(self.SQLEvent.sender_id == conversation_id)

    def purge(self, retention_days: int, now: float | None = None) -> int:
        """Deletes conversations whose last event is older than the retention.

        Args:
            retention_days: Days for which conversations are kept.
            now: Seconds since 1970; the clock by default.

        Returns:
            The number of rows deleted.
        """
        limit = (time.time() if now is None else now) - retention_days * SECONDS_PER_DAY
        with self.session_scope() as session:
            old = [
                row.sender_id
                for row in session.query(self.SQLEvent.sender_id)
                .group_by(self.SQLEvent.sender_id)
                .having(sa.func.max(self.SQLEvent.timestamp) < limit)
            ]
        return self._delete(self.SQLEvent.sender_id.in_(old)) if old else 0

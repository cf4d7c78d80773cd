"""Where conversations are kept: Rasa's SQL store with an address from the environment, and rows that can really be deleted."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.pool import QueuePool

from bot.privacy.erasure import erase_deleted
from bot.privacy.events import load_rules, mask_events
from bot.settings import read_settings
from bot.talk_registry import TalkRegistry
from bot.talk_window import TalkWindow, TalkWindows, shortened

SECONDS_PER_DAY = 86_400
_TALKS_REMEMBERED = 10_000


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=3000")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


_EVENTS = SQLTrackerStore.SQLEvent.__table__
_INSERT = sa.insert(_EVENTS)
_LAST_ROWS = (
    sa.select(_EVENTS.c.id).where(_EVENTS.c.sender_id == sa.bindparam("talk")).order_by(_EVENTS.c.id.desc()).limit(sa.bindparam("most"))
)


def _row(talk: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": talk,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


class ConversationStore(SQLTrackerStore):
    """Keeps conversations in SQLite by default, in PostgreSQL where `ASSISTANT_DATABASE_URL` says so."""

    engine: Engine

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
        self._slots: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._windows = TalkWindows()
        super().__init__(domain=domain, host=url, event_broker=event_broker, **kwargs)
        if self.engine.dialect.name == "sqlite":
            self._keep_connections_open(url)
        load_rules()
        self.registry = TalkRegistry(self.engine, self.session_scope)

    def _keep_connections_open(self, url: str) -> None:
        """SQLAlchemy opens an SQLite file anew for each query unless told otherwise."""
        self.engine.dispose()
        self.engine = sa.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
        sa.event.listen(self.engine, "connect", _prepare_sqlite)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    def _last_row(self, session: Any, talk: str) -> int:
        return session.execute(_LAST_ROWS, {"talk": talk, "most": 1}).scalar() or 0

    def _window(self, talk: str) -> TalkWindow:
        """The shortened talk: as this process remembers it, or else from the database."""
        with self.session_scope() as session:
            last_row = self._last_row(session, talk)
            window = self._windows.get(talk, last_row)
            if window is None:
                query = self._event_query(session, talk, fetch_events_from_all_sessions=True)
                stored = [json.loads(data) for (data,) in query.with_entities(self.SQLEvent.data)]
                ids = {str(event["message_id"]) for event in stored if event.get("message_id")}
                window = TalkWindow(last_row, deserialise_events(stored), ids)
        window.events = shortened(window.events, self.domain.slots)
        self._windows.keep(talk, window)
        return window

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The talk as the dialogue needs it, see `bot.talk_window`; None if there is none."""
        window = self._window(sender_id)
        if not window.events:
            return None
        tracker = DialogueStateTracker.from_events(sender_id, window.events, self.domain.slots)
        tracker.stored_events, tracker.last_row = len(window.events), window.last_row
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Masks and writes the new events, in one transaction, and remembers the slots and the talk.

        Nothing stays of a talk that was ended while its last message was being answered.
        """
        talk = tracker.sender_id
        self._write(tracker)
        if self.registry.is_ended(talk):
            self.forget(talk)
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, tracker.added_events, talk)
        self._slots[talk] = tracker.current_slot_values()
        self._slots.move_to_end(talk)
        while len(self._slots) > _TALKS_REMEMBERED:
            self._slots.popitem(last=False)

    def _write(self, tracker: DialogueStateTracker) -> None:
        talk = tracker.sender_id
        with self.session_scope() as session:
            new = list(self._additional_events(session, tracker))
            if not new:
                return
            mask_events(new)
            session.execute(_INSERT, [_row(talk, event) for event in new])
            rows = [row for (row,) in session.execute(_LAST_ROWS, {"talk": talk, "most": len(new) + 1})]
            session.commit()
        last_row, before = rows[0], rows[-1] if len(rows) > len(new) else 0
        window = self._windows.get(talk, before) if before else TalkWindow(0, [], set())
        if window is None or before != getattr(tracker, "last_row", 0):  # another turn has written meanwhile
            self._windows.drop(talk)
        else:
            ids = {str(event.message_id) for event in new if isinstance(event, UserUttered) and event.message_id}
            self._windows.keep(talk, TalkWindow(last_row, list(tracker.events), window.message_ids | ids))
        tracker.stored_events, tracker.last_row = len(tracker.events), last_row

    def take_slots(self, conversation_id: str) -> dict[str, Any] | None:
        """The slots as this process has just saved them, once: by the next turn another replica may have changed them."""
        return self._slots.pop(conversation_id, None)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> Optional[DialogueStateTracker]:
        """Reads a talk and marks how much of it is stored already."""
        tracker = await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        if tracker is not None:
            tracker.stored_events = len(tracker.events)
        return tracker

    def _event_query(self, session: Any, sender_id: str, fetch_events_from_all_sessions: bool) -> Any:
        """Finds the newest session by the order of its rows; Rasa goes by the clock, and the clocks of two replicas differ."""
        event = self.SQLEvent
        query = session.query(event).filter(event.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            start = (
                session.query(sa.func.coalesce(sa.func.max(event.id), 0))
                .filter(event.sender_id == sender_id, event.type_name == SessionStarted.type_name)
                .scalar_subquery()
            )
            query = query.filter(event.id >= start)
        return query.order_by(event.id)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        """What this turn added. Rasa counts the rows instead, and loses as many events as another replica has written meanwhile."""
        stored = getattr(tracker, "stored_events", None)
        known = super()._additional_events(session, tracker) if stored is None else islice(tracker.events, stored, None)
        tracker.added_events = list(known)
        return iter(tracker.added_events)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Nothing: `save` publishes events when they are stored. Rasa publishes before it stores, after reading the whole talk again."""

    def knows_message(self, conversation_id: str, message_id: str) -> bool:
        """Whether a message with that id of the client was handled before."""
        return message_id in self._window(conversation_id).message_ids

    def _delete(self, condition: Any) -> int:
        with self.session_scope() as session:
            deleted: int = session.query(self.SQLEvent).filter(condition).delete(synchronize_session=False)
            session.commit()
        erase_deleted(self.engine)
        return deleted

    def forget(self, conversation_id: str) -> int:
        """Deletes all rows of a conversation.

        Returns:
            The number of rows deleted.
        """
        self._slots.pop(conversation_id, None)
        self._windows.drop(conversation_id)
        return self._delete(self.SQLEvent.sender_id == conversation_id)

    def purge(self, retention_days: int, now: float | None = None) -> int:
        """Deletes conversations whose last event is older than the retention.

        Args:
            retention_days: Days for which conversations are kept.
            now: Seconds since 1970; the clock by default.

        Returns:
            The number of rows deleted.
        """
        moment = time.time() if now is None else now
        limit = moment - retention_days * SECONDS_PER_DAY
        with self.session_scope() as session:
            old = [
                row.sender_id
                for row in session.query(self.SQLEvent.sender_id)
                .group_by(self.SQLEvent.sender_id)
                .having(sa.func.max(self.SQLEvent.timestamp) < limit)
            ]
        for talk in old:
            self._windows.drop(talk)
        deleted = self._delete(self.SQLEvent.sender_id.in_(old)) if old else 0
        self.registry.purge(limit, sa.select(self.SQLEvent.sender_id), moment)
        return deleted

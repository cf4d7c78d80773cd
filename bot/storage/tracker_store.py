"""Where conversations are kept: Rasa's SQL store with an address from the environment, and rows that can really be deleted.

Without its database it goes on: from what this process remembers of each talk, with the new events waiting until the database is back.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DataError, IntegrityError

from bot.observability import outages
from bot.privacy.event_masking import load_rules, mask_events
from bot.settings import read_settings
from bot.storage import conversation_index, event_table
from bot.storage.bounded_dict import BoundedDict
from bot.storage.conversation_index import ConversationIndex
from bot.storage.engine import OUTAGES, check_tables, make_engine, make_folder, make_tables
from bot.storage.erasure import erase_deleted
from bot.storage.event_table import row_of
from bot.storage.pending_events import ConversationUnavailableError, PendingEventQueue, PendingEvents
from bot.storage.tracker_window import TrackerWindow, TrackerWindowCache, is_carried_over, message_ids_of, truncate_history

SECONDS_PER_DAY = 86_400
DATABASE = "database"
_MAX_CONVERSATIONS_REMEMBERED = 10_000


class ConversationStore(SQLTrackerStore):
    """Keeps conversations in SQLite by default, in PostgreSQL where `ASSISTANT_DATABASE_URL` says so.

    Attributes:
        is_down: Whether the database has failed and has not been seen to work since.
    """

    engine: Engine

    def __init__(
        self, domain: Optional[Domain] = None, host: Optional[str] = None, event_broker: Optional[EventBroker] = None, **kwargs: Any
    ) -> None:
        """Connects to the database and makes the tables if they are missing. If the database is missing, that waits for `recover`.

        Args:
            domain: The assistant's domain.
            host: Address of the database; from the environment by default.
            event_broker: Where Rasa publishes events, if anywhere.
            **kwargs: Passed on to Rasa.
        """
        self._url = host or read_settings().database_url
        self.engine = make_engine(self._url)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        self.is_down = False
        self._tables: set[str] = set()  # that this process has seen or made
        self._slots: BoundedDict[dict[str, Any]] = BoundedDict(_MAX_CONVERSATIONS_REMEMBERED)
        self._just_read: dict[str, TrackerWindow] = {}  # of turns that are under way
        self._found_empty: set[str] = set()
        self._unsaved = PendingEventQueue()
        self._windows = TrackerWindowCache(pinned=self._unsaved)
        TrackerStore.__init__(self, domain, event_broker, **kwargs)  # not Rasa's SQL store: it would wait until there is a database
        self.registry = ConversationIndex(self.engine)
        load_rules()
        try:
            self._prepare()
        except OUTAGES as error:
            self._lost(error)

    def _prepare(self) -> None:
        make_folder(self._url)
        check_tables(self.engine, self._tables)
        for metadata in (self.Base.metadata, conversation_index.METADATA):
            make_tables(self.engine, metadata)
            self._tables |= set(metadata.tables)

    @contextmanager
    def session_scope(self) -> Iterator[Any]:
        """A session that is closed afterwards. Rasa's ends the whole process if a statement raises a ValueError."""
        session = self.sessionmaker()
        try:
            yield session
        finally:
            session.close()

    def _lost(self, error: BaseException) -> None:
        self.is_down = True
        outages.record_failure(DATABASE, error)

    @property
    def unsaved(self) -> int:
        """How many events wait for the database."""
        return len(self._unsaved)

    async def recover(self) -> bool:
        """Tries the database again after a fault and writes what has waited, without holding up the talks.

        Returns:
            Whether the database works and nothing waits.
        """
        if not self.is_down:
            return True
        try:
            await asyncio.to_thread(self._prepare)
            while (waiting := self._unsaved.first()) is not None:
                await self._write_unsaved(*waiting)
        except OUTAGES as error:
            self._lost(error)
            return False
        self.is_down = False
        outages.record_success(DATABASE)
        return True

    async def _write_unsaved(self, talk: str, unsaved: PendingEvents) -> None:
        try:
            last_row, is_single_writer = await asyncio.to_thread(event_table.insert_once, self.engine, talk, unsaved)
        except (DataError, IntegrityError) as error:  # rows that no database would take must not keep all others waiting
            outages.record_failure("unsaved events", error)
            self._unsaved.drop(talk)
            self._windows.drop(talk)
            return
        self._unsaved.saved(talk, len(unsaved.rows), last_row, is_single_writer)
        window = self._windows.last(talk)
        if window is not None and unsaved.is_single_writer and is_single_writer:
            window.last_row = last_row
        elif talk not in self._unsaved:
            self._windows.drop(talk)
        if await asyncio.to_thread(self.registry.is_ended, talk):  # it was ended elsewhere while its events waited here
            self.forget(talk)

    def _read(self, talk: str) -> TrackerWindow:
        """The shortened talk as the database has it, or as this process remembers it if nobody has added to it."""
        with self.engine.connect() as connection:
            last_row = event_table.last_row(connection, talk)
            window = self._windows.get(talk, last_row)
            if window is None:
                stored = event_table.events_of(connection, talk)
                ids = {str(event["message_id"]) for event in stored if event.get("message_id")}
                window = TrackerWindow(last_row, deserialise_events(stored), ids)
        return window

    def _window(self, talk: str) -> TrackerWindow:
        """The shortened talk.

        Raises:
            ConversationUnavailableError: There is no database, and this process does not know the talk.
        """
        window = None
        if not self.is_down:
            try:
                window = self._read(talk)
            except OUTAGES as error:
                self._lost(error)
        window = window or self._windows.last(talk)
        if window is None:
            raise ConversationUnavailableError
        window.events = truncate_history(window.events, self.domain.slots)
        self._windows.keep(talk, window)
        return window

    @asynccontextmanager
    async def turn(self, talk: str, is_new: bool) -> AsyncIterator[TrackerWindow]:
        """Reads a talk once for a whole turn, and makes sure that it can go on where it stands. The talk's lock must be held.

        Args:
            talk: Id of the talk.
            is_new: Whether it is known that nothing has been said in it yet.

        Yields:
            The shortened talk.

        Raises:
            ConversationUnavailableError: The talk cannot be read, or what will be said could not be kept.
        """
        if self._unsaved.is_full:
            raise ConversationUnavailableError
        try:
            window = self._window(talk)
        except ConversationUnavailableError:
            window = TrackerWindow(0, [], set()) if is_new else await self._read_in_an_outage(talk)
            self._windows.keep(talk, window)
        self._just_read[talk] = window
        try:
            yield window
        finally:
            self._just_read.pop(talk, None)
            self._found_empty.discard(talk)

    async def _read_in_an_outage(self, talk: str) -> TrackerWindow:
        """A full or locked database can still be read; one that does not answer must not hold up other talks."""
        try:
            return await asyncio.to_thread(self._read, talk)
        except OUTAGES:
            raise ConversationUnavailableError from None

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The talk as the dialogue needs it, see `bot.storage.tracker_window`; None if there is none."""
        window = self._just_read.pop(sender_id, None) or self._window(sender_id)
        if not window.events:
            self._found_empty.add(sender_id)
            return None
        tracker = DialogueStateTracker.from_events(sender_id, window.events, self.domain.slots)
        tracker.stored_events, tracker.last_row = len(window.events), window.last_row
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """All that was said in a talk; without a database, as much as this process remembers.

        Raises:
            ConversationUnavailableError: There is no database, and this process does not know the talk.
        """
        events = await self._all_events(conversation_id)
        if not events:
            return None
        tracker = DialogueStateTracker.from_events(conversation_id, events, self.domain.slots)
        tracker.stored_events = len(events)
        return tracker

    async def _all_events(self, talk: str) -> list[Event]:
        def read() -> list[dict[str, Any]]:
            with self.engine.connect() as connection:
                return event_table.events_of(connection, talk)

        try:
            stored = await asyncio.to_thread(read) if self.is_down else read()
        except OUTAGES as error:
            self._lost(error)
            if not self._unsaved.is_complete(talk):
                return [event for event in self._window(talk).events if not is_carried_over(event)]
            stored = []
        events: list[Event] = deserialise_events([*stored, *(json.loads(row["data"]) for row in self._unsaved.of(talk))])
        return events

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Masks and writes the new events, in one transaction, and remembers the slots and the talk.

        Nothing stays of a talk that was ended while its last message was being answered.
        """
        talk = tracker.sender_id
        if self._write(tracker):
            self.forget(talk)
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, tracker.added_events, talk)
        self._slots.put(talk, tracker.current_slot_values())

    def _write(self, tracker: DialogueStateTracker) -> bool:
        """Writes what is new; returns whether the talk has ended meanwhile."""
        if not self.is_down:
            try:
                return self._write_to_database(tracker)
            except OUTAGES as error:
                self._lost(error)
        self._write_to_memory(tracker)
        return False

    def _write_to_database(self, tracker: DialogueStateTracker) -> bool:
        talk = tracker.sender_id
        new = self._new_events(tracker)
        if not new:
            return False
        mask_events(new)
        with self.engine.connect() as connection:
            with connection.begin():
                event_table.insert(connection, [row_of(talk, event) for event in new])
                rows = event_table.last_rows(connection, talk, len(new) + 1)
            has_ended = conversation_index.is_ended(connection, talk)  # after the commit: who ends a talk sees its rows, or is seen here
        last_row, before = rows[0], rows[-1] if len(rows) > len(new) else 0
        window = self._windows.get(talk, before) if before else TrackerWindow(0, [], set())
        if window is None or before != getattr(tracker, "last_row", 0):  # another turn has written meanwhile
            self._windows.drop(talk)
        else:
            self._windows.keep(talk, TrackerWindow(last_row, list(tracker.events), window.message_ids | message_ids_of(new)))
        tracker.stored_events, tracker.last_row = len(tracker.events), last_row
        return has_ended

    def _write_to_memory(self, tracker: DialogueStateTracker) -> None:
        talk = tracker.sender_id
        new = self._new_events(tracker)
        mask_events(new)
        window = self._windows.last(talk) or TrackerWindow(0, [], set())
        if new:
            self._unsaved.add(talk, window.last_row, [row_of(talk, event) for event in new])
            self._windows.keep(talk, TrackerWindow(window.last_row, list(tracker.events), window.message_ids | message_ids_of(new)))
        tracker.stored_events = len(tracker.events)

    def take_slots(self, conversation_id: str) -> dict[str, Any] | None:
        """The slots as this process has just saved them, once: by the next turn another replica may have changed them."""
        return self._slots.drop(conversation_id)

    def _new_events(self, tracker: DialogueStateTracker) -> list[Event]:
        """What this turn added. Rasa counts the rows instead, and loses as many events as another replica has written meanwhile."""
        stored = getattr(tracker, "stored_events", None)
        if stored is None:
            stored = self._count_stored(tracker.sender_id)
        new = tracker.added_events = list(islice(tracker.events, stored, None))
        return new

    def _count_stored(self, talk: str) -> int:
        """How many events of a tracker that is not this store's own are stored already; as in Rasa, since the last session start."""
        if self.is_down or talk in self._found_empty:
            self._found_empty.discard(talk)
            return 0
        with self.engine.connect() as connection:
            return event_table.count_since_start(connection, talk)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Nothing: `save` publishes events when they are stored. Rasa publishes before it stores, after reading the whole talk again."""

    def knows_message(self, conversation_id: str, message_id: str) -> bool:
        """Whether a message with that id of the client was handled before."""
        return message_id in self._window(conversation_id).message_ids

    def has_ended(self, conversation_id: str) -> bool:
        """Whether a talk was ended. A store that cannot say so must not keep a person from the emergency line."""
        if self.is_down:
            return False
        try:
            return self.registry.is_ended(conversation_id)
        except OUTAGES as error:
            self._lost(error)
            return False

    def talk_of(self, user_hash: str, proposed: str) -> tuple[str, bool] | None:
        """A signed-in user's talk and whether it is an old one (see `ConversationIndex`); None if there is no database."""
        if self.is_down:
            return None
        try:
            return self.registry.talk_of(user_hash, proposed)
        except OUTAGES as error:
            self._lost(error)
            return None

    def end(self, conversation_id: str, until: float) -> None:
        """Marks a talk as ended (see `ConversationIndex`); its rows go with `forget`.

        Raises:
            ConversationUnavailableError: There is no database, so nothing could be deleted in it.
        """
        if self.is_down:
            raise ConversationUnavailableError
        try:
            self.registry.end(conversation_id, until)
        except OUTAGES as error:
            self._lost(error)
            raise ConversationUnavailableError from None

    def _delete(self, talks: list[str]) -> int:
        with self.engine.begin() as connection:
            deleted = event_table.delete(connection, talks)
        erase_deleted(self.engine)
        return deleted

    def forget(self, conversation_id: str) -> int:
        """Deletes all rows of a conversation.

        Returns:
            The number of rows deleted.
        """
        self._slots.drop(conversation_id)
        self._windows.drop(conversation_id)
        self._unsaved.drop(conversation_id)
        return self._delete([conversation_id])

    def purge(self, retention_days: int, now: float | None = None) -> int:
        """Deletes conversations whose last event is older than the retention.

        Args:
            retention_days: Days for which conversations are kept.
            now: Seconds since 1970; the clock by default.

        Returns:
            The number of rows deleted.
        """
        return sum(self.purge_steps(retention_days, now))

    def purge_steps(self, retention_days: int, now: float | None = None) -> Iterator[int]:
        """What `purge` does, a little at a time, so that talks can go on in between; yields the number of rows deleted in each step."""
        moment = time.time() if now is None else now
        limit = moment - retention_days * SECONDS_PER_DAY
        row: int | None = 0
        while row is not None:
            with self.engine.connect() as connection:
                old, row = event_table.silent_talks(connection, row, limit)
            for talk in old:
                self._windows.drop(talk)
            yield self._delete(old) if old else 0
        self.registry.purge(limit, event_table.EVENTS.c.sender_id, moment)

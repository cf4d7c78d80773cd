"""Keeps conversations: Rasa's SQL store with an address from the environment, and rows that can really be deleted.

Without its database the store goes on: from what this process remembers of each conversation. New events wait until the database is back.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
from bot.storage.conversation_index import ConversationIndex
from bot.storage.engine import OUTAGES, make_engine, make_folder, make_tables
from bot.storage.erasure import erase_deleted
from bot.storage.event_table import row_of
from bot.storage.pending_events import ConversationUnavailableError, PendingEventQueue, PendingEvents
from bot.storage.saved_positions import SavedPosition, SavedPositions
from bot.storage.tracker_window import TrackerWindow, TrackerWindowCache, is_carried_over, message_ids_of, truncate_history
from bot.storage.turn_context import TurnContext, turn_of

SECONDS_PER_DAY = 86_400
DATABASE = "database"


class ConversationStore(SQLTrackerStore):
    """Keeps conversations in SQLite by default, in PostgreSQL where `ASSISTANT_DATABASE_URL` names one.

    Attributes:
        is_down: Whether the database has failed and has not been seen to work since.
        index: Ended conversations, and conversations of signed-in users.
    """

    engine: Engine

    def __init__(
        self, domain: Optional[Domain] = None, host: Optional[str] = None, event_broker: Optional[EventBroker] = None, **kwargs: Any
    ) -> None:
        """Connects to the database and makes the tables that are missing. Without a database, `recover` does that later.

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
        self._known_tables: set[str] = set()  # that this process has seen or made
        self._positions = SavedPositions()
        self._pending = PendingEventQueue()
        self._windows = TrackerWindowCache(pinned=self._pending)
        TrackerStore.__init__(self, domain, event_broker, **kwargs)  # Rasa's SQL store would wait until there is a database
        self.index = ConversationIndex(self.engine)
        load_rules()
        try:
            self._prepare()
        except OUTAGES as error:
            self._record_outage(error)

    def _prepare(self) -> None:
        make_folder(self._url)
        self._known_tables |= make_tables(self.engine, (self.Base.metadata, conversation_index.METADATA), self._known_tables)

    @contextmanager
    def session_scope(self) -> Iterator[Any]:
        """A session that is closed afterwards. Rasa's ends the whole process if a statement raises a ValueError."""
        session = self.sessionmaker()
        try:
            yield session
        finally:
            session.close()

    def _record_outage(self, error: BaseException) -> None:
        self.is_down = True
        outages.record_failure(DATABASE, error)

    @property
    def pending_count(self) -> int:
        """How many events wait for the database."""
        return len(self._pending)

    async def recover(self) -> bool:
        """Tries the database again after a failure, and writes the events that wait. Conversations go on meanwhile.

        Returns:
            Whether the database works and nothing waits.
        """
        if not self.is_down:
            return True
        try:
            await asyncio.to_thread(self._prepare)
            while (waiting := self._pending.first()) is not None:
                await self._write_pending(*waiting)
        except OUTAGES as error:
            self._record_outage(error)
            return False
        self.is_down = False
        outages.record_success(DATABASE)
        return True

    async def _write_pending(self, conversation_id: str, pending: PendingEvents) -> None:
        try:
            last_row, is_single_writer = await asyncio.to_thread(event_table.insert_once, self.engine, conversation_id, pending)
        except (DataError, IntegrityError) as error:  # rows that no database takes must not keep all others waiting
            outages.record_failure("pending events", error)
            self._pending.drop(conversation_id)
            self._windows.drop(conversation_id)
            return
        self._pending.mark_saved(conversation_id, len(pending.rows), last_row, is_single_writer)
        window = self._windows.last(conversation_id)
        if window is not None and pending.is_single_writer and is_single_writer:
            window.last_row = last_row
        elif conversation_id not in self._pending:
            self._windows.drop(conversation_id)
        if await asyncio.to_thread(self.index.is_ended, conversation_id):  # another replica ended the conversation in the outage
            self.forget(conversation_id)

    def _read(self, conversation_id: str) -> TrackerWindow:
        """The window from the database, or from this process's memory if nobody has added rows."""
        with self.engine.connect() as connection:
            last_row = event_table.last_row(connection, conversation_id)
            window = self._windows.get(conversation_id, last_row)
            if window is None:
                stored = event_table.events_of(connection, conversation_id)
                ids = {str(event["message_id"]) for event in stored if event.get("message_id")}
                window = TrackerWindow(last_row, deserialise_events(stored), ids)
        return window

    def _window(self, conversation_id: str) -> TrackerWindow:
        """The shortened conversation.

        Raises:
            ConversationUnavailableError: There is no database, and this process does not know the conversation.
        """
        window = None
        if not self.is_down:
            try:
                window = self._read(conversation_id)
            except OUTAGES as error:
                self._record_outage(error)
        window = window or self._windows.last(conversation_id)
        if window is None:
            raise ConversationUnavailableError
        window.events = truncate_history(window.events, self.domain.slots)
        self._windows.keep(conversation_id, window)
        return window

    async def open_turn(self, turn: TurnContext, is_new: bool) -> TrackerWindow:
        """Reads a conversation once for a whole turn, and makes sure that the turn can be kept. The conversation must be locked.

        Args:
            turn: The turn; its `window` is set.
            is_new: Whether it is known that nothing has been said in the conversation yet.

        Returns:
            The shortened conversation.

        Raises:
            ConversationUnavailableError: The conversation cannot be read, or what will be said could not be kept.
        """
        if self._pending.is_full:
            raise ConversationUnavailableError
        try:
            window = self._window(turn.conversation_id)
        except ConversationUnavailableError:
            window = TrackerWindow(0, [], set()) if is_new else await self._read_in_an_outage(turn.conversation_id)
            self._windows.keep(turn.conversation_id, window)
        turn.window = window
        return window

    async def _read_in_an_outage(self, conversation_id: str) -> TrackerWindow:
        """Tries to read all the same: a full or locked database can still be read. One that does not answer holds up this turn only."""
        try:
            return await asyncio.to_thread(self._read, conversation_id)
        except OUTAGES:
            raise ConversationUnavailableError from None

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation as the dialogue needs it (see `bot.storage.tracker_window`); None if there is none."""
        turn = turn_of(sender_id)
        window = turn.window if turn is not None and turn.window is not None else self._window(sender_id)
        if not window.events:
            return None
        tracker = DialogueStateTracker.from_events(sender_id, window.events, self.domain.slots)
        self._positions.put(tracker, SavedPosition(len(window.events), window.last_row))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """All that was said in a conversation; without a database, as much as this process remembers.

        Raises:
            ConversationUnavailableError: There is no database, and this process does not know the conversation.
        """
        events = await self._all_events(conversation_id)
        if not events:
            return None
        tracker = DialogueStateTracker.from_events(conversation_id, events, self.domain.slots)
        self._positions.put(tracker, SavedPosition(len(events)))
        return tracker

    async def _all_events(self, conversation_id: str) -> list[Event]:
        def read() -> list[dict[str, Any]]:
            with self.engine.connect() as connection:
                return event_table.events_of(connection, conversation_id)

        try:
            stored = await asyncio.to_thread(read) if self.is_down else read()
        except OUTAGES as error:
            self._record_outage(error)
            if not self._pending.is_complete(conversation_id):
                return [event for event in self._window(conversation_id).events if not is_carried_over(event)]
            stored = []
        events: list[Event] = deserialise_events([*stored, *(json.loads(row["data"]) for row in self._pending.rows_of(conversation_id))])
        return events

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Masks, writes and publishes the new events, and remembers the conversation.

        If the conversation was ended while its last message was answered, nothing of it stays.
        """
        conversation_id = tracker.sender_id
        new = self._new_events(tracker)
        mask_events(new)
        has_ended = self._write(tracker, new)
        turn = turn_of(conversation_id)
        if turn is not None:
            turn.window = None
        if has_ended:
            self.forget(conversation_id)
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, conversation_id)
        if turn is not None:
            turn.slots = tracker.current_slot_values()

    def _write(self, tracker: DialogueStateTracker, new: list[Event]) -> bool:
        """Writes new events; returns whether the conversation was ended meanwhile."""
        if not new:
            return False
        if not self.is_down:
            try:
                return self._write_to_database(tracker, new)
            except OUTAGES as error:
                self._record_outage(error)
        self._write_to_memory(tracker, new)
        return False

    def _write_to_database(self, tracker: DialogueStateTracker, new: list[Event]) -> bool:
        conversation_id = tracker.sender_id
        with self.engine.connect() as connection:
            with connection.begin():
                event_table.insert(connection, [row_of(conversation_id, event) for event in new])
                rows = event_table.last_rows(connection, conversation_id, len(new) + 1)
            # After the commit: whoever ends the conversation either sees these rows and deletes them, or is seen here.
            has_ended = conversation_index.is_ended(connection, conversation_id)
        last_row, before = rows[0], rows[-1] if len(rows) > len(new) else 0
        window = self._windows.get(conversation_id, before) if before else TrackerWindow(0, [], set())
        if window is None or before != self._last_row(tracker):  # another turn has written meanwhile
            self._windows.drop(conversation_id)
        else:
            self._remember(tracker, last_row, window.message_ids | message_ids_of(new))
        self._positions.put(tracker, SavedPosition(len(tracker.events), last_row))
        return has_ended

    def _write_to_memory(self, tracker: DialogueStateTracker, new: list[Event]) -> None:
        conversation_id = tracker.sender_id
        window = self._windows.last(conversation_id) or TrackerWindow(0, [], set())
        self._pending.add(conversation_id, window.last_row, [row_of(conversation_id, event) for event in new])
        self._remember(tracker, window.last_row, window.message_ids | message_ids_of(new))
        self._positions.put(tracker, SavedPosition(len(tracker.events), self._last_row(tracker)))

    def _last_row(self, tracker: DialogueStateTracker) -> int:
        position = self._positions.get(tracker)
        return position.last_row if position is not None else 0

    def _remember(self, tracker: DialogueStateTracker, last_row: int, message_ids: set[str]) -> None:
        self._windows.keep(tracker.sender_id, TrackerWindow(last_row, list(tracker.events), message_ids))

    def _new_events(self, tracker: DialogueStateTracker) -> list[Event]:
        """The events that are not stored yet.

        Rasa counts the conversation's rows to find them, and so loses as many events as another replica has written meanwhile.
        """
        position = self._positions.get(tracker)
        saved = position.events if position is not None else self._count_stored(tracker.sender_id)
        return list(islice(tracker.events, saved, None))

    def _count_stored(self, conversation_id: str) -> int:
        """How many events are stored of a tracker that did not come from this store; since the last session start, as Rasa counts."""
        turn = turn_of(conversation_id)
        if self.is_down or (turn is not None and turn.window is not None and not turn.window.events):
            return 0
        try:
            with self.engine.connect() as connection:
                return event_table.count_since_start(connection, conversation_id)
        except OUTAGES as error:
            self._record_outage(error)
            return 0

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Does nothing: `save` publishes what it has stored. Rasa publishes first, after reading the whole conversation once more."""

    def knows_message(self, conversation_id: str, message_id: str) -> bool:
        """Whether a message with this id of the client was handled before."""
        return message_id in self._window(conversation_id).message_ids

    def has_ended(self, conversation_id: str) -> bool:
        """Whether a conversation was ended; False if the store cannot tell, so that nobody is kept from the emergency line."""
        if self.is_down:
            return False
        try:
            return self.index.is_ended(conversation_id)
        except OUTAGES as error:
            self._record_outage(error)
            return False

    def conversation_for_user(self, user_hash: str, proposed: str) -> tuple[str, bool] | None:
        """A signed-in user's conversation, and whether the user had it before (see `ConversationIndex`); None without a database."""
        if self.is_down:
            return None
        try:
            return self.index.conversation_for_user(user_hash, proposed)
        except OUTAGES as error:
            self._record_outage(error)
            return None

    def end(self, conversation_id: str, until: float) -> None:
        """Marks a conversation as ended (see `ConversationIndex`); `forget` deletes its rows.

        Raises:
            ConversationUnavailableError: There is no database, so nothing could be deleted in it.
        """
        if self.is_down:
            raise ConversationUnavailableError
        try:
            self.index.end(conversation_id, until)
        except OUTAGES as error:
            self._record_outage(error)
            raise ConversationUnavailableError from None

    def _delete(self, conversation_ids: list[str]) -> int:
        with self.engine.begin() as connection:
            deleted = event_table.delete(connection, conversation_ids)
        erase_deleted(self.engine)
        return deleted

    def forget(self, conversation_id: str) -> int:
        """Deletes all rows of a conversation.

        Returns:
            The number of rows deleted.
        """
        self._windows.drop(conversation_id)
        self._pending.drop(conversation_id)
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
        """Does what `purge` does in small steps, so that conversations can go on in between; yields the number of rows deleted in each."""
        moment = time.time() if now is None else now
        limit = moment - retention_days * SECONDS_PER_DAY
        row: int | None = 0
        while row is not None:
            with self.engine.connect() as connection:
                old, row = event_table.silent_conversations(connection, row, limit)
            for conversation_id in old:
                self._windows.drop(conversation_id)
            yield self._delete(old) if old else 0
        self.index.purge(limit, event_table.EVENTS.c.sender_id, moment)

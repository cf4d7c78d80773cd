"""Events that wait for the database, by conversation, in the order in which they happened."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.errors import AssistantError

MAX_ROWS = 50_000
Row = dict[str, Any]


class ConversationUnavailableError(AssistantError):
    """A conversation cannot be read or cannot be kept. A turn would start it from the beginning, or lose what is said."""


@dataclass
class PendingEvents:
    """The events of one conversation that wait.

    Attributes:
        after: Number of the conversation's last row in the database when the first of these events happened.
        rows: The rows, oldest first.
        is_single_writer: Whether no other replica has been seen to add rows meanwhile.
    """

    after: int
    rows: list[Row] = field(default_factory=list)
    is_single_writer: bool = True


class PendingEventQueue:
    """All events that wait. Their number is bounded, since the database may stay away for long."""

    def __init__(self) -> None:
        self._by_conversation: OrderedDict[str, PendingEvents] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, conversation_id: object) -> bool:
        return conversation_id in self._by_conversation

    @property
    def is_full(self) -> bool:
        """Whether no more events may be added."""
        return self._count >= MAX_ROWS

    def add(self, conversation_id: str, after: int, rows: list[Row]) -> None:
        """Appends rows to those of a conversation.

        Args:
            conversation_id: Id of the conversation.
            after: Number of the conversation's last row in the database; only the first call for a conversation counts.
            rows: The new rows.
        """
        self._by_conversation.setdefault(conversation_id, PendingEvents(after)).rows.extend(rows)
        self._count += len(rows)

    def rows_of(self, conversation_id: str) -> list[Row]:
        """The rows of a conversation that wait."""
        return list(self._by_conversation[conversation_id].rows) if conversation_id in self._by_conversation else []

    def is_complete(self, conversation_id: str) -> bool:
        """Whether a conversation began in the outage, so that all its events wait."""
        return conversation_id in self._by_conversation and self._by_conversation[conversation_id].after == 0

    def first(self) -> tuple[str, PendingEvents] | None:
        """The conversation that has waited longest, with a copy of its events; None if nothing waits."""
        if not self._by_conversation:
            return None
        conversation_id, pending = next(iter(self._by_conversation.items()))
        return conversation_id, PendingEvents(pending.after, list(pending.rows), pending.is_single_writer)

    def mark_saved(self, conversation_id: str, count: int, last_row: int, is_single_writer: bool) -> None:
        """Takes off the oldest rows of a conversation.

        Args:
            conversation_id: Id of the conversation.
            count: How many of the rows are in the database now.
            last_row: Number of the last of them there.
            is_single_writer: Whether no other replica had added rows before them.
        """
        pending = self._by_conversation.get(conversation_id)
        if pending is None:
            return
        self._count -= len(pending.rows[:count])
        del pending.rows[:count]
        pending.after, pending.is_single_writer = last_row, pending.is_single_writer and is_single_writer
        if not pending.rows:
            del self._by_conversation[conversation_id]

    def drop(self, conversation_id: str) -> None:
        """Forgets the events of a conversation."""
        pending = self._by_conversation.pop(conversation_id, None)
        if pending is not None:
            self._count -= len(pending.rows)

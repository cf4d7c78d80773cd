"""Events that wait for the database, talk by talk, in the order in which they happened."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

MAX_ROWS = 50_000
Row = dict[str, Any]


class ConversationUnavailableError(Exception):
    """A talk can neither be read nor be kept: to go on would mean to begin anew, or to lose what is said."""


@dataclass
class PendingEvents:
    """What waits of one talk.

    Attributes:
        after: Number of the talk's last row in the database when the first of these rows came about.
        rows: The rows, oldest first.
        is_single_writer: Whether no other replica has been seen to add rows meanwhile.
    """

    after: int
    rows: list[Row] = field(default_factory=list)
    is_single_writer: bool = True


class PendingEventQueue:
    """All that waits; bounded, since the database may stay away for long."""

    def __init__(self) -> None:
        self._talks: OrderedDict[str, PendingEvents] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, talk: object) -> bool:
        return talk in self._talks

    @property
    def is_full(self) -> bool:
        """Whether no more may be added."""
        return self._count >= MAX_ROWS

    def add(self, talk: str, after: int, rows: list[Row]) -> None:
        """Appends rows to what waits of a talk.

        Args:
            talk: Id of the talk.
            after: Number of the talk's last row in the database; only the first call for a talk counts.
            rows: The new rows.
        """
        self._talks.setdefault(talk, PendingEvents(after)).rows.extend(rows)
        self._count += len(rows)

    def of(self, talk: str) -> list[Row]:
        """What waits of a talk."""
        return list(self._talks[talk].rows) if talk in self._talks else []

    def is_complete(self, talk: str) -> bool:
        """Whether all of a talk waits, since it began in the outage."""
        return talk in self._talks and self._talks[talk].after == 0

    def first(self) -> tuple[str, PendingEvents] | None:
        """The talk that has waited longest with a copy of its rows, or None if nothing waits."""
        if not self._talks:
            return None
        talk, unsaved = next(iter(self._talks.items()))
        return talk, PendingEvents(unsaved.after, list(unsaved.rows), unsaved.is_single_writer)

    def saved(self, talk: str, count: int, last_row: int, is_single_writer: bool) -> None:
        """Takes off the oldest rows of a talk.

        Args:
            talk: Id of the talk.
            count: How many rows are in the database now.
            last_row: Number of the last of them.
            is_single_writer: Whether no other replica had added rows before them.
        """
        unsaved = self._talks.get(talk)
        if unsaved is None:
            return
        self._count -= len(unsaved.rows[:count])
        del unsaved.rows[:count]
        unsaved.after, unsaved.is_single_writer = last_row, unsaved.is_single_writer and is_single_writer
        if not unsaved.rows:
            del self._talks[talk]

    def drop(self, talk: str) -> None:
        """Forgets a talk."""
        unsaved = self._talks.pop(talk, None)
        if unsaved is not None:
            self._count -= len(unsaved.rows)

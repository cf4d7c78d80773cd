"""Keeps a talk short for the dialogue: its last turns whole, and of all before only what still counts.

Rasa replays every event of a talk for every prediction and every action, so a message would cost more the longer the talk. The shortened
talk opens with a session start that sets the slots, the open form and the remarks that name a sign or a situation (the outcome card and the
summary quote them). The database keeps everything.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, ENTITY_ATTRIBUTE_TYPE, ENTITY_ATTRIBUTE_VALUE, INTENT_RANKING_KEY

TURNS_KEPT = 3
MAX_TURNS = 4
MAX_REMARKS = 60
MAX_TALKS = 300
_REMARK = "remark"


def message_ids_of(events: Iterable[Event]) -> set[str]:
    """The clients' ids of the messages among some events."""
    return {str(event.message_id) for event in events if isinstance(event, UserUttered) and event.message_id}


def is_carried_over(event: Event) -> bool:
    """Whether an event of a shortened talk repeats what was said before its last turns."""
    return isinstance(event, UserUttered) and _REMARK in event.metadata


def truncate_history(events: Sequence[Event], slots: Iterable[Slot]) -> list[Event]:
    """A talk that goes on in the same way.

    Args:
        events: A talk, or what this function made of it with what was said since.
        slots: The domain's slots.

    Returns:
        The events since the last session start while there are few turns; else the last turns after an opening that brings about the
        same state.
    """
    starts = [place for place, event in enumerate(events) if isinstance(event, SessionStarted)]
    events = list(events[starts[-1] :] if starts else events)
    turns = [place for place, event in enumerate(events) if isinstance(event, UserUttered) and not is_carried_over(event)]
    if len(turns) <= MAX_TURNS:
        return events
    boundary = turns[-TURNS_KEPT]
    return [*_opening(events[:boundary], list(slots), events[boundary].timestamp), *events[boundary:]]


def _opening(events: Sequence[Event], slots: Sequence[Slot], timestamp: float) -> list[Event]:
    before = DialogueStateTracker.from_events("", list(events), slots)
    filled = [SlotSet(slot.name, slot.value, timestamp) for slot in before.slots.values() if slot.value != slot.initial_value]
    form = [ActiveLoop(before.active_loop_name, timestamp)] if before.active_loop_name else []
    return [SessionStarted(timestamp), *_remarks(events), *filled, *form, ActionExecuted(ACTION_LISTEN_NAME, timestamp=timestamp)]


def _remarks(events: Sequence[Event]) -> list[Event]:
    """The last message for each thing that was named, oldest first."""
    latest: dict[tuple[str, str], int] = {}
    for place, event in enumerate(events):
        if isinstance(event, UserUttered):
            for entity in event.parse_data.get(ENTITIES) or []:
                latest[str(entity.get(ENTITY_ATTRIBUTE_TYPE)), str(entity.get(ENTITY_ATTRIBUTE_VALUE))] = place
    return [_remark(events[place]) for place in sorted(set(latest.values()))[-MAX_REMARKS:]]


def _remark(event: Event) -> Event:
    remark = copy.copy(event)
    remark.parse_data = {name: value for name, value in event.parse_data.items() if name != INTENT_RANKING_KEY}
    remark.metadata = {**event.metadata, _REMARK: True}
    return remark


@dataclass
class TrackerWindow:
    """What this process remembers of a talk that goes on.

    Attributes:
        last_row: Number of the talk's last row in the database: if another replica has added rows, this is out of date.
        events: The shortened talk.
        message_ids: The client's ids of all its messages.
    """

    last_row: int
    events: list[Event]
    message_ids: set[str]


class TrackerWindowCache:
    """The talks used last."""

    def __init__(self, pinned: Container[str] = ()) -> None:
        """Remembers nothing yet.

        Args:
            pinned: Talks that must stay, since nothing else holds them.
        """
        self._windows: OrderedDict[str, TrackerWindow] = OrderedDict()
        self._pinned = pinned

    def get(self, talk: str, last_row: int) -> TrackerWindow | None:
        """What is remembered of a talk, or None if that is nothing or out of date."""
        window = self._windows.get(talk)
        return window if window is not None and window.last_row == last_row else None

    def last(self, talk: str) -> TrackerWindow | None:
        """What is remembered of a talk, though it may be out of date."""
        return self._windows.get(talk)

    def keep(self, talk: str, window: TrackerWindow) -> None:
        """Remembers a talk; of those that may go, the one used least lately goes."""
        self._windows[talk] = window
        self._windows.move_to_end(talk)
        if len(self._windows) > MAX_TALKS:
            oldest = next((name for name in self._windows if name != talk and name not in self._pinned), None)
            if oldest is not None:
                del self._windows[oldest]

    def drop(self, talk: str) -> None:
        """Forgets a talk."""
        self._windows.pop(talk, None)

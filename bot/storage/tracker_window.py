"""Shortens a conversation for the dialogue: the last turns stay whole, and of everything before only what still counts.

Rasa replays every event of a conversation for every prediction and every action, so each message would cost more than the one before.
The shortened conversation opens with a session start, the slots, the open form, and the remarks that name a sign or a situation: the
outcome card and the summary quote them. The database keeps everything.
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
MAX_CONVERSATIONS = 300
_REMARK = "remark"


def message_ids_of(events: Iterable[Event]) -> set[str]:
    """The clients' ids of the messages among some events."""
    return {str(event.message_id) for event in events if isinstance(event, UserUttered) and event.message_id}


def is_carried_over(event: Event) -> bool:
    """Whether an event of a shortened conversation repeats a remark from before its last turns."""
    return isinstance(event, UserUttered) and _REMARK in event.metadata


def truncate_history(events: Sequence[Event], slots: Iterable[Slot]) -> list[Event]:
    """Shortens a conversation so that it goes on in the same way.

    Args:
        events: The events of a conversation, or an earlier result of this function with the events since.
        slots: The domain's slots.

    Returns:
        The events since the last session start while there are few turns; else the last turns, after an opening that leads to the same
        state.
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
    """What this process remembers of a conversation.

    Attributes:
        last_row: Number of the conversation's last row in the database. Once another replica adds rows, the window is out of date.
        events: The shortened conversation.
        message_ids: The client's ids of all messages.
    """

    last_row: int
    events: list[Event]
    message_ids: set[str]


class TrackerWindowCache:
    """The windows of the conversations that were used last."""

    def __init__(self, pinned: Container[str] = ()) -> None:
        """Starts empty.

        Args:
            pinned: Ids of conversations that must stay, since nothing else holds them.
        """
        self._windows: OrderedDict[str, TrackerWindow] = OrderedDict()
        self._pinned = pinned

    def get(self, conversation_id: str, last_row: int) -> TrackerWindow | None:
        """The window of a conversation; None if there is none, or if it is out of date."""
        window = self._windows.get(conversation_id)
        return window if window is not None and window.last_row == last_row else None

    def last(self, conversation_id: str) -> TrackerWindow | None:
        """The window of a conversation, which may be out of date; None if there is none."""
        return self._windows.get(conversation_id)

    def keep(self, conversation_id: str, window: TrackerWindow) -> None:
        """Remembers a window. If there are too many, drops the one that was used longest ago and is not pinned."""
        self._windows[conversation_id] = window
        self._windows.move_to_end(conversation_id)
        if len(self._windows) > MAX_CONVERSATIONS:
            oldest = next((name for name in self._windows if name != conversation_id and name not in self._pinned), None)
            if oldest is not None:
                del self._windows[oldest]

    def drop(self, conversation_id: str) -> None:
        """Forgets a conversation."""
        self._windows.pop(conversation_id, None)

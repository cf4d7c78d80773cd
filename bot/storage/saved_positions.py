"""How much of each tracker is in the store already.

Rasa hands the store a tracker to save and does not say which of its events are new.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from rasa.shared.core.trackers import DialogueStateTracker


@dataclass(frozen=True)
class SavedPosition:
    """How far a tracker is saved.

    Attributes:
        events: How many of the tracker's events are saved.
        last_row: Number of the conversation's last row when the tracker was read or saved; 0 if the conversation had none.
    """

    events: int
    last_row: int = 0


class SavedPositions:
    """The positions of all trackers in use. Each goes when its tracker goes.

    Trackers have no hash, so a `WeakKeyDictionary` cannot hold them. They are told apart by identity.
    """

    def __init__(self) -> None:
        self._positions: dict[int, SavedPosition] = {}

    def __len__(self) -> int:
        return len(self._positions)

    def put(self, tracker: DialogueStateTracker, position: SavedPosition) -> None:
        """Notes how far a tracker is saved."""
        key = id(tracker)
        if key not in self._positions:
            weakref.finalize(tracker, self._positions.pop, key).atexit = False
        self._positions[key] = position

    def get(self, tracker: DialogueStateTracker) -> SavedPosition | None:
        """How far a tracker is saved; None if it comes from elsewhere and was not saved here yet."""
        return self._positions.get(id(tracker))

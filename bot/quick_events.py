"""Finds the class of a stored event once: Rasa looks through all classes of events for each event of each message."""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.core.events import Event

_LOOK_UP = Event.resolve_by_type


def use_quick_events() -> None:
    """Makes Rasa remember the class of each kind of event, in this process."""
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=256)(_LOOK_UP))

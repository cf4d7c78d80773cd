"""Lets Rasa remember what never changes while a model is loaded, and copy a conversation without living through it again.

For each message, Rasa looks through all classes of events for every stored event, builds an empty domain to compare its own with, works out
for every slot which entities belong to one slot of a form only, and replays the whole conversation for each action's copy of it.
"""

from __future__ import annotations

import copy
from collections import deque
from functools import lru_cache
from typing import Any

from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

_CLASS_OF = Event.resolve_by_type
_IS_EMPTY = Domain.is_empty
_UNIQUE_MAPPINGS = FormAction._create_unique_entity_mappings
_STATE = ("_paused", "followup_action", "latest_action", "latest_message", "latest_bot_utterance")


def _is_empty(domain: Domain) -> bool:
    known: dict[str, Any] = domain.__dict__
    if "_known_empty" not in known:
        known["_known_empty"] = _IS_EMPTY(domain)
    return bool(known["_known_empty"])


def _unique_mappings(form: FormAction, domain: Domain) -> set[str]:
    by_form: dict[str, set[str]] = domain.__dict__.setdefault("_known_mappings", {})
    if form.name() not in by_form:
        by_form[form.name()] = _UNIQUE_MAPPINGS(form, domain)
    return by_form[form.name()]


def _copy_slot(slot: Slot) -> Slot:
    twin = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin


def copy_tracker(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A copy that can go its own way, as `DialogueStateTracker.copy` makes it.

    Args:
        tracker: The conversation.
    """
    twin = DialogueStateTracker(tracker.sender_id, [], tracker._max_event_history, tracker.sender_source, tracker.is_rule_tracker)
    twin.slots = type(tracker.slots)((name, copy.copy(slot)) for name, slot in tracker.slots.items())
    twin.events = deque(tracker.events, tracker._max_event_history)
    twin.active_loop = copy.copy(tracker.active_loop)
    for name in _STATE:
        setattr(twin, name, getattr(tracker, name))
    return twin


def use_cached_lookups() -> None:
    """Puts these in the place of Rasa's own, in this process."""
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=256)(_CLASS_OF))
    Domain.is_empty = _is_empty
    FormAction._create_unique_entity_mappings = _unique_mappings
    Slot.__copy__ = _copy_slot
    DialogueStateTracker.copy = copy_tracker

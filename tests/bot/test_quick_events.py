"""Stored events come back as what they were."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import Event, SlotSet, deserialise_events

from bot.quick_events import use_quick_events


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    use_quick_events()


def test_an_event_gets_its_class():
    assert Event.resolve_by_type("slot") is SlotSet


def test_a_class_is_looked_up_once():
    Event.resolve_by_type("slot")
    before = Event.resolve_by_type.cache_info().misses
    Event.resolve_by_type("slot")
    assert Event.resolve_by_type.cache_info().misses == before


def test_stored_events_are_read():
    assert deserialise_events([{"event": "slot", "name": "route", "value": "pump"}]) == [SlotSet("route", "pump")]


def test_an_unknown_kind_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event"):
            Event.resolve_by_type("no such event")

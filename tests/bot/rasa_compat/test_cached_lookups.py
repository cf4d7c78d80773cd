"""What Rasa is made to remember is what it would have worked out."""

from __future__ import annotations

import copy

import pytest
from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, FollowupAction, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_compat.cached_lookups import copy_tracker, use_cached_lookups
from bot.rasa_compat.content_importer import project_domain

FORM = "checklist_form"
EVENTS = [
    ActionExecuted("action_session_start"),
    ActionExecuted("action_listen"),
    UserUttered("my pump beeps", {"name": "inform"}),
    SlotSet("route", "pump"),
    ActiveLoop(FORM),
    BotUttered("Do you have a fever?"),
    FollowupAction("action_listen"),
]


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """Rasa's own methods come back after each test."""
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    monkeypatch.setattr(Domain, "is_empty", Domain.is_empty)
    monkeypatch.setattr(FormAction, "_create_unique_entity_mappings", FormAction._create_unique_entity_mappings)
    monkeypatch.setattr(Slot, "__copy__", None, raising=False)
    monkeypatch.setattr(DialogueStateTracker, "copy", DialogueStateTracker.copy)
    monkeypatch.delattr(Slot, "__copy__")


@pytest.fixture
def quick(as_before):
    use_cached_lookups()


@pytest.fixture(scope="module")
def domain():
    return project_domain()


@pytest.fixture
def talk(domain):
    return DialogueStateTracker.from_events("a", EVENTS, domain.slots)


def test_an_event_gets_its_class(quick):
    assert Event.resolve_by_type("slot") is SlotSet


def test_a_class_is_looked_up_once(quick):
    Event.resolve_by_type("slot")
    before = Event.resolve_by_type.cache_info().misses
    Event.resolve_by_type("slot")
    assert Event.resolve_by_type.cache_info().misses == before


def test_stored_events_are_read(quick):
    assert deserialise_events([{"event": "slot", "name": "route", "value": "pump"}]) == [SlotSet("route", "pump")]


def test_an_unknown_kind_is_refused_each_time(quick):
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event"):
            Event.resolve_by_type("no such event")


def test_an_empty_domain_is_empty_and_a_full_one_is_not(quick, domain):
    assert [Domain.empty().is_empty(), domain.is_empty(), domain.is_empty()] == [True, False, False]


def test_the_unique_entities_of_a_form_are_those_that_rasa_finds(domain):
    expected = FormAction(FORM, None)._create_unique_entity_mappings(domain)
    use_cached_lookups()
    assert expected
    assert [FormAction(FORM, None)._create_unique_entity_mappings(domain) for _ in range(2)] == [expected] * 2


def test_a_copied_slot_has_its_value_and_goes_its_own_way(quick, talk):
    slot = talk.slots["route"]
    twin = copy.copy(slot)
    twin.value = "tablets"
    assert (type(twin), slot.value, twin.value) == (type(slot), "pump", "tablets")


def test_a_copied_talk_is_what_a_replay_gives(talk):
    replayed, copied = talk.copy(), copy_tracker(talk)
    assert list(copied.events) == list(replayed.events)
    assert copied.current_state() == replayed.current_state()
    assert copied.active_loop == replayed.active_loop
    assert (copied.model_id, copied.assistant_id) == (replayed.model_id, replayed.assistant_id)


def test_a_copied_talk_goes_its_own_way(quick, talk):
    before = talk.current_state(), len(talk.events)
    twin = talk.copy()
    twin.update(SlotSet("route", "tablets"))
    twin.reject_action(FORM)
    twin.update(ActiveLoop(None))
    assert (talk.current_state(), len(talk.events)) == before
    assert not talk.is_active_loop_rejected

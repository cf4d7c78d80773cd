"""A long conversation is shortened for the dialogue, and goes on as if it were whole."""

from __future__ import annotations

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.serving.training import model_file, train_if_needed
from bot.storage import tracker_window
from bot.storage.tracker_store import ConversationStore
from bot.storage.tracker_window import MAX_TURNS, TURNS_KEPT, TrackerWindow, TrackerWindowCache, truncate_history

DOMAIN = Domain.from_dict(
    {
        "entities": ["danger_sign"],
        "slots": {"route": {"type": "text", "mappings": [{"type": "custom"}]}},
        "forms": {"checklist_form": {"required_slots": ["route"]}},
    }
)
LONG_CONVERSATION = [
    "my mum has a fever and her pump beeps",
    "/check_symptoms",
    "pump",
    "no",
    "is it dangerous to stop suddenly?",
    "not sure",
    "no",
    "what are the side effects?",
    "no",
    "yes my temperature is 39.5",
    "they are coming",
    "/confirm_start_over",
    "xqzw",
    "brmpf glorx",
    "asdf qwer",
    "how does baclofen work?",
    "/check_symptoms",
    "tablets",
    *["no"] * 15,
    "thank you",
]


def turn(text, **entities):
    named = [{"entity": name, "value": value} for name, value in entities.items()]
    said = UserUttered(text, {"name": "inform"}, named, {"intent_ranking": [{"name": "inform"}], "entities": named})
    return [said, ActionExecuted("utter_ok"), ActionExecuted("action_listen")]


def turns(count):
    return [event for number in range(count) for event in turn(f"turn {number}")]


def short(events):
    return truncate_history([SessionStarted(), *events], DOMAIN.slots)


def tracker(events):
    return DialogueStateTracker.from_events("a", events, DOMAIN.slots)


def texts(events):
    return [event.text for event in events if isinstance(event, UserUttered)]


def test_a_short_conversation_stays_whole():
    events = [SessionStarted(), *turns(MAX_TURNS)]
    assert truncate_history(events, DOMAIN.slots) == events


def test_the_last_turns_of_a_long_conversation_stay_whole():
    events = turns(30)
    assert short(events)[-3 * TURNS_KEPT :] == events[-3 * TURNS_KEPT :]


def test_a_shortened_conversation_does_not_grow_with_the_whole_one():
    assert len(short(turns(300))) == len(short(turns(30)))


def test_slots_set_long_ago_stay_set():
    assert tracker(short([SlotSet("route", "pump"), *turns(30)])).get_slot("route") == "pump"


def test_slots_emptied_again_stay_empty():
    assert tracker(short([SlotSet("route", "pump"), SlotSet("route", None), *turns(30)])).get_slot("route") is None


def test_an_open_form_stays_open():
    assert tracker(short([ActiveLoop("checklist_form"), *turns(30)])).active_loop_name == "checklist_form"


def test_a_closed_form_stays_closed():
    assert tracker(short([ActiveLoop("checklist_form"), ActiveLoop(None), *turns(30)])).active_loop_name is None


def test_a_message_that_named_a_sign_is_kept():
    assert texts(short([*turn("he is burning up", danger_sign="high_fever"), *turns(30)]))[0] == "he is burning up"


def test_the_last_of_two_messages_that_named_the_same_sign_is_kept():
    named = [*turn("burning up", danger_sign="high_fever"), *turn("still burning", danger_sign="high_fever")]
    assert texts(short([*named, *turns(30)]))[0] == "still burning"


def test_a_named_sign_is_kept_however_often_the_conversation_is_shortened():
    events = short([*turn("he is burning up", danger_sign="high_fever"), *turns(30)])
    for _ in range(5):
        events = truncate_history([*events, *turns(10)], DOMAIN.slots)
    assert texts(events)[0] == "he is burning up"


def test_nothing_from_before_the_last_session_start_is_kept():
    events = short([*turn("old", danger_sign="seizure"), SlotSet("route", "pump"), SessionStarted(), *turns(30)])
    assert "old" not in texts(events)
    assert tracker(events).get_slot("route") is None


def test_a_window_is_found_until_another_row_is_added():
    windows = TrackerWindowCache()
    window = TrackerWindow(7, [], set())
    windows.keep("a", window)
    assert windows.get("a", 7) is window
    assert windows.get("a", 8) is None


def test_the_conversation_used_longest_ago_is_dropped(monkeypatch):
    monkeypatch.setattr(tracker_window, "MAX_CONVERSATIONS", 2)
    windows = TrackerWindowCache()
    for name in ("a", "b", "a", "c"):
        windows.keep(name, TrackerWindow(1, [], set()))
    assert [windows.get(name, 1) is not None for name in "abc"] == [True, False, True]


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    train_if_needed(lambda line: None)
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path_factory.mktemp('state')}/conversations.db")
    return Agent.load(str(model_file()), action_endpoint=InProcessActionEndpoint(), tracker_store=store)


async def replies(agent, name):
    said = []
    for text in LONG_CONVERSATION:
        channel = CollectingOutputChannel()
        await agent.handle_message(UserMessage(text, channel, name))
        said.append([{key: value for key, value in message.items() if key != "recipient_id"} for message in channel.messages])
    return said


async def test_the_assistant_replies_as_with_the_whole_conversation(agent, monkeypatch):
    monkeypatch.setattr(tracker_window, "MAX_TURNS", 10_000)
    whole = await replies(agent, "whole")
    monkeypatch.setattr(tracker_window, "MAX_TURNS", TURNS_KEPT)
    assert await replies(agent, "shortened") == whole

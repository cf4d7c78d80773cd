"""The guard decides about every message, whatever else fails."""

from __future__ import annotations

import pytest
from rasa.core.policies.rule_policy import RulePolicy  # noqa: F401  registers Rasa's events
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import safety_guard
from bot.nlu.evidence import DialogueState
from bot.nlu.intent_classifier import DANGER_SCORES, DangerScores
from bot.nlu.safety_guard import SafetyGuard, dialogue_state_of
from bot.rasa_compat.content_importer import project_domain

DOMAIN = project_domain()
OPEN_SEIZURE = [ActiveLoop("checklist_form"), SlotSet("requested_slot", "seizure")]
CALM = DangerScores(0.01, 0.0, {})
SURE = DangerScores(0.99, 0.0, {"high_fever": 0.9, "seizure": 0.2})


def tracker_of(*events):
    return DialogueStateTracker.from_events("x", [ActionExecuted("action_listen"), *events], slots=DOMAIN.slots)


def uttered(name):
    return BotUttered("text", metadata={"utter_action": name})


@pytest.fixture(scope="module")
def guard(content):
    return SafetyGuard(SafetyGuard.get_default_config(), content)


def judged(guard, text, intent="greet", confidence=0.8, scores=CALM, tracker=None, **data):
    ranking = [{"name": intent, "confidence": confidence}, {"name": "thank", "confidence": 0.1}]
    message = Message({"text": text, "intent": ranking[0], "intent_ranking": ranking, DANGER_SCORES: scores, **data})
    assert guard.process([message], tracker) == [message]
    return message


def entities_of(message):
    return [(entity["entity"], entity["value"]) for entity in message.get("entities")]


def raising(*_arguments):
    raise RuntimeError("broken on purpose")


def test_no_talk_is_a_fresh_talk():
    assert dialogue_state_of(None) == DialogueState()


def test_a_talk_that_has_just_begun_is_fresh():
    assert dialogue_state_of(tracker_of()) == DialogueState()


def test_the_open_question_is_seen():
    assert dialogue_state_of(tracker_of(*OPEN_SEIZURE)).open_item == "seizure"


def test_the_question_of_a_checklist_that_was_left_is_not_open():
    assert dialogue_state_of(tracker_of(*OPEN_SEIZURE, ActiveLoop(None))).open_item is None


@pytest.mark.parametrize("name", ["utter_happening_now", "utter_danger_screen"])
def test_the_question_whether_it_is_happening_is_seen(name):
    assert dialogue_state_of(tracker_of(UserUttered("x"), uttered("utter_answer_kidney"), uttered(name))).asked_if_happening


def test_the_question_whether_it_is_happening_counts_for_one_turn_only():
    events = [UserUttered("x"), uttered("utter_happening_now"), UserUttered("y"), uttered("utter_answer_kidney")]
    assert not dialogue_state_of(tracker_of(*events)).asked_if_happening


def test_another_text_is_not_taken_for_that_question():
    assert not dialogue_state_of(tracker_of(UserUttered("x"), uttered("utter_clarify"), BotUttered("no metadata"))).asked_if_happening


@pytest.mark.parametrize("alarm", ["emergency", "crisis"])
def test_an_open_alarm_is_seen(alarm):
    assert dialogue_state_of(tracker_of(SlotSet("alarm", alarm))).alarm == alarm


@pytest.mark.parametrize("value", ["closed", None])
def test_a_closed_alarm_is_none(value):
    assert dialogue_state_of(tracker_of(SlotSet("alarm", value))).alarm is None


def test_a_calm_message_keeps_the_classifiers_choice(guard):
    assert judged(guard, "hello").get("intent") == {"name": "greet", "confidence": 0.8}


def test_a_sign_by_rule_alone_raises_the_alarm_when_the_classifier_does_not_object(guard):
    doubtful = DangerScores(0.2, 0.0, {})
    assert judged(guard, "he is having a seizure", scores=doubtful).get("intent")["name"] == "emergency"


def test_the_classifier_alone_raises_the_alarm(guard):
    message = judged(guard, "things look grim", scores=SURE)
    assert message.get("intent")["name"] == "emergency"
    assert [name for name, _ in entities_of(message)] == ["danger_reason"]


def test_the_classifiers_ranking_stays_behind_the_decision(guard):
    ranking = judged(guard, "he is having a seizure", scores=SURE).get("intent_ranking")
    assert [entry["name"] for entry in ranking] == ["emergency", "greet", "thank"]


def test_entities_that_were_there_stay(guard):
    drug = {"entity": "drug", "value": "oxy", "start": 0, "end": 3}
    assert judged(guard, "he is having a seizure", scores=SURE, entities=[drug]).get("entities")[0] == drug


def test_intent_and_entities_are_part_of_the_output(guard):
    message = judged(guard, "he is having a seizure", scores=SURE)
    assert {"intent", "intent_ranking", "entities"} <= message.output_properties


def test_the_open_question_decides_what_an_answer_is(guard):
    message = judged(guard, "no", intent="deny", tracker=tracker_of(*OPEN_SEIZURE))
    assert message.get("intent")["name"] == "answer_checklist"
    assert ("seizure", "no") in entities_of(message)


def test_a_button_is_left_to_rasa(guard):
    message = judged(guard, "/ask_kidney", scores=SURE)
    assert message.get("intent")["name"] == "greet"


def test_several_messages_are_judged_each(guard):
    messages = [Message({"text": text}) for text in ("he is having a seizure", "hello")]
    guard.process(messages)
    assert [message.get("intent")["name"] for message in messages] == ["emergency", "nlu_fallback"]


def test_without_the_classifier_the_rules_decide(guard):
    assert judged(guard, "he is having a seizure", scores=None).get("intent")["name"] == "emergency"


def test_without_the_classifier_the_rules_hear_self_harm(guard):
    assert judged(guard, "I want to kill myself", scores=None).get("intent")["name"] == "crisis"


def test_without_the_classifier_a_calm_message_is_no_alarm(guard):
    assert judged(guard, "hello", scores=None).get("intent")["name"] == "greet"


def test_a_message_that_nothing_judged_before_is_not_understood(guard):
    message = Message({"text": "qwerty"})
    guard.process([message])
    assert message.get("intent")["name"] == "nlu_fallback"


def test_with_broken_rules_the_classifier_still_raises_the_alarm(guard, monkeypatch):
    monkeypatch.setattr(safety_guard, "danger_rules", raising)
    assert judged(guard, "he is having a seizure", scores=SURE).get("intent")["name"] == "emergency"


def test_with_broken_rules_a_calm_message_stays_calm(guard, monkeypatch):
    monkeypatch.setattr(safety_guard, "danger_rules", raising)
    assert judged(guard, "hello").get("intent")["name"] == "greet"


def test_without_a_talks_state_a_danger_sign_still_raises_the_alarm(guard, monkeypatch):
    monkeypatch.setattr(safety_guard, "dialogue_state_of", raising)
    message = judged(guard, "he is having a seizure", scores=SURE, tracker=tracker_of())
    assert message.get("intent")["name"] == "emergency"


def test_a_broken_language_check_does_not_matter(guard, monkeypatch):
    monkeypatch.setattr(safety_guard, "foreign_language", raising)
    assert judged(guard, "hello").get("intent")["name"] == "greet"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("he is having a seizure", "emergency"), ("I want to kill myself", "crisis"), ("hello", "possible_danger")],
)
def test_a_broken_decision_is_replaced_by_the_rules_or_a_question(guard, monkeypatch, text, intent):
    monkeypatch.setattr(safety_guard, "decide", raising)
    assert judged(guard, text).get("intent")["name"] == intent


def test_with_everything_broken_it_asks_whether_there_is_danger(guard, monkeypatch):
    for part in ("danger_rules", "foreign_language", "decide", "dialogue_state_of"):
        monkeypatch.setattr(safety_guard, part, raising)
    message = judged(guard, "he is having a seizure", scores=SURE, tracker=tracker_of())
    assert message.get("intent")["name"] == "possible_danger"


def test_a_fault_is_logged_without_the_persons_words(guard, monkeypatch, caplog):
    monkeypatch.setattr(safety_guard, "decide", raising)
    judged(guard, "a very private sentence")
    assert "decision" in caplog.text
    assert "private" not in caplog.text


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀", "词" * 2000, "\u202e\u200b", "a" * 5000, "(" * 500, "{x}", "\ud800"])
def test_no_text_is_too_odd(guard, text):
    assert judged(guard, text, scores=None).get("intent")["name"]


def test_thresholds_come_from_the_configuration(content):
    deaf = SafetyGuard({"sure": 1.1, "clause": 1.1, "possible": 1.1}, content)
    assert judged(deaf, "things look grim", scores=SURE).get("intent")["name"] == "greet"

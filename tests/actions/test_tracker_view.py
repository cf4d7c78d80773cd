"""What actions read from a talk."""

from __future__ import annotations

import pytest

from actions.tracker_view import content, entities, fallbacks_in_a_row, findings, last_intent, own_words, user_turns


def test_the_content_is_loaded_once():
    assert content() is content()


def test_findings_are_the_answers_that_questions_offer(described):
    tracker = described.with_slots(seizure="no", high_fever="purple", infection=None, alarm="emergency").tracker()
    assert findings(tracker) == {"seizure": "no"}


def test_entities_come_in_order_without_repeats(described):
    tracker = described.said("x", "emergency", ("danger_sign", "b"), ("danger_sign", "a"), ("danger_sign", "b"), ("drug", "c")).tracker()
    assert entities(tracker, "danger_sign") == ["b", "a"]


def test_only_the_last_message_has_entities(described):
    tracker = described.said("x", "emergency", ("danger_sign", "a")).said("y", "greet").tracker()
    assert entities(tracker, "danger_sign") == []


def test_the_last_intent_is_the_last_messages(described):
    assert last_intent(described.said("x", "greet").said("y", "thank").tracker()) == "thank"


def test_nothing_said_has_no_intent_and_no_entities(described):
    assert last_intent(described.tracker()) == ""
    assert entities(described.tracker(), "item") == []


def test_turns_of_an_earlier_session_do_not_count(described):
    tracker = described.said("old", "greet").session_started().said("new", "greet").tracker()
    assert [turn["text"] for turn in user_turns(tracker)] == ["new"]


@pytest.mark.parametrize(
    ("intents", "count"),
    [((), 0), (("greet",), 0), (("nlu_fallback",) * 2, 2), (("nlu_fallback", "greet", "nlu_fallback"), 1), (("nlu_fallback", "greet"), 0)],
)
def test_fallbacks_count_only_in_a_row_to_the_last(described, intents, count):
    for intent in intents:
        described.said("x", intent)
    assert fallbacks_in_a_row(described.tracker()) == count


def test_own_words_are_what_was_typed(described):
    tracker = described.said("since noon", "answer_checklist", ("high_fever", "yes")).tracker()
    assert own_words(tracker) == {"high_fever": "since noon"}


def test_own_words_hold_no_personal_details(described):
    tracker = described.said("John has 40.1, ring 07700 900123", "answer_checklist", ("high_fever", "yes")).tracker()
    assert own_words(tracker) == {"high_fever": "(name) has 40.1, ring (phone)"}


def test_a_button_has_no_own_words(described):
    tracker = described.said('/answer_checklist{"high_fever": "yes"}', "answer_checklist", ("high_fever", "yes")).tracker()
    assert own_words(tracker) == {}


def test_a_button_takes_the_place_of_earlier_words(described):
    described.said("hot", "answer_checklist", ("high_fever", "yes"))
    described.said('/answer_checklist{"high_fever": "no"}', "answer_checklist", ("high_fever", "no"))
    assert own_words(described.tracker()) == {}


def test_the_words_of_a_report_belong_to_the_item_that_it_settles(described):
    tracker = described.said("the pump beeps", "report_pump_problem", ("situation", "pump_problem")).tracker()
    assert own_words(tracker) == {"pump_problem": "the pump beeps"}


def test_braces_in_own_words_cannot_be_taken_for_slots(described):
    tracker = described.said("{alarm} [x]", "answer_checklist", ("high_fever", "yes")).tracker()
    assert own_words(tracker) == {"high_fever": "(alarm) (x)"}

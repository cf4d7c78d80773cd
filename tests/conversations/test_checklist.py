"""The symptom checklist: one question at a time, to an outcome with a summary."""

import pytest

from bot.content.models import INTERFACE_ITEMS
from tests.talk import Talk


def asked_items(talk: Talk, **answers: str) -> list[str]:
    talk.payload("/check_symptoms")
    asked = []
    while talk.turn.item:
        asked.append(talk.turn.item)
        default = "tablets" if talk.turn.item == "route" else "no"
        talk.answer(answers.get(talk.turn.item, default))
    return asked


@pytest.mark.parametrize("text", ["check my symptoms", "can you check my dad over?", "I'd like to do the symptom check"])
def test_the_checklist_starts_by_words(talk: Talk, text: str):
    assert talk.say(text).item == "route"


def test_a_person_on_tablets_gets_no_pump_question(talk: Talk):
    assert "pump_problem" not in asked_items(talk, route="tablets")


@pytest.mark.parametrize("route", ["pump", "both", "not_sure"])
def test_a_person_who_may_have_a_pump_gets_every_question(talk: Talk, route: str):
    assert sorted(asked_items(talk, route=route)) == sorted(INTERFACE_ITEMS)


def test_progress_is_shown_as_place_and_number(talk: Talk):
    talk.start_checklist(until="high_fever")
    assert talk.turn.last["meta"]["step"] == {"item": "high_fever", "n": 3, "of": 15}


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, "info"),
        ({"infection": "yes"}, "soon"),
        ({"rebound_spasticity": "somewhat"}, "soon"),
        ({"missed_dose": "yes"}, "urgent"),
        ({"route": "pump", "pump_problem": "yes"}, "urgent"),
        ({"high_fever": "not_sure"}, "urgent"),
        ({"high_fever": "not_sure", "missed_dose": "yes"}, "emergency"),
    ],
)
def test_the_outcome_has_the_level_of_the_answers(talk: Talk, answers: dict[str, str], level: str):
    turn = talk.start_checklist(**answers)
    assert turn.first["meta"]["kind"] in ("outcome", "emergency")
    assert turn.first["meta"]["level"] == level


def test_an_emergency_outcome_stays_open(talk: Talk):
    talk.start_checklist(high_fever="not_sure", missed_dose="yes")
    assert talk.say("hello").level == "emergency"


def test_an_urgent_outcome_comes_with_a_summary_to_copy(talk: Talk):
    turn = talk.start_checklist(missed_dose="yes")
    assert turn.last["meta"]["summary"] is True
    assert "Missed or stopped doses: Yes" in turn.last["text"]


def test_the_reason_is_given_in_the_persons_own_words(talk: Talk):
    talk.start_checklist(until="missed_dose")
    talk.say("missed two days because we were travelling")
    turn = talk.answer_rest()
    assert "missed two days because we were travelling" in turn.first["text"]


def test_nothing_wrong_is_no_all_clear(talk: Talk):
    assert "does not mean that all is well" in talk.start_checklist().first["text"]


@pytest.mark.parametrize(
    ("item", "typed", "next_item"),
    [
        ("route", "it's the tablets", "rebound_spasticity"),
        ("route", "she's got a pump", "rebound_spasticity"),
        ("rebound_spasticity", "a bit worse than last week", "high_fever"),
        ("high_fever", "37.4", "altered_mental_state"),
        ("high_fever", "99.1 F", "altered_mental_state"),
        ("fast_heart_or_high_bp", "118/76", "seizure"),
        ("fast_heart_or_high_bp", "pulse is 80", "seizure"),
        ("seizure", "nope, none", "muscle_breakdown"),
        ("seizure", "hard to say", "muscle_breakdown"),
        ("missed_dose", "missed two days", "dose_increase"),
        ("infection", "i've got a uti", "constipation"),
        ("kidney_disease", "nothing like that", None),
    ],
)
def test_free_text_is_taken_as_the_answer(talk: Talk, item: str, typed: str, next_item: str | None):
    talk.start_checklist(until=item)
    turn = talk.say(typed)
    assert turn.item == next_item
    assert turn.level != "emergency"


@pytest.mark.parametrize("typed", ["103.2", "39.6", "102.9F", "it was 40 degrees"])
def test_a_fever_as_a_number_is_an_emergency(talk: Talk, typed: str):
    talk.start_checklist(until="high_fever")
    assert talk.say(typed).first["meta"]["kind"] == "emergency"


@pytest.mark.parametrize("typed", ["150", "190/115", "about 140 bpm"])
def test_a_racing_heart_as_a_number_is_an_emergency(talk: Talk, typed: str):
    talk.start_checklist(until="fast_heart_or_high_bp")
    assert talk.say(typed).first["meta"]["kind"] == "emergency"

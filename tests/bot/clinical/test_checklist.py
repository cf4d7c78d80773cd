"""The symptom checklist: what is asked next, how far along, what was said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical.checklist import danger_item_present, is_answer, next_item, only_answers, plan, previous_item, progress, summary_lines
from bot.content import load_content
from bot.settings import CONTENT_DIR

CONTENT = load_content(CONTENT_DIR)
ITEMS = list(CONTENT.items)
DANGER = [item.id for item in CONTENT.items.values() if item.kind == "danger_sign"]
ANSWERED = st.fixed_dictionaries({}, optional={item: st.sampled_from([c.value for c in CONTENT.choices_of(item)]) for item in ITEMS})


def all_no(route="tablets"):
    return {item: (route if item == "route" else "no") for item in ITEMS}


@pytest.mark.parametrize("route", ["pump", "both", "not_sure"])
def test_the_pump_question_comes_for_those_who_may_have_a_pump(route):
    assert "pump_problem" in plan(CONTENT, {"route": route})


@pytest.mark.parametrize("findings", [{}, {"route": "tablets"}])
def test_the_pump_question_is_left_out_for_everybody_else(findings):
    assert "pump_problem" not in plan(CONTENT, findings)


def test_the_first_question_is_about_the_route():
    assert next_item(CONTENT, {}) == "route"


def test_danger_signs_are_asked_before_all_other_trouble():
    assert plan(CONTENT, {})[1 : 1 + len(DANGER)] == DANGER


def test_each_answer_leads_to_the_next_question_of_the_plan():
    findings = {}
    asked = []
    while item := next_item(CONTENT, findings):
        asked.append(item)
        findings[item] = "pump" if item == "route" else "no"
    assert asked == ITEMS


def test_nothing_is_asked_when_all_is_answered():
    assert next_item(CONTENT, all_no()) is None


@pytest.mark.parametrize("item", DANGER)
def test_a_danger_sign_ends_the_questions(item):
    assert next_item(CONTENT, {"route": "pump", item: "yes"}) is None


@pytest.mark.parametrize("item", DANGER)
def test_a_danger_sign_that_is_present_is_named(item):
    assert danger_item_present(CONTENT, {item: "yes"}) == item


def test_the_first_of_two_danger_signs_is_named():
    assert danger_item_present(CONTENT, {"seizure": "yes", "high_fever": "yes"}) == "high_fever"


@pytest.mark.parametrize("value", ["no", "somewhat", "not_sure"])
def test_a_danger_sign_that_is_not_surely_there_does_not_end_the_questions(value):
    assert danger_item_present(CONTENT, {"rebound_spasticity": value}) is None


def test_missed_doses_are_no_danger_sign_by_themselves():
    assert danger_item_present(CONTENT, {"missed_dose": "yes"}) is None


def test_going_back_leads_to_the_answered_question_before():
    assert previous_item(CONTENT, {"route": "tablets", "rebound_spasticity": "no"}, "high_fever") == "rebound_spasticity"


def test_going_back_skips_questions_that_were_not_asked():
    findings = {"route": "tablets", "missed_dose": "no"}
    assert previous_item(CONTENT, findings, "dose_increase") == "missed_dose"


def test_there_is_nothing_before_the_first_question():
    assert previous_item(CONTENT, {}, "route") is None


def test_going_back_from_no_open_question_leads_to_the_last_answer():
    assert previous_item(CONTENT, all_no(), None) == ITEMS[-1]


def test_progress_counts_from_one():
    assert progress(CONTENT, {}, "route") == (1, len(ITEMS) - 1)


def test_progress_counts_the_pump_question_for_pump_users():
    assert progress(CONTENT, {"route": "pump"}, "high_fever") == (3, len(ITEMS))


def test_progress_of_an_item_outside_the_plan_is_the_end():
    assert progress(CONTENT, {"route": "tablets"}, "pump_problem") == (15, 15)


@settings(max_examples=200, deadline=None)
@given(ANSWERED)
def test_progress_stays_within_bounds(findings):
    item = next_item(CONTENT, findings)
    if item:
        n, of = progress(CONTENT, findings, item)
        assert 1 <= n <= of <= len(ITEMS)


@settings(max_examples=200, deadline=None)
@given(ANSWERED)
def test_an_answered_question_is_never_asked_again(findings):
    assert next_item(CONTENT, findings) not in findings


@settings(max_examples=200, deadline=None)
@given(ANSWERED)
def test_going_back_only_leads_to_what_was_answered(findings):
    item = next_item(CONTENT, findings)
    before = previous_item(CONTENT, findings, item)
    assert before is None or before in findings


@pytest.mark.parametrize(("item", "value"), [("route", "pump"), ("rebound_spasticity", "somewhat"), ("seizure", "not_sure")])
def test_an_offered_choice_is_an_answer(item, value):
    assert is_answer(CONTENT, item, value)


@pytest.mark.parametrize(("item", "value"), [("route", "yes"), ("seizure", "somewhat"), ("seizure", ""), ("weather", "yes")])
def test_anything_else_is_no_answer(item, value):
    assert not is_answer(CONTENT, item, value)


def test_findings_are_taken_from_slots_in_checklist_order():
    slots = {"seizure": "no", "language": "es", "route": "pump", "checklist_done": False}
    assert list(only_answers(CONTENT, slots).items()) == [("route", "pump"), ("seizure", "no")]


@pytest.mark.parametrize("value", [None, True, 1, ["yes"], "YES", "<script>"])
def test_slot_values_that_no_question_offers_are_left_out(value):
    assert only_answers(CONTENT, {"seizure": value}) == {}


def test_the_summary_has_a_line_for_each_answer():
    assert len(summary_lines(CONTENT, all_no(), {})) == len(ITEMS)


def test_the_summary_shows_the_choice_as_the_person_saw_it():
    assert summary_lines(CONTENT, {"seizure": "not_sure"}, {}) == ["A seizure: Not sure"]


def test_the_summary_quotes_what_was_typed():
    assert '"103.2"' in summary_lines(CONTENT, {"high_fever": "yes"}, {"high_fever": "103.2"})[0]


def test_the_summary_of_no_answers_is_empty():
    assert summary_lines(CONTENT, {}, {"seizure": "what?"}) == []

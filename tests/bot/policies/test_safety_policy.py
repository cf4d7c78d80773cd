"""The steps of an alarm, which come before everything."""

from __future__ import annotations

import pytest

from bot.policies.safety_policy import PRIORITY, alarm_answer, next_alarm_step

LISTEN, LEAVE = "action_listen", "action_deactivate_loop"


@pytest.mark.parametrize("intent", ["emergency", "danger_confirmed", "danger_fever", "danger_other", "danger_something_new"])
def test_every_danger_gets_the_emergency_card(intent):
    assert alarm_answer(intent) == "utter_emergency"


def test_self_harm_gets_the_crisis_card():
    assert alarm_answer("crisis") == "utter_crisis"


@pytest.mark.parametrize("intent", [None, "danger_not_now", "possible_danger", "greet", "report_ran_out", "nlu_fallback", ""])
def test_anything_else_is_no_alarm(intent):
    assert alarm_answer(intent) is None
    assert next_alarm_step(intent, [], True) is None


def test_every_danger_intent_of_the_content_is_an_alarm(content):
    assert {alarm_answer(sign.intent) for sign in content.triage.danger_signs.values()} == {"utter_emergency"}


@pytest.mark.parametrize("form_is_open", [True, False])
def test_the_card_comes_first(form_is_open):
    assert next_alarm_step("emergency", [], form_is_open) == "utter_emergency"


def test_an_open_form_is_left_after_the_card():
    assert next_alarm_step("crisis", ["utter_crisis"], True) == LEAVE


def test_then_it_listens():
    assert next_alarm_step("emergency", ["utter_emergency", LEAVE], False) == LISTEN


def test_the_card_of_another_alarm_does_not_count():
    assert next_alarm_step("crisis", ["utter_emergency"], False) == "utter_crisis"


def test_an_alarm_always_ends_in_listening():
    done, form_is_open = [], True
    while (step := next_alarm_step("emergency", done, form_is_open)) != LISTEN:
        done.append(step)
        form_is_open = form_is_open and step != LEAVE
    assert done == ["utter_emergency", LEAVE]


def test_it_stands_above_rasas_own_policies():
    assert PRIORITY > 6

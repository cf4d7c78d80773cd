"""What the rules alone raise, for a message that nothing else could judge."""

from __future__ import annotations

import pytest

from bot.content.intents import CRISIS, EMERGENCY
from bot.nlu.alarm_by_rules import alarm_by_rules


@pytest.mark.parametrize("text", ["my dad is having a seizure", "she won't wake up", "he has a high fever and hallucinates"])
def test_a_danger_sign_that_is_present_is_an_emergency(content, text):
    alarm = alarm_by_rules(content, text)
    assert alarm is not None
    assert alarm.intent == EMERGENCY


def test_the_emergency_names_each_sign_that_was_found(content):
    alarm = alarm_by_rules(content, "he is having a seizure and his urine is dark brown")
    assert alarm is not None
    reason = dict(alarm.entities)["danger_reason"]
    assert content.triage.danger_signs["seizure"].label in reason
    assert content.triage.danger_signs["muscle_breakdown"].label in reason


def test_self_harm_comes_before_a_danger_sign(content):
    alarm = alarm_by_rules(content, "I want to kill myself and my chest pain is bad")
    assert alarm is not None
    assert alarm.intent == CRISIS


@pytest.mark.parametrize("text", ["", "hello", "no fever, no confusion", "he had a seizure in 2015", "when do you open"])
def test_other_messages_raise_nothing(content, text):
    assert alarm_by_rules(content, text) is None


def test_hidden_characters_do_not_hide_a_sign(content):
    assert alarm_by_rules(content, "my dad is having a sei\u200bzure") is not None

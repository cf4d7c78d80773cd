"""What an intent's name tells."""

from __future__ import annotations

import pytest

from bot.content.intents import holds_danger, is_danger_sign, is_question, is_report, topic_of


def test_a_question_names_its_topic():
    assert is_question("ask_kidney")
    assert topic_of("ask_kidney") == "kidney"


def test_a_report_is_no_question():
    assert is_report("report_ran_out")
    assert not is_question("report_ran_out")


@pytest.mark.parametrize("intent", ["danger_seizure", "danger_confirmed"])
def test_a_danger_sign_is_known_by_its_name(intent):
    assert is_danger_sign(intent)


@pytest.mark.parametrize("intent", ["danger_not_now", "crisis", "greet"])
def test_what_is_not_happening_and_self_harm_are_no_danger_sign(intent):
    assert not is_danger_sign(intent)


def test_examples_of_self_harm_hold_danger():
    assert holds_danger("crisis")

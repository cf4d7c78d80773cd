"""Courtesy, filler and questions around a danger sign never make less of it than a question about danger."""

from __future__ import annotations

import asyncio

import pytest

from tests.evaluation.assistant import Assistant
from tests.evaluation.records import read_set

ALARMS = {"emergency", "crisis", "danger_confirmed"}
QUESTIONS = {"possible_danger", "possible_self_harm"}
FILLER = (
    "We have been coming to the clinic for years and the staff are always kind. My sister drives me and we stop for tea on the way home. "
    "The garden is doing well and the neighbour has a new fence. On Sundays we play cards and the grandchildren win. "
)
WRAPPINGS = {
    "thanks before": "Thanks, that was very helpful. {}",
    "thanks after": "{} Thank you very much for your help and kind regards",
    "both": "Hello, hope you are well. {} Many thanks",
    "yes": "yes {}",
    "ok": "ok thanks. {}",
    "bye": "{} bye",
    "a question": "Are you a robot? {}",
    "100 characters before": FILLER[:100] + ". {}",
    "filler before": FILLER + "{}",
    "filler after": "{}. " + FILLER,
    "filler around": FILLER + "{}. " + FILLER,
    "1,700 characters before": FILLER * 6 + "{}",
}
EVERY = 4
FEWEST_CARDS = 0.9


@pytest.fixture(scope="module")
def assistant():
    return Assistant(lambda line: None)


def taken(assistant, text):
    parsed = asyncio.run(assistant.agent.parse_message(text))
    asks = any(entity["entity"] == "mentioned_sign" for entity in parsed["entities"])
    return "card" if parsed["intent"]["name"] in ALARMS else "question" if parsed["intent"]["name"] in QUESTIONS or asks else "nothing"


def is_found_by_rule(assistant, text):
    return taken(assistant, text) == "card" and (assistant.heard.has_stated_sign or assistant.heard.has_present_self_harm)


@pytest.fixture(scope="module")
def emergencies(assistant):
    """Short emergencies of the development set in which a rule finds the sign; long ones with a wrapping would be cut at the limit."""
    texts = [record.text for record in read_set("development") if record.is_emergency and len(record.text) < 200]
    return [text for text in texts if is_found_by_rule(assistant, text)][::EVERY]


@pytest.mark.parametrize("name", WRAPPINGS)
def test_nothing_drowns_a_danger_sign_that_a_rule_finds(assistant, emergencies, name):
    found = [taken(assistant, WRAPPINGS[name].format(text)) for text in emergencies]
    assert len(found) >= 20
    assert "nothing" not in found
    assert found.count("card") / len(found) >= FEWEST_CARDS

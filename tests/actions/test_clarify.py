"""Not understood: likely questions, and a person the third time."""

from __future__ import annotations

import pytest

from actions.clarify import ActionClarify, likely_questions


def payloads(*names):
    return [button["payload"] for button in likely_questions([{"name": name} for name in names])]


def test_likely_questions_are_the_topics_in_order():
    assert payloads("ask_kidney", "ask_uses") == ["/ask_kidney", "/ask_uses"]


def test_a_button_shows_the_topics_question(content):
    assert likely_questions([{"name": "ask_kidney"}])[0]["title"] == content.answers["kidney"].question


def test_there_are_at_most_three():
    assert payloads("ask_kidney", "ask_uses", "ask_routes", "ask_triggers") == ["/ask_kidney", "/ask_uses", "/ask_routes"]


@pytest.mark.parametrize("name", ["report_ran_out", "danger_fever", "check_symptoms"])
def test_trouble_leads_to_the_symptom_check(name):
    assert payloads(name) == ["/check_symptoms"]


def test_the_symptom_check_is_offered_once():
    assert payloads("report_ran_out", "danger_fever", "ask_kidney") == ["/check_symptoms", "/ask_kidney"]


def test_a_wish_for_a_person_leads_to_the_clinic():
    assert payloads("talk_to_human") == ["/talk_to_human"]


@pytest.mark.parametrize("names", [(), ("greet",), ("ask_no_such_topic",), (None,)])
def test_without_a_likely_question_the_ways_on_are_offered(names):
    assert payloads(*names) == ["/check_symptoms", "/talk_to_human"]


async def test_the_likely_questions_become_buttons(described):
    ran = await described.said("x", "nlu_fallback", ranking=("nlu_fallback", "ask_kidney")).run(ActionClarify())
    assert ran.responses == ["utter_clarify"]
    assert [button["payload"] for button in ran.messages[0]["buttons"]] == ["/ask_kidney"]


async def test_the_second_time_it_still_asks(described):
    described.said("x", "nlu_fallback").said("y", "nlu_fallback")
    assert (await described.run(ActionClarify())).responses == ["utter_clarify"]


async def test_the_third_time_it_hands_over(described):
    for text in "xyz":
        described.said(text, "nlu_fallback")
    assert (await described.run(ActionClarify())).responses == ["utter_clarify_give_up"]


async def test_something_understood_in_between_starts_the_count_again(described):
    for intent in ("nlu_fallback", "nlu_fallback", "greet", "nlu_fallback"):
        described.said("x", intent)
    assert (await described.run(ActionClarify())).responses == ["utter_clarify"]

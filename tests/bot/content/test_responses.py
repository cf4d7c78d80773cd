"""Content in Rasa's response format."""

from __future__ import annotations

import json
import re

import pytest

from bot.content import load_content
from bot.content.models import INTERFACE_ITEMS, INTERFACE_TOPICS
from bot.content.responses import build_responses, calls, clinic_values, fill, payload, template_payload
from bot.settings import CONTENT_DIR

TALK_PLACEHOLDERS = {"danger_reason", "reason"}


@pytest.fixture(scope="module")
def responses(content):
    return build_responses(content)


@pytest.fixture(scope="module")
def us_clinic():
    return load_content(CONTENT_DIR, CONTENT_DIR / "clinic-samples" / "us-clinic.yml")


def every(responses):
    return [(name, response) for name, variants in responses.items() for response in variants]


def test_only_the_talks_own_placeholders_are_left(responses):
    left = {found for _, response in every(responses) for found in re.findall(r"\{(\w+)\}", response["text"])}
    assert left <= TALK_PLACEHOLDERS


def test_every_response_has_text_kind_and_level(responses):
    assert all(response["text"].strip() and {"kind", "level"} <= set(response["custom"]) for _, response in every(responses))


@pytest.mark.parametrize("topic", INTERFACE_TOPICS)
def test_every_topic_has_an_answer_with_its_claims(responses, content, topic):
    meta = responses[f"utter_answer_{topic}"][0]["custom"]
    assert (meta["topic"], meta["claims"]) == (topic, content.answers[topic].claim_ids)


@pytest.mark.parametrize("item", INTERFACE_ITEMS)
def test_every_checklist_item_has_a_question_and_its_help(responses, item):
    assert responses[f"utter_ask_checklist_form_{item}"][0]["custom"]["step"] == {"item": item}
    assert responses[f"utter_help_{item}"][0]["text"]


def test_yes_to_a_danger_sign_goes_straight_to_the_emergency(responses, content):
    for item in content.items.values():
        if item.kind == "danger_sign":
            sent = [button["payload"] for button in responses[f"utter_ask_checklist_form_{item.id}"][0]["buttons"]]
            assert sent[0].startswith("/danger_confirmed")


def test_no_other_choice_raises_an_alarm(responses, content):
    for item in content.items.values():
        buttons = responses[f"utter_ask_checklist_form_{item.id}"][0]["buttons"]
        alarms = [button for button in buttons if button["payload"].startswith("/danger_confirmed")]
        assert len(alarms) == (item.kind == "danger_sign")


@pytest.mark.parametrize(
    ("name", "level"), [("utter_emergency", "emergency"), ("utter_crisis", "emergency"), ("utter_outcome_soon", "soon")]
)
def test_a_card_has_its_level(responses, name, level):
    assert responses[name][0]["custom"]["level"] == level


@pytest.mark.parametrize("name", ["utter_emergency", "utter_outcome_emergency", "utter_crisis", "utter_barrier", "utter_emergency_line"])
def test_an_alarm_can_be_called_with_one_touch(responses, content, name):
    numbers = {action["tel"] for action in responses[name][0]["custom"]["actions"]}
    assert {call.tel for call in content.clinic.emergency.calls} <= numbers


def test_the_crisis_card_offers_the_crisis_line_first(responses, content):
    assert responses["utter_crisis"][0]["custom"]["actions"][0]["tel"] == content.clinic.crisis.calls[0].tel


def test_an_emergency_starts_with_the_number_to_call(responses, content):
    assert responses["utter_emergency"][0]["text"].startswith(f"Call {content.clinic.emergency.say} now.")


def test_rasas_own_fallback_is_the_outage_text(responses):
    assert responses["utter_default"] == responses["utter_outage"]


def test_every_language_has_a_variation_and_english_comes_last(responses, content):
    variants = responses["utter_non_english"]
    assert [variant["condition"][0]["value"] for variant in variants[:-1]] == list(content.languages)
    assert "condition" not in variants[-1]


def test_a_clinics_numbers_are_filled_in(us_clinic):
    assert build_responses(us_clinic)["utter_emergency"][0]["text"].startswith("Call 911 now.")


def test_a_clinics_lines_can_be_called(us_clinic):
    assert [action["tel"] for action in calls(us_clinic.clinic, "clinic")] == ["5550100", "5550111"]


def test_lines_without_a_number_offer_no_call(content):
    assert calls(content.clinic, "clinic") == []


def test_the_pump_line_falls_back_to_the_clinics(content):
    values = clinic_values(content.clinic)
    assert values["pump_line"] == values["clinic_line"]


def test_the_privacy_text_names_the_retention(content):
    assert "30 days" in fill("{privacy}", content.clinic)


def test_filling_leaves_the_talks_placeholders(content):
    assert fill("{reason}: {retention_days}", content.clinic) == "{reason}: 30"


def test_a_payload_is_an_intent_with_json():
    assert json.loads(payload("x", a="1").removeprefix("/x")) == {"a": "1"}


def test_a_template_payload_doubles_the_braces():
    assert template_payload("x", a="1") == '/x{{"a": "1"}}'


def test_a_payload_without_entities_is_the_intent():
    assert payload("greet") == "/greet"

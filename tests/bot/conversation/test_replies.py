"""Replies are shaped for the interface, complete and never empty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_content
from bot.conversation.replies import ConversationState, Replies, level_of
from bot.settings import CONTENT_DIR

CONTENT = load_content(CONTENT_DIR)
REPLIES = Replies(CONTENT)
CALM = ConversationState(None, {})
RESPONSES = st.lists(
    st.fixed_dictionaries(
        {"text": st.one_of(st.none(), st.text())}, optional={"custom": st.just({"kind": "answer", "level": "info"}), "buttons": st.none()}
    )
)


def test_an_empty_reply_becomes_the_outage_text():
    assert [message["meta"]["kind"] for message in REPLIES.finish([], CALM, "t")] == ["fallback"]


def test_empty_texts_are_left_out():
    assert [message["text"] for message in REPLIES.finish([{"text": ""}, {"text": "a"}, {"text": None}], CALM, "t")] == ["a"]


@given(RESPONSES, st.sampled_from([None, "emergency", "crisis"]))
def test_there_is_always_a_message_with_text_kind_and_level(responses, alarm):
    messages = REPLIES.finish(responses, ConversationState(alarm, {}), "t")
    assert messages
    assert all(message["text"] and {"kind", "level"} <= set(message["meta"]) for message in messages)


@given(RESPONSES, st.sampled_from(["emergency", "crisis"]))
def test_every_reply_carries_the_emergency_line_while_an_alarm_is_open(responses, alarm):
    assert level_of(REPLIES.finish(responses, ConversationState(alarm, {}), "t")) == "emergency"


def test_no_emergency_line_follows_an_emergency_card():
    card = REPLIES.fixed("utter_emergency")
    assert len(REPLIES.finish([{"text": card["text"], "custom": card["meta"]}], ConversationState("emergency", {}), "t")) == 1


def test_no_emergency_line_follows_while_no_alarm_is_open():
    assert len(REPLIES.finish([{"text": "a"}], CALM, "t")) == 1


def test_ids_derive_from_the_id_of_the_persons_message():
    assert [message["id"] for message in REPLIES.finish([{"text": "a"}, {"text": "b"}], CALM, "t")] == ["t-1", "t-2"]


def test_a_question_has_its_number():
    asked = [{"text": "q", "custom": {"kind": "question", "level": "none", "step": {"item": "high_fever"}}}]
    meta = REPLIES.finish(asked, ConversationState(None, {"route": "pump"}), "t")[0]["meta"]
    assert meta["step"] == {"item": "high_fever", "n": 3, "of": 16}


def test_a_message_without_meta_gets_the_default():
    assert REPLIES.shape({"text": "a"})["meta"] == {"kind": "answer", "level": "none"}


def test_the_placeholders_of_a_fixed_text_are_filled():
    assert "a seizure" in REPLIES.fixed("utter_emergency", danger_reason="a seizure")["text"]


def test_filling_a_fixed_text_does_not_change_the_next_one():
    REPLIES.fixed("utter_emergency", danger_reason="a seizure")
    assert "a seizure." not in REPLIES.fixed("utter_emergency", danger_reason="X")["text"].split("\n")[1]


def test_buttons_of_fixed_texts_have_single_braces():
    assert all("{{" not in button["payload"] for button in REPLIES.fixed("utter_ask_checklist_form_seizure")["buttons"])


def test_the_level_of_a_reply_is_its_highest():
    assert level_of([REPLIES.fixed("utter_outage"), REPLIES.fixed("utter_emergency_line")]) == "emergency"


def test_no_messages_have_no_level():
    assert level_of([]) == "none"


@pytest.mark.parametrize(
    "payload", ["/check_symptoms", "/ask_kidney", "/talk_to_human", '/change_item{"item": "seizure"}', "/help_on_the_way"]
)
def test_a_buttons_payload_is_known(payload):
    assert payload in REPLIES.payloads()


@pytest.mark.parametrize("payload", ["/restart", "/session_start", '/affirm{"x":1}', "/emergency", "check_symptoms", ""])
def test_what_no_button_sends_is_not_known(payload):
    assert payload not in REPLIES.payloads()


def test_every_choice_of_every_question_is_known():
    questions = [REPLIES.fixed(f"utter_ask_checklist_form_{item}") for item in CONTENT.items]
    assert {button["payload"] for question in questions for button in question["buttons"]} <= REPLIES.payloads()


def test_the_state_is_read_from_slots():
    slots = {"alarm": "emergency", "seizure": "no", "high_fever": "purple", "other": 1}
    assert ConversationState.from_slots(CONTENT, slots) == ConversationState("emergency", {"seizure": "no"})

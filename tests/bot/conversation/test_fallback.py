"""Without Rasa, danger still escalates, and a plain "yes" means what the last question asked."""

from __future__ import annotations

import copy

import pytest

from bot.content import response_names
from bot.conversation.fallback import FallbackReplies
from bot.conversation.replies import Replies

SEIZURE_QUESTION = "utter_ask_checklist_form_seizure"


@pytest.fixture
def replies(content):
    return Replies(content)


@pytest.fixture
def fallback(content, replies):
    return FallbackReplies(content, replies)


def retitled(message, title):
    """A message whose buttons all have the same title."""
    changed = copy.deepcopy(message)
    for button in changed["buttons"]:
        button["title"] = title
    return changed


def kind_of(messages):
    return [message["meta"]["kind"] for message in messages]


@pytest.mark.parametrize("text", ["yes", "Yep.", "y", "he is", "definitely"])
def test_yes_to_a_question_about_a_danger_sign_is_an_emergency(fallback, replies, text):
    fallback.note_question("a", [replies.fixed(SEIZURE_QUESTION)])
    (card,) = fallback.reply("a", "message-1", text, is_button=False)
    assert card["meta"]["kind"] == "emergency"
    assert "a seizure" in card["text"]


@pytest.mark.parametrize("title", ["It is happening now", "No", ""])
def test_a_button_means_yes_by_its_payload_whatever_its_title(fallback, replies, title):
    fallback.note_question("a", [retitled(replies.fixed(SEIZURE_QUESTION), title)])
    assert kind_of(fallback.reply("a", "message-1", "yes", is_button=False)) == ["emergency"]


def test_a_title_that_says_yes_does_not_make_an_alarm(fallback, replies):
    fallback.note_question("a", [retitled(replies.fixed("utter_ask_checklist_form_route"), "Yes")])
    assert kind_of(fallback.reply("a", "message-1", "yes", is_button=False)) == ["fallback"]


def test_the_button_that_confirms_self_harm_brings_the_crisis_card(fallback):
    assert kind_of(fallback.reply("a", "message-1", "/crisis", is_button=True)) == ["crisis"]


def test_yes_to_several_signs_names_none_of_them(fallback, replies):
    questions = [replies.fixed(SEIZURE_QUESTION), replies.fixed("utter_ask_checklist_form_high_fever")]
    fallback.note_question("a", questions)
    (card,) = fallback.reply("a", "message-1", "yes", is_button=False)
    assert card["meta"]["kind"] == "emergency"
    assert "a danger sign" in card["text"]


def test_no_to_a_question_about_a_danger_sign_is_no_emergency(fallback, replies):
    fallback.note_question("a", [replies.fixed(SEIZURE_QUESTION)])
    assert kind_of(fallback.reply("a", "message-1", "no", is_button=False)) == ["fallback"]


def test_yes_in_another_conversation_is_no_emergency(fallback, replies):
    fallback.note_question("a", [replies.fixed(SEIZURE_QUESTION)])
    assert kind_of(fallback.reply("b", "message-1", "yes", is_button=False)) == ["fallback"]


def test_yes_counts_for_the_last_question_only(fallback, replies):
    fallback.note_question("a", [replies.fixed(SEIZURE_QUESTION)])
    fallback.note_question("a", [replies.fixed(response_names.OUTAGE)])
    assert kind_of(fallback.reply("a", "message-1", "yes", is_button=False)) == ["fallback"]

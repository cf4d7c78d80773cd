"""Rasa's REST format, with the web channel's guarantees."""

from __future__ import annotations

import httpx
import pytest

from tests.talk import Talk

SEIZURE = "my dad is having a seizure right now. "


def post(assistant, **options) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{assistant.port}/webhooks/rest/webhook", timeout=20, **options)


def say(assistant, message, sender=None) -> list[dict]:
    response = post(assistant, json={"sender": sender, "message": message})
    assert response.status_code == 200, response.text
    replies = response.json()
    assert replies
    assert all(reply["text"].strip() for reply in replies)
    return replies


def test_a_message_is_answered_in_rasas_format(open_assistant):
    first = say(open_assistant, "what is baclofen used for?")[0]
    assert set(first) >= {"recipient_id", "text", "custom"}
    assert first["custom"]["topic"] == "uses"


def test_a_new_client_is_told_who_speaks(open_assistant):
    assert any("automated assistant" in reply["text"] for reply in say(open_assistant, "hello"))


def test_who_shows_the_recipient_id_goes_on_with_the_conversation(open_assistant):
    token = say(open_assistant, "/check_symptoms")[0]["recipient_id"]
    assert say(open_assistant, '/answer_checklist{"route": "tablets"}', token)[0]["custom"]["step"]["n"] == 2


@pytest.mark.parametrize("sender", [None, "", "default", "made-up", 5, ["a"], "a.b.c"])
def test_an_id_that_a_client_makes_up_opens_nothing(open_assistant, sender):
    first, second = (say(open_assistant, "hello", sender)[0]["recipient_id"] for _ in range(2))
    assert len({first, second, sender if isinstance(sender, str) else ""}) == 3


def test_the_web_channel_knows_the_conversation_too(open_assistant):
    token = say(open_assistant, "what is baclofen used for?")[0]["recipient_id"]
    assert Talk(open_assistant.url, token).history()[1]["text"] == "what is baclofen used for?"


@pytest.mark.parametrize("typed", ["/restart", '/affirm{"x":1}', "/greet@1.0", " /check_symptoms"])
def test_a_typed_command_does_not_act(open_assistant, typed):
    token = say(open_assistant, "/check_symptoms")[0]["recipient_id"]
    assert say(open_assistant, typed, token)[-1]["custom"]["step"]["item"] == "route"


@pytest.mark.parametrize("message", ["", None, 5, ["a"], {"a": 1}, "\u200b", "\x00", "😀"])
def test_any_message_gets_a_reply(open_assistant, message):
    say(open_assistant, message)


@pytest.mark.parametrize("size", [100, 10_000, 200_000])
def test_a_text_that_is_too_long_is_checked_for_danger(open_assistant, size):
    token = say(open_assistant, "hello")[0]["recipient_id"]
    replies = say(open_assistant, SEIZURE * size, token)
    assert replies[0]["custom"]["level"] == "emergency"
    assert "too long" in replies[-1]["text"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 9000])
def test_a_malformed_body_is_refused(open_assistant, body):
    assert post(open_assistant, content=body).status_code == 400


def test_one_message_too_many_is_told_to_wait_unless_it_tells_of_danger(strict_assistant):
    token = say(strict_assistant, "hello")[0]["recipient_id"]
    for _ in range(2):
        say(strict_assistant, "hello", token)
    assert "a lot of messages" in say(strict_assistant, "hello", token)[0]["text"]
    assert say(strict_assistant, SEIZURE, token)[0]["custom"]["level"] == "emergency"


@pytest.mark.parametrize(("origin", "allowed"), [("https://clinic.example", True), ("https://evil.example", False)])
def test_only_pages_of_allowed_origins_may_read_the_reply(open_assistant, origin, allowed):
    response = post(open_assistant, json={"message": "hello"}, headers={"Origin": origin})
    assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_by_default_there_is_no_such_channel(assistant):
    assert post(assistant, json={"message": "hello"}).status_code == 404

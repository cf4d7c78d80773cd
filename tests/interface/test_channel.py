"""The interface over HTTP, as docs/interface.md describes it, with a real assistant."""

from __future__ import annotations

import json
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bot.channels.web.response_headers import SECURITY_HEADERS, VERSION_HEADER
from bot.conversation.session_tokens import Tokens
from tests.assistant_process import AssistantProcess
from tests.talk import Talk

SEIZURE = "my dad is having a seizure right now. "
LUNCH = "we went to the shops and had a nice lunch. "
JSON = {"Content-Type": "application/json"}


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code; every error carries a message for the person too."""
    error = response.json()["error"]
    assert error["message"].strip()
    return response.status_code, error["code"]


def rows(assistant: AssistantProcess) -> dict[str, int]:
    """Rows by conversation in the database."""
    with sqlite3.connect(assistant.state_dir / "conversations.db") as connection:
        return dict(connection.execute("select sender_id, count(*) from events group by sender_id"))


def talk_id(assistant: AssistantProcess, talk: Talk) -> str:
    secret = (assistant.state_dir / "token-secret").read_text().strip()
    return Tokens(secret, 1).conversation_of(f"Bearer {talk.token}")


def new_id() -> str:
    return str(uuid.uuid4())


def test_a_session_opens_with_token_greeting_and_clinic(assistant):
    response = httpx.post(f"{assistant.url}/session")
    opened = response.json()
    assert response.status_code == 201
    assert opened["expires_in"] == 72 * 3600
    assert opened["messages"][0]["meta"]["kind"] == "notice"
    assert [button["title"] for button in opened["messages"][0]["buttons"]] == ["Check symptoms", "Ask a question", "Reach the clinic"]
    assert opened["clinic"]["retention_days"] == 30


def test_a_message_gets_messages_with_id_text_buttons_and_meta(talk):
    message_id = new_id()
    messages = talk.post(id=message_id, text="what is baclofen used for?").json()["messages"]
    assert [message["id"] for message in messages] == [f"{message_id}-{number}" for number in range(1, len(messages) + 1)]
    assert all(set(message) == {"id", "text", "buttons", "meta"} for message in messages)
    assert all({"kind", "level"} <= set(message["meta"]) for message in messages)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"null",
        b"1",
        b"[" * 20_000,
        b'{"text": "hello"}',
        b'{"id": "short", "text": "hello"}',
        b'{"id": 12345678, "text": "hello"}',
        b'{"id": "has a space in it", "text": "hello"}',
        b'{"id": "%_%_%_%_%_%_", "text": "hello"}',
        b'{"id": "12345678"}',
        b'{"id": "12345678", "text": null}',
        b'{"id": "12345678", "text": 5}',
        b'{"id": "12345678", "text": ["hello"]}',
        b'{"id": "12345678", "payload": "/restart"}',
        b'{"id": "12345678", "payload": "/no_such_intent"}',
        b'{"id": "12345678", "payload": "hello"}',
        b'{"id": "12345678", "payload": null}',
        b'{"id": "12345678", "payload": ["/greet"]}',
        b'{"id": "12345678", "payload": {"a": 1}}',
    ],
)
def test_a_malformed_message_is_refused(talk, body):
    response = talk.client.post(f"{talk.url}/message", content=body, headers={**talk.headers, **JSON})
    assert code(response) == (400, "malformed")


@pytest.mark.parametrize(("method", "path"), [("POST", "message"), ("GET", "history"), ("POST", "end")])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer a.b.c"}])
def test_a_request_without_a_valid_token_is_refused(assistant, method, path, headers):
    response = httpx.request(method, f"{assistant.url}/{path}", headers=headers, json={"id": new_id(), "text": "hello"} if path else None)
    assert code(response) == (401, "unauthorized")


def test_a_forged_token_is_refused(assistant):
    forged, _ = Tokens("x" * 64, 1).issue()
    assert code(Talk(assistant.url, forged).post(text="hello")) == (401, "unauthorized")


def test_an_expired_token_is_refused(assistant):
    secret = (assistant.state_dir / "token-secret").read_text().strip()
    expired, _ = Tokens(secret, -1).issue()
    assert code(Talk(assistant.url, expired).post(text="hello")) == (401, "unauthorized")


def test_a_text_of_the_longest_length_is_accepted(talk):
    assert talk.post(text="a" * 2000).status_code == 200


def test_a_text_that_is_too_long_is_refused(talk):
    response = talk.post(text="what is baclofen used for? " * 80)
    assert code(response) == (413, "too_long")
    assert "messages" not in response.json()["error"]
    assert talk.history()[1:] == []


@pytest.mark.parametrize("length", [2_500, 40_000])
def test_a_danger_sign_in_a_text_that_is_too_long_still_escalates(talk, length):
    response = talk.post(text=(LUNCH * 20 + SEIZURE + LUNCH * 1000)[:length])
    assert code(response) == (413, "too_long")
    assert response.json()["error"]["messages"][0]["meta"]["kind"] == "emergency"
    assert talk.say("hello").level == "emergency"


def test_a_danger_sign_drowned_in_other_words_still_escalates(talk):
    response = talk.post(text=SEIZURE + "hello " * 400)
    assert code(response) == (413, "too_long")
    assert response.json()["error"]["messages"][0]["meta"]["kind"] == "emergency"


def test_a_body_of_40_kb_without_a_danger_sign_is_refused(talk):
    response = talk.post(text="hello " * 7_000)
    assert code(response) == (413, "too_long")
    assert "messages" not in response.json()["error"]


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "\x00", "😀😀", "\u202eabc", "<script>alert(1)</script>", "'; drop table events;--", "{alarm}"]
)
def test_any_text_gets_a_reply(talk, text):
    assert talk.say(text).text.strip()


def test_half_a_character_gets_a_reply_and_does_not_spoil_the_history(talk):
    body = b'{"id": "12345678-half", "text": "hello \\ud83d"}'
    response = talk.client.post(f"{talk.url}/message", content=body, headers={**talk.headers, **JSON})
    assert response.status_code == 200
    assert talk.client.get(f"{talk.url}/history", headers=talk.headers).status_code == 200


@pytest.mark.parametrize("typed", ["/restart", " /check_symptoms", '/danger_not_now{"x": 1}', "/session_start"])
def test_a_typed_command_is_no_command(talk, typed):
    talk.start_checklist(until="high_fever")
    talk.say(typed)
    assert talk.turn.item == "high_fever"


def test_the_same_id_again_gets_the_same_reply_and_is_not_processed_twice(assistant, talk):
    body = {"id": new_id(), "text": "check my symptoms"}
    first = talk.post(**body).json()
    before = rows(assistant)[talk_id(assistant, talk)]
    assert talk.post(**body).json() == first
    assert rows(assistant)[talk_id(assistant, talk)] == before


def test_an_old_id_still_gets_its_old_reply(talk):
    body = {"id": new_id(), "text": "what is baclofen used for?"}
    first = talk.post(**body).json()
    talk.start_checklist(until="seizure")
    assert talk.post(**body).json() == first


def test_the_same_id_from_two_at_the_same_moment_is_processed_once(assistant, talk):
    body = {"id": new_id(), "text": "check my symptoms"}
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: httpx.post(f"{talk.url}/message", json=body, headers=talk.headers).json(), range(2))
    assert first == second
    assert [message["id"] for message in talk.history() if message["from"] == "user"] == [body["id"]]


def test_the_same_id_in_another_conversation_is_another_message(assistant):
    body = {"id": new_id(), "text": "check my symptoms"}
    first, second = Talk(assistant.url), Talk(assistant.url)
    first.post(**body)
    second.post(id=body["id"], text="what is baclofen used for?")
    assert [message["text"] for message in second.history() if message["from"] == "user"] == ["what is baclofen used for?"]


def test_messages_can_come_one_a_line(talk):
    response = talk.client.post(
        f"{talk.url}/message",
        json={"id": new_id(), "text": "check my symptoms"},
        headers={**talk.headers, "Accept": "application/x-ndjson"},
    )
    assert response.headers["Content-Type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert lines[-1]["meta"]["step"]["item"] == "route"


def test_history_tells_what_was_said_in_order(talk):
    talk.say("what is baclofen used for?")
    said = talk.history()
    assert [message["from"] for message in said] == ["assistant", "user", "assistant"]
    assert said[1]["text"] == "what is baclofen used for?"
    assert said[2]["meta"]["topic"] == "uses"


def test_history_holds_the_replies_as_they_were_shown(talk):
    shown = [message for text in ("check my symptoms", "tablets", SEIZURE, "hello") for message in talk.say(text).messages]
    told = [{key: message[key] for key in ("id", "text", "buttons", "meta")} for message in talk.history()[1:] if message["from"] != "user"]
    assert told == shown


def test_history_shows_a_buttons_title_and_not_its_payload(talk):
    talk.payload("/check_symptoms")
    talk.press("By mouth (tablets or liquid)")
    assert [message["text"] for message in talk.history() if message["from"] == "user"] == [
        "Check symptoms",
        "By mouth (tablets or liquid)",
    ]


def test_a_token_sees_its_own_conversation_only(assistant):
    first, second = Talk(assistant.url), Talk(assistant.url)
    first.say("what is baclofen used for?")
    second.say("hello")
    assert [message["text"] for message in second.history() if message["from"] == "user"] == ["hello"]


def test_ending_a_conversation_deletes_its_rows_and_no_others(assistant):
    talk, other = Talk(assistant.url), Talk(assistant.url)
    talk.say("hello")
    other.say("hello")
    before = rows(assistant)[talk_id(assistant, talk)]
    ended = talk.client.post(f"{talk.url}/end", headers=talk.headers)
    assert (ended.status_code, ended.json()) == (200, {"forgotten": True, "rows": before})
    assert talk_id(assistant, talk) not in rows(assistant)
    assert talk_id(assistant, other) in rows(assistant)


def test_health_says_that_everything_works(assistant):
    response = httpx.get(f"{assistant.url}/health")
    body = response.json()
    assert (response.status_code, body["ready"]) == (200, True)
    assert body["checks"] == {"model": True, "actions": True, "store": True, "alarm": True}
    assert body["version"]
    assert body["model"]


@pytest.mark.parametrize("path", ["health", "history"])
def test_every_answer_has_the_security_headers(assistant, path):
    headers = httpx.get(f"{assistant.url}/{path}").headers
    expected = {**SECURITY_HEADERS, **VERSION_HEADER}
    assert {name: headers[name] for name in expected} == expected


def test_an_error_tells_nothing_about_the_inside(assistant):
    text = httpx.get(f"{assistant.url}/history").text
    assert "Traceback" not in text
    assert "sanic" not in text.lower()


def test_no_message_and_no_token_is_in_the_log(assistant, talk):
    talk.say("a very private sentence about zebras")
    log = assistant.log_file.read_text()
    assert "zebras" not in log
    assert talk.token not in log


def test_too_many_messages_have_to_wait(strict_assistant):
    talk = Talk(strict_assistant.url)
    assert [talk.post(text="hello").status_code for _ in range(3)] == [200] * 3
    response = talk.post(text="hello")
    assert code(response) == (429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert "911" in response.json()["error"]["message"]


def test_too_many_texts_that_are_too_long_have_to_wait(strict_assistant):
    talk = Talk(strict_assistant.url)
    assert [talk.post(text=LUNCH * 100).status_code for _ in range(4)] == [413] * 3 + [429]


@pytest.mark.parametrize(("text", "kind"), [(SEIZURE, "emergency"), ("I want to kill myself", "crisis")])
def test_one_message_too_many_is_answered_if_it_tells_of_danger(strict_assistant, text, kind):
    talk = Talk(strict_assistant.url)
    for _ in range(3):
        talk.post(text="hello")
    assert talk.post(text="hello").status_code == 429
    assert talk.say(text).kinds[0] == kind
    assert [message["text"] for message in talk.history()][-2] == text.strip()


def test_a_flood_of_alarms_is_answered_to_the_end(strict_assistant):
    talk = Talk(strict_assistant.url)
    assert [talk.say(SEIZURE).kinds[0] for _ in range(12)] == ["emergency"] * 12


def test_one_message_too_many_that_is_too_long_still_escalates(strict_assistant):
    talk = Talk(strict_assistant.url)
    for _ in range(4):
        response = talk.post(text=SEIZURE * 100)
    assert code(response) == (413, "too_long")
    assert response.json()["error"]["messages"][0]["meta"]["kind"] == "emergency"

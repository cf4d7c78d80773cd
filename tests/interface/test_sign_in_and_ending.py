"""Sign-in by a portal, ending for good, and nobody else's conversation: over HTTP with real assistants."""

from __future__ import annotations

import time

import httpx
import jwt
import pytest

from tests.assistant_process import AssistantProcess
from tests.talk import Talk

SECRET = "a portal's shared secret of 32 bytes or more"
AUDIENCE = "test-clinic"
TOKEN_SECRET = "t" * 64
EMERGENCY = "911"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    database = tmp_path_factory.mktemp("shared") / "talks.db"
    return {
        "ASSISTANT_SIGN_IN_KEY": SECRET,
        "ASSISTANT_SIGN_IN_AUDIENCE": AUDIENCE,
        "ASSISTANT_TOKEN_SECRET": TOKEN_SECRET,
        "ASSISTANT_DATABASE_URL": f"sqlite:///{database}",
    }


@pytest.fixture(scope="module")
def portal(start_in_process, settings):
    return start_in_process(**settings)


@pytest.fixture
def replica(tmp_path, settings):
    """A second process on the same database with the same secrets."""
    process = AssistantProcess(tmp_path / "replica", **settings)
    process.start()
    yield process
    process.stop()


def signed(user, key=SECRET, **changes):
    return jwt.encode({"sub": user, "aud": AUDIENCE, "exp": time.time() + 300, **changes}, key, algorithm="HS256")


def open_session(assistant, body) -> httpx.Response:
    return httpx.post(f"{assistant.url}/session", json=body)


def sign_in(assistant, user) -> tuple[Talk, dict]:
    response = open_session(assistant, {"sign_in": signed(user)})
    assert response.status_code == 201, response.text
    return Talk(assistant.url, response.json()["token"]), response.json()


def said(talk) -> list[str]:
    return [message["text"] for message in talk.history() if message["from"] == "user"]


def refusal(response) -> tuple[int, str]:
    error = response.json()["error"]
    assert EMERGENCY in error["message"]
    return response.status_code, error["code"]


def test_a_signed_in_user_gets_an_answer(portal):
    talk, opened = sign_in(portal, "anna")
    assert (opened["signed_in"], opened["resumed"]) == (True, False)
    assert talk.say("what is baclofen used for?").topics == ["uses"]


def test_the_same_user_comes_back_to_the_same_conversation(portal):
    first, _ = sign_in(portal, "ben")
    first.say("what is baclofen used for?")
    second, opened = sign_in(portal, "ben")
    assert opened["resumed"] is True
    assert said(second) == ["what is baclofen used for?"]


def test_another_user_has_another_conversation(portal):
    first, _ = sign_in(portal, "carla")
    first.say("what is baclofen used for?")
    other, _ = sign_in(portal, "dora")
    assert said(other) == []


@pytest.mark.parametrize("body", [None, {}, {"sign_in": None}])
def test_nobody_has_to_sign_in(portal, body):
    opened = open_session(portal, body).json()
    assert (opened["signed_in"], opened["resumed"]) == (False, False)


@pytest.mark.parametrize(
    "token",
    ["", "abc", "a.b.c", "x" * 9000, signed("eve", key="b" * 32), signed("eve", aud="other"), signed("eve", exp=1), signed("")],
    ids=["empty", "rubbish", "forged", "long", "other key", "other audience", "expired", "nobody"],
)
def test_a_refused_sign_in_says_what_to_do_in_an_emergency(portal, token):
    assert refusal(open_session(portal, {"sign_in": token})) == (401, "sign_in_refused")


def test_where_no_portal_is_configured_every_sign_in_is_refused(assistant):
    assert refusal(open_session(assistant, {"sign_in": signed("anna")})) == (401, "sign_in_refused")


@pytest.mark.parametrize("body", [b"[]", b"{", b"5", b'{"sign_in": 5}', b"\xff", b"[" * 9000])
def test_a_malformed_sign_in_is_refused(portal, body):
    response = httpx.post(f"{portal.url}/session", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")


def test_the_portals_user_id_is_stored_nowhere(portal, settings):
    talk, _ = sign_in(portal, "patient-4711-of-the-portal")
    talk.say("hello")
    folder = settings["ASSISTANT_DATABASE_URL"].removeprefix("sqlite:///").rpartition("/")[0]
    from pathlib import Path

    files = [*Path(folder).rglob("*"), *portal.state_dir.rglob("*")]
    assert [file for file in files if file.is_file() and b"patient-4711" in file.read_bytes()] == []


def test_an_ended_conversation_is_refused_by_every_route(portal):
    talk = Talk(portal.url)
    talk.say("hello")
    talk.client.post(f"{talk.url}/end", headers=talk.headers)
    for method, path in [("POST", "message"), ("GET", "history"), ("POST", "end")]:
        response = talk.client.request(method, f"{talk.url}/{path}", headers=talk.headers)
        assert refusal(response) == (401, "unauthorized")


def test_an_ended_conversation_is_refused_by_another_replica_and_after_a_restart(portal, replica):
    talk = Talk(portal.url)
    talk.say("hello")
    assert said(Talk(replica.url, talk.token)) == ["hello"]
    talk.client.post(f"{talk.url}/end", headers=talk.headers)
    assert refusal(Talk(replica.url, talk.token).post(text="hello")) == (401, "unauthorized")
    replica.kill()
    replica.start()
    assert refusal(Talk(replica.url, talk.token).post(text="hello")) == (401, "unauthorized")


def test_ending_ends_the_conversation_on_all_devices_of_a_user(portal):
    phone, _ = sign_in(portal, "fred")
    tablet, _ = sign_in(portal, "fred")
    phone.client.post(f"{phone.url}/end", headers=phone.headers)
    assert refusal(tablet.post(text="hello")) == (401, "unauthorized")


def test_after_ending_a_user_starts_anew(portal):
    talk, _ = sign_in(portal, "gina")
    talk.say("what is baclofen used for?")
    talk.client.post(f"{talk.url}/end", headers=talk.headers)
    again, opened = sign_in(portal, "gina")
    assert opened["resumed"] is False
    assert said(again) == []


def test_a_portals_token_is_no_session_token(portal):
    assert refusal(Talk(portal.url, signed("anna")).post(text="hello")) == (401, "unauthorized")


def test_a_session_token_is_no_sign_in(portal):
    assert refusal(open_session(portal, {"sign_in": Talk(portal.url).token})) == (401, "sign_in_refused")

"""The interface while there is no model: not ready, but never silent."""

from __future__ import annotations

import uuid

import httpx
import pytest

from tests.interface.in_process import InProcessAssistant

SEIZURE = "my dad is having a seizure right now. "


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The web interface of a server without any agent."""
    assistant = InProcessAssistant(tmp_path_factory.mktemp("state"), None)
    assistant.start()
    yield assistant.url
    assistant.stop()


@pytest.fixture
def client(url):
    """A client with a session."""
    token = httpx.post(f"{url}/session").json()["token"]
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def send(client, text):
    return client.post("/message", json={"id": str(uuid.uuid4()), "text": text})


def test_it_is_not_ready(url):
    response = httpx.get(f"{url}/health")
    assert response.status_code == 503
    assert response.json()["checks"] == dict.fromkeys(("model", "actions", "store", "alarm"), False)


def test_the_page_is_served(url):
    assert httpx.get(f"{url}/").status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/history"), ("POST", "/end")])
def test_what_needs_the_store_is_not_ready_and_carries_the_emergency_line(client, method, path):
    response = client.request(method, path)
    assert (response.status_code, response.json()["error"]["code"]) == (503, "not_ready")
    assert "911" in response.json()["error"]["message"]


@pytest.mark.parametrize(("text", "kind"), [("hello", "fallback"), (SEIZURE, "emergency"), ("I want to kill myself", "crisis")])
def test_a_message_still_gets_a_reply(client, text, kind):
    response = send(client, text)
    assert response.status_code == 200
    assert [message["meta"]["kind"] for message in response.json()["messages"]] == [kind]


def test_a_danger_sign_in_a_text_that_is_too_long_still_escalates(client):
    response = send(client, SEIZURE * 100)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_long")
    assert response.json()["error"]["messages"][0]["meta"]["kind"] == "emergency"

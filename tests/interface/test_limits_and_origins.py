"""Limits by address and allowed origins, with an assistant that has strict settings."""

from __future__ import annotations

import httpx
import pytest

from tests.talk import Talk

CLINIC = "https://clinic.example"
EVIL = "https://evil.example"
API = [("POST", "session"), ("POST", "message"), ("GET", "history"), ("POST", "end"), ("GET", "health")]


@pytest.fixture(scope="module")
def strict(start_in_process):
    return start_in_process(
        ASSISTANT_SESSIONS_PER_MINUTE="4",
        ASSISTANT_ADDRESS_MESSAGES_PER_MINUTE="5",
        ASSISTANT_ALLOWED_ORIGINS=f"{CLINIC},http://localhost:1",
        ASSISTANT_TRUSTED_PROXIES="1",
    )


def session(assistant, address) -> httpx.Response:
    return httpx.post(f"{assistant.url}/session", headers={"X-Forwarded-For": address})


def send(assistant, token, address, text) -> httpx.Response:
    headers = {"X-Forwarded-For": address, "Authorization": f"Bearer {token}"}
    return httpx.post(f"{assistant.url}/message", headers=headers, json={"id": "12345678", "text": text})


def test_too_many_sessions_of_an_address_have_to_wait(strict):
    responses = [session(strict, "10.0.0.1") for _ in range(5)]
    assert [response.status_code for response in responses] == [201] * 4 + [429]
    assert int(responses[-1].headers["Retry-After"]) >= 1
    assert "911" in responses[-1].json()["error"]["message"]
    assert session(strict, "10.0.0.2").status_code == 201


def test_many_sessions_of_an_address_share_its_limit_for_messages(strict):
    tokens = [session(strict, "10.0.0.3").json()["token"] for _ in range(3)]
    statuses = [send(strict, tokens[number % 3], "10.0.0.3", "hello").status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]
    danger = send(strict, tokens[0], "10.0.0.3", "my dad is having a seizure")
    assert danger.status_code == 200
    assert danger.json()["messages"][0]["meta"]["kind"] == "emergency"


def test_an_address_that_a_client_makes_up_does_not_count(strict):
    responses = [session(strict, f"1.2.3.{number}, 10.0.0.4") for number in range(5)]
    assert responses[-1].status_code == 429


@pytest.mark.parametrize(("method", "path"), API)
def test_a_page_of_an_allowed_origin_may_read_the_answer(strict, method, path):
    response = httpx.request(method, f"{strict.url}/{path}", headers={"Origin": CLINIC, "X-Forwarded-For": f"10.1.{len(path)}.1"})
    assert response.headers["Access-Control-Allow-Origin"] == CLINIC
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(("method", "path"), API)
@pytest.mark.parametrize("origin", [EVIL, "null", f"{CLINIC}.evil.example"])
def test_a_page_of_another_origin_may_not(strict, method, path, origin):
    response = httpx.request(method, f"{strict.url}/{path}", headers={"Origin": origin, "X-Forwarded-For": f"10.2.{len(path)}.1"})
    assert "Access-Control-Allow-Origin" not in response.headers


def preflight(assistant, origin) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    return httpx.options(f"{assistant.url}/message", headers=asked)


def test_a_browser_that_asks_for_an_allowed_page_is_told_yes(strict):
    headers = preflight(strict, CLINIC).headers
    assert headers["Access-Control-Allow-Origin"] == CLINIC
    assert {"authorization", "content-type"} <= set(headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(","))
    assert "POST" in headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("header", ["Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods"])
def test_a_browser_that_asks_for_another_page_is_told_nothing(strict, header):
    assert header not in preflight(strict, EVIL).headers


def test_by_default_no_page_of_another_host_may_read_anything(assistant):
    assert "Access-Control-Allow-Origin" not in preflight(assistant, CLINIC).headers
    assert "Access-Control-Allow-Origin" not in httpx.post(f"{assistant.url}/session", headers={"Origin": CLINIC}).headers


def test_a_token_of_one_address_still_works_from_another(strict):
    token = session(strict, "10.0.0.7").json()["token"]
    assert send(strict, token, "10.0.0.8", "hello").status_code == 200
    assert Talk(strict.url, token).history()[-1]["from"] == "assistant"

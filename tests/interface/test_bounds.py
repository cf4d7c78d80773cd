"""Bodies of any size get the interface's own answer, at once and with the emergency line; what can be read is checked for danger."""

from __future__ import annotations

import json
import socket
import time
import uuid

import httpx
import pytest

from tests.assistant_process import AssistantProcess
from tests.talk import Talk

SEIZURE = "my dad is having a seizure right now. "
LUNCH = "we had a nice lunch. "
CALM = """We had lunch in the garden on Sunday because the weather was kind for once. My sister brought a lemon cake and two
folding chairs, and the children built a boat from a box. After coffee we looked at old photographs of the farm, the one
with the red gate, and my husband told the story about the tractor again. I take my tablets at the same times as always
and nothing has changed. On Monday I went to the library and changed my books. The new librarian has a parrot at home
that can whistle the news tune. Tuesday is market day, so I bought leeks, a loaf of rye bread and some string for the
beans. In the evening the choir practised for the spring concert, three songs in English and one in Welsh, and I can hum
the alto part by heart now. """
MEGABYTE = 1_000_000
SECONDS = 2


def refused(response: httpx.Response) -> dict:
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (413, "too_long")
    assert "911" in error["message"]
    return error


@pytest.mark.parametrize("size", [300_000, MEGABYTE + 1, 5 * MEGABYTE, 7 * MEGABYTE])
def test_a_huge_message_is_refused_at_once(talk, size):
    began = time.monotonic()
    error = refused(talk.post(text=CALM * (size // len(CALM))))
    assert time.monotonic() - began < SECONDS
    assert "messages" not in error


@pytest.mark.parametrize("size", [300_000, MEGABYTE + 1, 5 * MEGABYTE, 7 * MEGABYTE])
def test_a_danger_sign_at_the_beginning_of_a_huge_message_still_escalates(talk, size):
    began = time.monotonic()
    error = refused(talk.post(text=SEIZURE + LUNCH * (size // len(LUNCH))))
    assert time.monotonic() - began < SECONDS
    assert error["messages"][0]["meta"]["kind"] == "emergency"
    assert talk.say("hello").level == "emergency"


def test_a_huge_message_in_pieces_of_unknown_number_is_refused(talk):
    def pieces():
        yield json.dumps({"id": str(uuid.uuid4()), "text": SEIZURE})[:-2].encode()
        for _ in range(100):
            yield (LUNCH * 1000).encode()

    error = refused(talk.client.post(f"{talk.url}/message", content=pieces(), headers=talk.headers))
    assert error["messages"][0]["meta"]["kind"] == "emergency"


def test_a_small_message_in_pieces_is_answered(talk):
    body = json.dumps({"id": str(uuid.uuid4()), "text": "hello"}).encode()
    response = talk.client.post(f"{talk.url}/message", content=iter([body[:10], body[10:]]), headers=talk.headers)
    assert response.status_code == 200


def raw_answer(assistant: AssistantProcess, request: bytes) -> str:
    """Sends bytes as they are; returns what comes back until the server closes or a second passes."""
    with socket.create_connection(("127.0.0.1", assistant.port), timeout=SECONDS) as connection:
        connection.sendall(request)
        received = b""
        try:
            while b"\r\n\r\n" not in received or not received.rstrip().endswith(b"}"):
                part = connection.recv(65_536)
                if not part:
                    break
                received += part
        except TimeoutError:
            pass
    return received.decode("utf-8", "replace")


def test_the_answer_comes_before_a_hundred_megabytes_were_sent(assistant, talk):
    head = f"POST /chat/message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {talk.token}\r\nContent-Length: 100000000\r\n\r\n"
    answer = raw_answer(assistant, head.encode() + b'{"id": "12345678", "text": "' + b"x" * 300_000)
    assert answer.startswith("HTTP/1.1 413")
    assert "911" in answer


@pytest.mark.parametrize(
    "request_head",
    [
        "POST /chat/message HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n" * 3000,
        "GET /chat/health HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n",
        "nonsense\r\n",
        "GET /chat/no-such-thing HTTP/1.1\r\nHost: x\r\n",
        "DELETE /chat/message HTTP/1.1\r\nHost: x\r\n",
        "POST /chat/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["endless head", "huge body to a small route", "no HTTP", "unknown path", "unknown method", "broken pieces"],
)
def test_what_never_reaches_a_route_gets_an_answer_in_the_interfaces_form(assistant, request_head):
    answer = raw_answer(assistant, (request_head + "\r\n").encode())
    head, _, body = answer.partition("\r\n\r\n")
    assert json.loads(body)["error"]["message"]
    assert "sanic" not in answer.lower()
    assert "nosniff" in head


@pytest.mark.parametrize("size", [20_000, 5 * MEGABYTE])
def test_an_endless_sign_in_is_refused(assistant, size):
    response = httpx.post(f"{assistant.url}/session", json={"sign_in": "x" * size})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")


def test_the_server_goes_on_after_all_this(talk):
    assert Talk(talk.url).say("what is baclofen used for?").topics == ["uses"]

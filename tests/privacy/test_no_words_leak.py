"""A real deployment at its loudest is told a made-up word on every route and in every fault; then all that it wrote is searched for it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sqlite3
import uuid
from contextlib import closing, suppress
from types import SimpleNamespace

import httpx
import pytest

from tests.interface.conftest import RawSocket
from tests.privacy.written import DATABASE, Deployment, made_up_word
from tests.talk import Talk

pytestmark = pytest.mark.timeout(1200)  # two processes that load all of Rasa, on a machine that may be busy
FEWEST_LINES = 200
TOO_MANY = 25
TABLE_AWAY = "he had a seizure number {} {}"


def on_the_web(deployment: Deployment, word: str) -> None:
    talk = Talk(deployment.url)
    for text in (f"my legs are stiff {word}", f"{word}: he is having a seizure", f"tell me about {word} kidneys", word, f"/{word}"):
        talk.say(text)
    talk.payload("/confirm_start_over")
    talk.start_checklist(until="high_fever")
    talk.say(f"yes {word} it is 103.2")
    talk.payload("/show_summary")
    accept = {**talk.headers, "Accept": "application/x-ndjson"}
    talk.client.post(f"{talk.url}/message", json={"id": str(uuid.uuid4()), "text": f"hello {word}"}, headers=accept)
    talk.history()
    talk.client.get(f"{talk.url}/export", headers=talk.headers)
    other = Talk(deployment.url)
    other.say(f"what is {word}?")
    other.client.post(f"{other.url}/end", headers=other.headers)


def malformed(deployment: Deployment, word: str) -> None:
    talk = Talk(deployment.url)
    talk.post(text=f"{word} " * 600)
    talk.post(text=f"he is having a seizure {word} " * 40_000)
    talk.post(payload=f"/{word}")
    talk.post(text=[word])
    talk.client.post(f"{talk.url}/message", json={"id": word, "text": word}, headers=talk.headers)
    talk.client.post(f"{talk.url}/message", content=f'{{"id": "{word}", "text": "{word}', headers=talk.headers)
    talk.client.post(f"{talk.url}/message", json={"id": "12345678", "text": word}, headers={"Authorization": f"Bearer {word}"})
    talk.client.post(f"{talk.url}/session", json={"sign_in": word})
    for method, path in (("GET", f"/{word}"), ("PUT", f"/message?text={word}"), ("GET", f"/history?said={word}")):
        talk.client.request(method, f"{talk.url}{path}", headers={**talk.headers, "X-Said": word, "User-Agent": word, "Referer": word})
    talk.client.get(f"{deployment.root}/conversations/{word}/tracker")
    for request in (f"{word} / HTTP/1.1\r\n\r\n", f"POST /chat/message HTTP/1.1\r\nContent-Length: {word}\r\n\r\n{word}"):
        with socket.create_connection(("127.0.0.1", deployment.port), timeout=10) as line, suppress(OSError):
            line.sendall(request.encode())
            line.recv(4096)


def too_often(deployment: Deployment, word: str) -> None:
    talk = Talk(deployment.url)
    codes = {talk.post(text=f"hello {word} {number}").status_code for number in range(TOO_MANY)}
    assert 429 in codes


def hung_up_on(deployment: Deployment, word: str) -> None:
    talk = Talk(deployment.url)
    body = json.dumps({"id": str(uuid.uuid4()), "text": f"my legs are stiff {word}"})
    head = f"POST /chat/message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {talk.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    for sent in (head + body, head + body[:-10]):
        with socket.create_connection(("127.0.0.1", deployment.port), timeout=10) as line:
            line.sendall(sent.encode())


def on_the_rest_channel(deployment: Deployment, word: str) -> None:
    address = f"{deployment.root}/webhooks/rest/webhook"
    for body in (
        {"sender": word, "message": f"my legs are stiff {word}"},
        {"sender": word, "message": [word]},
        {"message": word, word: word},
    ):
        httpx.post(address, json=body, timeout=30)
    httpx.post(address, content=f"{{{word}", timeout=30)
    httpx.post(f"{address}?stream=true&{word}", json={"sender": word, "message": word}, timeout=30)


async def _on_the_socket(deployment: Deployment, word: str) -> None:
    async with RawSocket(SimpleNamespace(port=deployment.port)) as raw:
        await raw.open_session()
        await raw.say(f"my legs are stiff {word}")
        await raw.emit(word, {"message": word})
        await raw.emit("user_uttered", {"message": {"text": word}, "session_id": word})
        for frame in (f'42["user_uttered",{{"message":"{word}', f"42{word}", word, f"451-{word}"):
            with suppress(Exception):
                await raw.send_raw(frame)
        await asyncio.sleep(0.5)


def on_the_socket(deployment: Deployment, word: str) -> None:
    asyncio.run(_on_the_socket(deployment, word))


def while_the_store_fails(deployment: Deployment, word: str) -> None:
    """The table is moved away, then the database is locked: SQLAlchemy's errors hold what was to be written."""
    talk, new = Talk(deployment.url), Talk(deployment.url)
    talk.say(f"hello {word}")
    admin = sqlite3.connect(deployment.state / DATABASE, isolation_level=None, timeout=30)
    admin.execute("alter table events rename to away")
    for number, one in enumerate((talk, new)):
        one.say(TABLE_AWAY.format(number, word))
    talk.client.get(f"{talk.url}/history", headers=talk.headers)
    admin.execute("alter table away rename to events")
    deployment.wait_until_ready()  # until the store writes to the database again, a lock on it would go unnoticed
    admin.execute("begin immediate")
    talk.say(f"he has a fever {word}")
    admin.execute("rollback")
    admin.close()


def while_the_actions_are_down(deployment: Deployment, word: str) -> None:
    deployment.kill_actions()
    talk = Talk(deployment.url)
    for text in (f"what is baclofen used for, {word}?", f"i missed two tablets {word}", f"check my symptoms {word}", f"{word} {word}"):
        talk.say(text)


ROUTES = (
    on_the_web,
    malformed,
    too_often,
    hung_up_on,
    on_the_rest_channel,
    on_the_socket,
    while_the_store_fails,
    while_the_actions_are_down,
)


@pytest.fixture(scope="module", params=["the project's command", "rasa's command"])
def told(request, tmp_path_factory, amqp_url):
    """A deployment that was told a word on every route, the figures that it showed then, and its events; it is stopped."""
    word = made_up_word()
    deployment = Deployment(tmp_path_factory.mktemp("told"), amqp_url, by_rasa=request.param == "rasa's command")
    try:
        deployment.start()
        for route in ROUTES:
            route(deployment, word)
        figures = httpx.get(f"{deployment.url}/metrics").text + httpx.get(f"{deployment.url}/health").text
    finally:
        deployment.stop()
    return SimpleNamespace(deployment=deployment, word=word, figures=figures, events=deployment.events())


def test_the_word_was_heard_and_stored(told):
    assert told.deployment.database_with(told.word)


def test_what_was_said_while_the_table_was_away_is_stored_once(told):
    with closing(sqlite3.connect(told.deployment.state / DATABASE)) as database:
        said = [json.loads(data)["text"] for (data,) in database.execute("select data from events where type_name = 'user'")]
    assert [said.count(TABLE_AWAY.format(number, told.word)) for number in range(2)] == [1, 1]


@pytest.mark.parametrize("name", ["assistant", "actions"])
def test_it_logged_at_debug(told, name):
    written = told.deployment.stream(name)
    assert '"level": "debug"' in written or "DEBUG" in written
    assert len(written.splitlines()) > (FEWEST_LINES if name == "assistant" else 1)


def test_errors_of_the_store_and_of_the_actions_were_logged(told):
    written = told.deployment.stream("assistant")
    assert "OperationalError" in written
    assert re.search(r"action server failed with \w+Error", written)


@pytest.mark.parametrize("name", ["assistant", "actions"])
def test_no_stream_of_a_process_holds_the_word(told, name):
    lines = [line for line in told.deployment.stream(name).splitlines() if told.word in line.lower()]
    assert lines == []


def test_the_figures_do_not_hold_the_word(told):
    assert "assistant_messages_total" in told.figures
    assert told.word not in told.figures


def test_no_event_holds_the_word(told):
    assert any('"event": "user"' in event for event in told.events)
    assert [event for event in told.events if told.word in event.lower()] == []


def test_no_file_but_the_database_holds_the_word(told):
    assert told.deployment.files_with(told.word) == []


def test_every_line_of_the_assistant_is_json(told):
    lines = (told.deployment.folder / "assistant.err").read_text(encoding="utf-8").splitlines()
    begun = next(number for number, line in enumerate(lines) if line.startswith("{"))
    assert [line for line in lines[begun:] if not isinstance(json.loads(line), dict)] == []


def test_talks_are_told_apart_by_ids_that_nobody_stored(told):
    lines = [json.loads(line) for line in (told.deployment.folder / "assistant.err").read_text().splitlines() if line.startswith("{")]
    ids = {line["talk"] for line in lines if "talk" in line}
    assert len(ids) > len(ROUTES)
    assert not [one for one in ids if told.deployment.database_with(one)]

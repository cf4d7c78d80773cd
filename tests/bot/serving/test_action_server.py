"""Actions in a process of their own: the standard protocol, and nothing of what people type in an error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest

from bot.settings import ROOT
from tests.services import free_port, wait_for_port

CALL = {"next_action": "action_show_summary", "sender_id": "talk", "version": "3.6.2", "domain": {"responses": {}}}
TRACKER = {
    "sender_id": "talk",
    "slots": {},
    "latest_message": {"text": "my secret words"},
    "events": [],
    "paused": False,
    "followup_action": None,
    "active_loop": {},
    "latest_action_name": None,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    port, log = free_port(), tmp_path_factory.mktemp("actions") / "log.txt"
    command = [sys.executable, "-W", "ignore", "-m", "bot", "actions", "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=output, stderr=output)
    wait_for_port(port, 60)
    yield f"http://127.0.0.1:{port}", log
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)


def test_it_says_that_it_is_there(server):
    assert httpx.get(f"{server[0]}/health").json() == {"status": "ok"}


def test_it_runs_an_action(server):
    reply = httpx.post(f"{server[0]}/webhook", json={**CALL, "tracker": TRACKER})
    assert reply.status_code == 200
    assert reply.json()["responses"]


def test_a_failed_action_repeats_nothing_that_was_typed(server):
    url, log = server
    reply = httpx.post(f"{url}/webhook", json={**CALL, "tracker": {**TRACKER, "slots": "my secret words"}})
    assert reply.status_code == 500
    assert "secret" not in reply.text
    assert "action_show_summary failed with" in log.read_text(encoding="utf-8")
    assert "secret" not in log.read_text(encoding="utf-8")


def test_an_unknown_action_is_an_error(server):
    reply = httpx.post(f"{server[0]}/webhook", content=json.dumps({**CALL, "next_action": "action_nothing", "tracker": TRACKER}))
    assert reply.status_code == 500

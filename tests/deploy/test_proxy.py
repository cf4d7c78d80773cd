"""The proxy: its configuration is valid, and it does with real assistants what it is there for."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.deploy.proxy_process import CONFIGURATION, ProxyProcess, ReplicaProcess, environment
from tests.deploy.tools import DEPLOY, program, run
from tests.services import free_port, wait_for_port
from tests.talk import Talk

HOSTS = ["127.0.0.2", "127.0.0.3"]
METRICS_PATHS = ["/chat/metrics", "/chat/metrics/", "/chat//metrics", "/chat/%6detrics", "/chat/./metrics", "/chat/METRICS"]
INSIDE_PATHS = [
    "/",
    "/chat/../status",
    "/status",
    "/conversations/x/tracker",
    "/webhooks/rest/webhook",
    "/socket.io/",
    "/chatter",
    "/webhook",
]
DANGER = "he has a high fever and is seeing things"


@dataclass
class Site:
    """Two assistants, an action server and the proxy."""

    proxy: ProxyProcess
    replicas: list[ReplicaProcess]


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if os.getuid() != 0:
        pytest.skip("only root can give the proxy a DNS server of its own")
    folder, port, actions_port = tmp_path_factory.mktemp("site"), free_port(), free_port()
    command = [sys.executable, "-W", "ignore", "-m", "bot", "actions", "--port", str(actions_port)]
    actions = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shared = {
        "ASSISTANT_TOKEN_SECRET": "a secret that both replicas of this test share",
        "ASSISTANT_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "ASSISTANT_TRUSTED_PROXIES": "1",
        "ASSISTANT_SESSIONS_PER_MINUTE": "100",
    }
    replicas = [ReplicaProcess(host, port, folder / host, **shared) for host in HOSTS]
    proxy = ProxyProcess(HOSTS, port, folder)
    try:
        wait_for_port(actions_port, 120)
        train_if_needed(lambda line: None)
        with ThreadPoolExecutor() as starting:
            list(starting.map(ReplicaProcess.start, replicas))
        proxy.start()
        wait_until(lambda: all(ready_behind(proxy) for _ in range(5)))
        yield Site(proxy, replicas)
    finally:
        proxy.stop()
        for replica in replicas:
            replica.stop()
        actions.kill()
        actions.wait(timeout=10)


def ready_behind(proxy: ProxyProcess) -> bool:
    return httpx.get(f"{proxy.url}/health", timeout=10).status_code == 200


@contextmanager
def locked_databases(replicas: list[ReplicaProcess]) -> Iterator[None]:
    holders = [sqlite3.connect(replica.state_dir / "conversations.db", isolation_level=None) for replica in replicas]
    for holder in holders:
        holder.execute("begin immediate")
    yield
    for holder in holders:
        holder.close()


def certificate(folder: Path) -> Path:
    key, public = folder / "key.pem", folder / "certificate.pem"
    made = run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=chat.test"),
        *("-keyout", str(key), "-out", str(public)),
    )
    assert made.returncode == 0, made.stderr
    public.write_text(public.read_text() + key.read_text())
    return public


@pytest.mark.parametrize("variant", ["plain", "with TLS", "behind an ingress", "with the channels for widgets"])
def test_the_configuration_is_valid_without_a_warning(variant, tmp_path):
    more = {
        "plain": {},
        "with TLS": {"PROXY_CERTIFICATE": str(certificate(tmp_path))},
        "behind an ingress": {"PROXY_BEHIND_PROXY": "1"},
        "with the channels for widgets": {"PROXY_OPEN_CHANNELS": "1"},
    }[variant]
    result = run(program("haproxy"), "-c", "-f", str(CONFIGURATION), env=environment(**more))
    assert result.returncode == 0, result.stderr
    assert "WARNING" not in result.stdout + result.stderr


def test_the_proxys_own_answers_are_the_contents(tmp_path):
    made = run(str(ROOT / ".venv/bin/python"), "-W", "ignore", str(DEPLOY / "proxy" / "answers.py"), str(tmp_path), cwd=ROOT)
    assert made.returncode == 0, made.stderr
    for file in tmp_path.iterdir():
        assert file.read_text() == (DEPLOY / "proxy" / file.name).read_text(), "run deploy/proxy/answers.py again"


def test_a_talk_stays_on_one_replica_and_talks_are_spread(site):
    """Each replica has a database of its own here: a talk that changed its replica would lose what was said before."""
    talks = [Talk(site.proxy.url) for _ in range(10)]
    for said in ("hello", "what is baclofen"):
        for talk in talks:
            talk.say(said)
    kept = [[str(Talk(replica.url, talk.token).history()) for replica in site.replicas] for talk in talks]
    whole = [["what is baclofen" in text and "hello" in text for text in texts] for texts in kept]
    assert all(sorted(places) == [False, True] for places in whole), whole
    assert len({tuple(places) for places in whole}) == 2, "all talks are on one replica"


def test_two_devices_of_one_talk_come_to_the_same_replica(site):
    talk = Talk(site.proxy.url)
    talk.say("hello")
    other_network = httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.77"))
    history = other_network.get(f"{site.proxy.url}/history", headers=talk.headers).json()["messages"]
    assert any(message["text"] == "hello" for message in history)


@pytest.mark.parametrize("path", METRICS_PATHS + INSIDE_PATHS)
def test_what_is_inside_is_not_reached(site, path):
    """On a socket, since clients tidy paths up."""
    with socket.create_connection(("127.0.0.1", site.proxy.port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: chat.test\r\nConnection: close\r\n\r\n".encode())
        answer = connection.makefile("rb").read().decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.split()[1] == "404"
    assert json.loads(body)["error"]["code"] == "not_found"


def test_an_address_that_the_caller_made_up_is_not_believed(site):
    client = httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.88"))
    codes = [
        client.post(f"{site.proxy.url}/session", headers={"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": "::1"}).status_code
        for n in range(105)
    ]
    assert codes[:100] == [201] * 100
    assert codes[100:] == [429] * 5


def test_a_body_that_nobody_types_is_refused_with_the_emergency_line(site):
    response = httpx.post(f"{site.proxy.url}/message", content=b"x" * 8_000_001, timeout=30)
    assert response.status_code == 413
    assert "emergency number" in response.json()["error"]["message"]


def test_the_log_tells_no_address_and_no_token(site):
    talk = Talk(site.proxy.url)
    talk.say("hello")
    wait_until(lambda: "POST /chat/message 200" in site.proxy.log)
    requests = [line for line in site.proxy.log.splitlines() if "/chat/" in line]
    assert not any(talk.token in line or "127.0.0." in line for line in requests)


def test_with_no_replica_ready_a_danger_sign_is_still_answered(site):
    talk = Talk(site.proxy.url)
    with locked_databases(site.replicas):
        wait_until(lambda: not ready_behind(site.proxy))
        assert talk.say(DANGER).level == "emergency"
        time.sleep(5)  # by now the proxy knows that none is ready
        assert talk.say(DANGER).level == "emergency"


def test_with_no_replica_at_all_the_person_gets_the_emergency_line(site):
    talk = Talk(site.proxy.url)
    for replica in site.replicas:
        replica.kill()
    response = talk.post(text=DANGER)
    assert response.status_code in (502, 503, 504)
    assert "emergency number" in response.json()["error"]["message"]

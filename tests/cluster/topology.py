"""Two assistants and two action servers behind HAProxy, with PostgreSQL, Redis and RabbitMQ: a deployment's shape, as processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import httpx
import jwt
import psycopg2
import redis

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.assistant_process import AssistantProcess
from tests.services import PostgresServer, RabbitServer, RedisServer, free_port, missing, wait_for_port
from tests.talk import Talk

QUEUE = "cluster-events"
SECONDS_TO_START = 120
PROXY_CONFIG = Path(__file__).with_name("haproxy.cfg")


class ChildProcess:
    """A server that is started by a command and listens on a port."""

    def __init__(self, port: int, command: list[str], environment: dict[str, str] | None = None) -> None:
        self.port = port
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Number of the running process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=quiet, stderr=quiet)
        wait_for_port(self.port, SECONDS_TO_START)

    def kill(self) -> None:
        """Ends it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None


def action_server() -> ChildProcess:
    port = free_port()
    return ChildProcess(port, [sys.executable, "-W", "ignore", "-m", "bot", "actions", "--port", str(port)])


def _server_lines(ports: list[int]) -> str:
    return "\n".join(f"    server {number} 127.0.0.1:{port}" for number, port in enumerate(ports))


def proxy(file: Path, chat_port: int, actions_port: int, assistants: list[int], action_servers: list[int], balance: str) -> ChildProcess:
    """HAProxy in front of the servers on these ports."""
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if program is None:
        missing("haproxy")
    servers = {"assistants": _server_lines(assistants), "action_servers": _server_lines(action_servers)}
    file.write_text(
        Template(PROXY_CONFIG.read_text()).substitute(chat_port=chat_port, actions_port=actions_port, balance=balance, **servers)
    )
    return ChildProcess(chat_port, [str(program), "-q", "-db", "-f", str(file)])


@dataclass(frozen=True)
class Shape:
    """How many of what.

    Attributes:
        replicas: Assistants.
        action_servers: Servers of custom actions; with none, actions run in the assistants.
        balance: Which replica gets a request, in HAProxy's words.
    """

    replicas: int = 2
    action_servers: int = 2
    balance: str = "roundrobin"


class Cluster:
    """All of it; `url` is what a person's browser sees."""

    def __init__(
        self, folder: Path, postgres: PostgresServer, redis_server: RedisServer, rabbitmq: RabbitServer, shape: Shape | None = None
    ) -> None:
        self.postgres, self.redis, self.rabbitmq = postgres, redis_server, rabbitmq
        shape = shape or Shape()
        actions_port, self.port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}/chat"
        self.environment = {
            "ASSISTANT_DATABASE_URL": postgres.url,
            "ASSISTANT_LOCK_URL": redis_server.url,
            "ASSISTANT_EVENTS_URL": rabbitmq.url,
            "ASSISTANT_EVENTS_QUEUE": QUEUE,
            "ASSISTANT_TOKEN_SECRET": "a secret of the test that all replicas share",
            "ASSISTANT_TRUSTED_PROXIES": "1",
        }
        if shape.action_servers:
            self.environment["ASSISTANT_ACTIONS_URL"] = f"http://127.0.0.1:{actions_port}/webhook"
        self.replicas = [AssistantProcess(folder / f"replica{number}", **self.environment) for number in range(shape.replicas)]
        self.action_servers = [action_server() for _ in range(shape.action_servers)]
        ports = [replica.port for replica in self.replicas], [server.port for server in self.action_servers]
        self.proxy = proxy(folder / "haproxy.cfg", self.port, actions_port, *ports, balance=shape.balance)

    def start(self) -> None:
        train_if_needed(lambda line: None)
        self.proxy.start()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.start(), [*self.action_servers, *self.replicas]))
        self._wait_for_the_proxy()

    def _wait_for_the_proxy(self) -> None:
        """The proxy looks for replicas five times a second, and may not have seen those that have just come up."""
        deadline = time.monotonic() + SECONDS_TO_START
        while httpx.get(f"{self.url}/health", timeout=SECONDS_TO_START).status_code != 200:
            assert time.monotonic() < deadline, "the proxy finds no replica"
            time.sleep(0.1)

    def stop(self) -> None:
        for replica in self.replicas:
            replica.stop()
        for server in [*self.action_servers, self.proxy]:
            server.kill()

    def replace(self, number: int, **environment: str) -> None:
        """Stops a replica as a rolling update does and starts its successor in its place."""
        old = self.replicas[number]
        old.stop()
        self.replicas[number] = AssistantProcess(old.state_dir, port=old.port, **self.environment, **environment)
        self.replicas[number].start()

    def talk(self) -> Talk:
        """A new talk through the proxy: each message goes to the next replica."""
        return Talk(self.url)

    def same_talk(self, talk: Talk, number: int) -> Talk:
        """The same talk, straight to one replica."""
        return Talk(self.replicas[number].url, talk.token)

    def rows(self, talk: Talk) -> list[dict[str, Any]]:
        """A talk's events in the order in which they were stored."""
        with psycopg2.connect(self.postgres.url) as connection, connection.cursor() as cursor:
            cursor.execute("select data::json from events where sender_id = %s order by id", (conversation_of(talk),))
            return [event for (event,) in cursor.fetchall()]

    def redis_client(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis.url)


@contextmanager
def running_cluster(shape: Shape | None = None) -> Iterator[Cluster]:
    """A cluster with servers of its own; nothing of it stays, even if its start fails half way."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assistant-cluster-", ignore_cleanup_errors=True)))
        postgres, redis_server, rabbitmq = PostgresServer(), RedisServer(), RabbitServer()
        for remove in (postgres.remove, rabbitmq.remove):
            stack.callback(remove)
        postgres.create()
        for server in (postgres, redis_server, rabbitmq):
            server.start()
            stack.callback(server.stop)
        cluster = Cluster(folder, postgres, redis_server, rabbitmq, shape)
        stack.callback(cluster.stop)
        cluster.start()
        yield cluster


def conversation_of(talk: Talk) -> str:
    return str(jwt.decode(talk.token, options={"verify_signature": False})["sub"])

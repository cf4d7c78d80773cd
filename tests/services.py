"""Real servers of the tests' own on free ports, so that a test may stop them: PostgreSQL and Redis. RabbitMQ is the machine's."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import aio_pika
import pytest

AMQP_URL = os.environ.get("ASSISTANT_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")
SECONDS_TO_START = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing(what: str) -> None:
    """Skips the test, or fails it where CI says that the services must be there."""
    if os.environ.get("ASSISTANT_REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what} is needed (ASSISTANT_REQUIRE_SERVICES=1) and is missing here")
    pytest.skip(f"{what} is not on this machine")


def wait_for_port(port: int, seconds: float = SECONDS_TO_START) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port} after {seconds} s")


class RedisServer:
    """A Redis that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            missing("redis-server")
        command = [
            str(program),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--loglevel",
            "warning",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        wait_for_port(self.port)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None


class PostgresServer:
    """A PostgreSQL cluster in a folder of its own. It refuses to run as root, so root runs it as the user `postgres`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgresql://assistant@127.0.0.1:{self.port}/postgres"
        self._folder = Path(tempfile.mkdtemp(prefix="assistant-postgres-"))
        self._as_user: list[str] = []

    @staticmethod
    def _program(name: str) -> str:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        program = shutil.which(name) or next((str(folder / name) for folder in folders if (folder / name).exists()), None)
        if program is None:
            missing("PostgreSQL's server")
        return str(program)

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._as_user, self._program(name), *arguments]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, timeout=60)

    def create(self) -> None:
        if os.getuid() == 0:
            try:
                account = pwd.getpwnam("postgres")
            except KeyError:
                missing("the user postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self._run("initdb", "-D", str(self._folder / "data"), "-A", "trust", "-U", "assistant", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "fast", "stop")

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


async def rabbitmq_answers() -> bool:
    try:
        connection = await aio_pika.connect(AMQP_URL, timeout=5)
    except (OSError, aio_pika.exceptions.AMQPError, TimeoutError):
        return False
    await connection.close()
    return True

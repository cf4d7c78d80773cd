"""Real servers of the tests' own on free ports, so that a test may stop them: PostgreSQL, Redis and RabbitMQ."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

SECONDS_TO_START = 30
PORTS = range(12_000, 32_000)  # below those that the system gives to connections: a server may need seconds until it takes its port


def free_port() -> int:
    """A port that nobody listens on, at random, so that test processes beside each other hardly ever choose the same."""
    while True:
        port = random.SystemRandom().choice(PORTS)  # Rasa seeds the other one
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


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

    @property
    def pid(self) -> int:
        """Number of the running process."""
        assert self._process is not None
        return self._process.pid

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

    def restart(self) -> None:
        """Stops and starts; all that it knew is gone."""
        self.stop()
        self.start()


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

    @property
    def pid(self) -> int:
        """Number of the running server's first process."""
        return int((self._folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "fast", "stop")

    def restart(self) -> None:
        """Stops and starts, as an update of the server does; open connections are cut."""
        self.stop()
        self.start()

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class RabbitServer:
    """A RabbitMQ node in a folder of its own, with a port mapper of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        self._folder = Path(tempfile.mkdtemp(prefix="assistant-rabbitmq-"))
        self._process: subprocess.Popen[bytes] | None = None
        settings = {
            "NODENAME": f"assistant{self.port}@localhost",
            "NODE_IP_ADDRESS": "127.0.0.1",
            "NODE_PORT": str(self.port),
            "DIST_PORT": str(free_port()),
            "MNESIA_BASE": str(self._folder / "db"),
            "LOG_BASE": str(self._folder),
            "ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "CONFIG_FILE": str(self._folder / "none"),
            "CONF_ENV_FILE": str(self._folder / "none"),
            "SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }
        mapper = {"HOME": str(self._folder), "ERL_EPMD_PORT": str(free_port()), "ERL_EPMD_ADDRESS": "127.0.0.1"}
        self._environment = {**os.environ, **mapper, **{f"RABBITMQ_{name}": value for name, value in settings.items()}}

    @property
    def pid(self) -> int:
        """Number of the script that runs the node."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts the node with what it kept, and waits until it listens."""
        program = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # what lies on the path insists on the machine's own node
        if not program.exists():
            missing("RabbitMQ")
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen([str(program)], env=self._environment, stdout=output, stderr=output, start_new_session=True)
        wait_for_port(self.port, 3 * SECONDS_TO_START)

    def stop(self) -> None:
        """Stops the node; what is durable stays."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=10)
        self._process = None

    def remove(self) -> None:
        """Ends the port mapper, which outlives its node, and removes the folder."""
        epmd = shutil.which("epmd")
        if epmd:
            subprocess.run([epmd, "-kill"], env=self._environment, stdout=subprocess.DEVNULL, check=False, timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)

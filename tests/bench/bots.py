"""The two bots as processes, and one person's connection to each: both are talked to by the same code."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, Any

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.assistant_process import free_port

SECONDS_TO_START = 300
STARTER = ROOT / ".bench" / "starter"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TQDM_DISABLE": "1",
}


class Person(ABC):
    """One person's connection; it stays open as a browser's does.

    Attributes:
        bears_silence: Whether a reply without a message is one: the starter bot may have nothing to say, as its training fell out.
    """

    bears_silence = False

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        self._connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
        response = self._connection.getresponse()
        content = response.read()
        if response.status not in (200, 201):
            raise http.client.HTTPException(f"{path} answered {response.status}")
        return json.loads(content)

    @abstractmethod
    def send(self, message: str) -> Any:
        """Sends a message, or a button's payload if it begins with a slash; returns the reply's messages."""

    def timed(self, message: str) -> float:
        """Milliseconds until the reply is there.

        Raises:
            HTTPException: There was none.
        """
        began = time.perf_counter()
        reply = self.send(message)
        milliseconds = 1000 * (time.perf_counter() - began)
        if not reply and not self.bears_silence:
            raise http.client.HTTPException("the reply is empty")
        return milliseconds


class Patient(Person):
    """Talks with this assistant."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        token = self._post("/chat/session", {})["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, message: str) -> Any:
        kind = "payload" if message.startswith("/") else "text"
        return self._post("/chat/message", {"id": uuid.uuid4().hex, kind: message}, self._headers)["messages"]


class Visitor(Person):
    """Talks with the starter bot."""

    bears_silence = True

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._sender = uuid.uuid4().hex

    def send(self, message: str) -> Any:
        return self._post("/webhooks/rest/webhook", {"sender": self._sender, "message": message})


class Bot(ABC):
    """A bot as a process of its own."""

    name: str
    person: type[Person]
    messages: tuple[str, ...]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Trains it if needed."""

    @abstractmethod
    def command(self) -> tuple[list[str], Path, dict[str, str]]:
        """The command that serves it, its working folder and its environment."""

    def start(self) -> float:
        """Starts it; returns the seconds to the first answer.

        Raises:
            RuntimeError: It ended, or it did not answer in time.
        """
        command, folder, environment = self.command()
        self._log = (self.folder / f"{type(self).__name__}.log").open("ab")
        began = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **QUIET, **environment}, stdout=self._log, stderr=self._log
        )
        while time.perf_counter() - began < SECONDS_TO_START and self._process.poll() is None:
            try:
                self.person(self.port).timed(self.messages[0])
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
            else:
                return time.perf_counter() - began
        raise RuntimeError(f"{self.name} did not answer; its log is {self._log.name}")

    def megabytes(self) -> float:
        """Memory that is resident now."""
        assert self._process is not None, "start it first"
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def stop(self) -> None:
        """Ends it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._log is not None:
            self._log.close()


class Assistant(Bot):
    """This assistant, with SQLite, as `make run` serves it."""

    name = "this assistant"
    person = Patient
    messages = (
        "how does baclofen work?",
        "what's the weather like",
        "i forgot my tablet this morning, feel fine",
        "my dad's pump is beeping and he's burning up and talking nonsense",
        "can a bladder infection make spasms worse?",
        "/confirm_start_over",
        "/check_symptoms",
        "tablets",
        "no",
        "is it dangerous to stop suddenly?",
        "no",
        "not sure",
        "thank you",
    )

    def prepare(self) -> None:
        train_if_needed(lambda line: print(line, flush=True))

    def command(self) -> tuple[list[str], Path, dict[str, str]]:
        limits = ("MESSAGES_PER_MINUTE", "SESSIONS_PER_MINUTE", "ADDRESS_MESSAGES_PER_MINUTE")
        environment = {f"ASSISTANT_{name}": "1000000" for name in limits}
        command = [sys.executable, "-W", "ignore", "-m", "bot", "run", "--port", str(self.port)]
        return command, ROOT, {"ASSISTANT_STATE_DIR": str(self.folder / "state"), **environment}


class Starter(Bot):
    """The bot that `rasa init` makes, untouched."""

    name = "rasa init bot"
    person = Visitor
    messages = (
        "hi",
        "i am feeling very sad",
        "yes",
        "hello there",
        "my day was horrible",
        "not really",
        "hey",
        "perfect",
        "are you a bot?",
        "good morning",
        "so good",
        "are you a human?",
        "bye",
    )

    def prepare(self) -> None:
        if any((STARTER / "models").glob("*.tar.gz")):
            return
        print("Making and training the bot of 'rasa init' (two to three minutes, kept in .bench) ...", flush=True)
        STARTER.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-W", "ignore", "-m", "rasa", "init", "--no-prompt", "--init-dir", str(STARTER)]
        with (STARTER.parent / "init.log").open("wb") as log:
            subprocess.run(command, cwd=STARTER, env={**os.environ, **QUIET}, stdout=log, stderr=log, check=True)

    def command(self) -> tuple[list[str], Path, dict[str, str]]:
        return [sys.executable, "-W", "ignore", "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(self.port)], STARTER, {}

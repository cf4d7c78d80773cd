"""Starts and stops a real assistant on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import httpx

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.services import free_port

SECONDS_TO_START = 240


class AssistantProcess:
    """`python -m bot run` as a child process, with its own state folder.

    Attributes:
        command: What is run, without the port.
    """

    def __init__(self, state_dir: Path, port: int | None = None, **environment: str) -> None:
        self.state_dir = state_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/chat"
        self.log_file = state_dir / "log.txt"
        limited = ("MESSAGES", "SESSIONS", "ADDRESS_MESSAGES")
        limits = {f"ASSISTANT_{what}_PER_MINUTE": "100000" for what in limited}
        self._environment = {**os.environ, "ASSISTANT_STATE_DIR": str(state_dir), **limits, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self.command = [sys.executable, "-W", "ignore", "-m", "bot", "run"]

    def start(self, until_ready: bool = True) -> None:
        """Trains if needed, starts the process and waits until it is ready, or only until it answers."""
        train_if_needed(lambda line: None)
        self.state_dir.mkdir(parents=True, exist_ok=True)
        command = [*self.command, "--port", str(self.port)]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        self.wait_until_ready({200} if until_ready else {200, 503})

    def wait_until_ready(self, accepted: Collection[int] = (200,)) -> None:
        """Waits until the health route answers with one of the accepted statuses."""
        assert self._process is not None
        deadline = time.monotonic() + SECONDS_TO_START
        with httpx.Client(timeout=5) as client:  # making one is dear: the assistant needs the processor now
            while time.monotonic() < deadline:
                if self._process.poll() is not None:
                    raise RuntimeError(f"the assistant ended at its start:\n{self.log_file.read_text()[-3000:]}")
                with suppress(httpx.HTTPError):
                    if client.get(f"{self.url}/health").status_code in accepted:
                        return
                time.sleep(0.2)
        raise TimeoutError(f"the assistant was not ready in {SECONDS_TO_START} s:\n{self.log_file.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        """Number of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Ends the process at once, without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends the process as Ctrl+C would."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self.is_running:
            self._process.send_signal(number)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=10)

"""A whole deployment that logs as much as it can, and everything that it writes: streams, files, figures and events."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import string
import subprocess
import sys
import time
from pathlib import Path

import aio_pika
import httpx

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.services import free_port

SECONDS_TO_START = 300
DATABASE = "conversations.db"
CHANNELS = """
bot.channels.web.channel.WebChannel: {}
bot.channels.socketio.SocketIOChannel: {}
bot.channels.rest.RestChannel: {}
"""
AS_LOUD_AS_CAN_BE = {
    "ASSISTANT_LOG_LEVEL": "DEBUG",
    "LOG_LEVEL": "DEBUG",
    "LOG_LEVEL_LIBRARIES": "DEBUG",
    "LOG_LEVEL_RABBITMQ": "DEBUG",
    "LOGURU_LEVEL": "TRACE",
    "PYTHONASYNCIODEBUG": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def made_up_word() -> str:
    """A word that no file of the project holds."""
    return "zq" + "".join(random.choices(string.ascii_lowercase, k=14))


class Deployment:
    """An assistant with an action server and RabbitMQ, started by the project's command or by Rasa's own."""

    def __init__(self, folder: Path, amqp_url: str, by_rasa: bool) -> None:
        self.folder, self.state, self.temporary = folder, folder / "state", folder / "tmp"
        self.port, self.actions_port = free_port(), free_port()
        self.root = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.root}/chat"
        self.queue = f"test-{made_up_word()}"
        self._amqp_url = amqp_url
        self._by_rasa = by_rasa
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.began = time.time()

    def _commands(self) -> dict[str, list[str]]:
        python = [sys.executable, "-W", "ignore", "-m"]
        if not self._by_rasa:
            return {
                "actions": [*python, "bot", "actions", "--port", str(self.actions_port)],
                "assistant": [*python, "bot", "run", "--port", str(self.port)],
            }
        endpoints = self.folder / "endpoints.yml"
        shown = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
        endpoints.write_text(shown.replace("localhost:5055", f"127.0.0.1:{self.actions_port}"), encoding="utf-8")
        model = train_if_needed(lambda line: None)
        serve = ["--debug", "--model", str(model), "--port", str(self.port), "--interface", "127.0.0.1", "--endpoints", str(endpoints)]
        credentials = ["--credentials", str(self.folder / "credentials.yml")]
        return {
            "actions": [*python, "rasa", "run", "actions", "--debug", "--port", str(self.actions_port)],
            "assistant": [*python, "rasa", "run", *serve, *credentials],
        }

    def start(self) -> None:
        train_if_needed(lambda line: None)
        self.temporary.mkdir(parents=True)
        credentials = self.folder / "credentials.yml"
        credentials.write_text(CHANNELS, encoding="utf-8")
        environment = {
            **os.environ,
            **AS_LOUD_AS_CAN_BE,
            "ASSISTANT_STATE_DIR": str(self.state),
            "ASSISTANT_CREDENTIALS": str(credentials),
            "ASSISTANT_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "ASSISTANT_EVENTS_URL": self._amqp_url,
            "ASSISTANT_EVENTS_QUEUE": self.queue,
            "ASSISTANT_MESSAGES_PER_MINUTE": "20",
            "TMPDIR": str(self.temporary),
        }
        for name, command in self._commands().items():
            with (self.folder / f"{name}.out").open("ab") as out, (self.folder / f"{name}.err").open("ab") as err:
                self._processes[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            for name, process in self._processes.items():
                assert process.poll() is None, f"{name} ended at its start: {self.stream(name)[-3000:]}"
            try:
                if httpx.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        raise TimeoutError(self.stream("assistant")[-3000:])

    def kill_actions(self) -> None:
        self._processes["actions"].kill()
        self._processes["actions"].wait()

    def stop(self) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self._processes.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stream(self, name: str) -> str:
        """What a process wrote to its standard output and standard error."""
        return "\n".join((self.folder / f"{name}.{end}").read_text(encoding="utf-8", errors="replace") for end in ("out", "err"))

    def files_with(self, word: str) -> list[str]:
        """Files that hold a word: of the deployment's folders but for the database, and what is new in the project's."""
        folders = [file for file in self.folder.rglob("*") if not file.name.startswith(DATABASE)]
        fresh = [file for file in ROOT.iterdir() if file.is_file() and file.stat().st_mtime > self.began]
        return [str(file) for file in (*folders, *fresh) if file.is_file() and word.encode() in file.read_bytes().lower()]

    def database_with(self, word: str) -> bool:
        return any(word.encode() in file.read_bytes() for file in self.state.glob(f"{DATABASE}*"))

    def events(self) -> list[str]:
        """Every event that RabbitMQ got, with its headers."""
        return asyncio.run(self._events())

    async def _events(self) -> list[str]:
        connection = await aio_pika.connect(self._amqp_url)
        async with connection:
            channel = await connection.channel()
            queue = await channel.get_queue(self.queue)
            found = []
            while (message := await queue.get(no_ack=True, fail=False)) is not None:
                found.append(f"{message.headers} {message.body.decode()}")
            await queue.delete()
            await channel.exchange_delete(self.queue)
            return found

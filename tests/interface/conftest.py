"""Assistants that share one model, and a raw client of the socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import websockets
from rasa.core.agent import Agent

from bot import rasa_compat
from bot.serving.training import train_if_needed
from tests.interface.in_process import InProcessAssistant

CLINIC = "https://clinic.example"
SECONDS = 15


@pytest.fixture(scope="session")
def loaded_agent() -> Agent:
    """The one agent that loads the model for all assistants in the tests' process."""
    rasa_compat.install()
    return Agent.load(str(train_if_needed(lambda line: None)))


@pytest.fixture(scope="session")
def start_in_process(loaded_agent, tmp_path_factory) -> Iterator[Callable[..., InProcessAssistant]]:
    """Starts assistants with settings by name of their variable; all end with the tests."""
    started = []

    def start(**environment: str) -> InProcessAssistant:
        started.append(InProcessAssistant(tmp_path_factory.mktemp("state"), loaded_agent, **environment))
        started[-1].start()
        return started[-1]

    yield start
    for assistant in started:
        assistant.stop()


@pytest.fixture(scope="package")
def open_assistant(start_in_process) -> InProcessAssistant:
    """An assistant with all channels and without limits."""
    return start_in_process(ASSISTANT_ALLOWED_ORIGINS=CLINIC)


@pytest.fixture(scope="package")
def strict_assistant(start_in_process) -> InProcessAssistant:
    """An assistant that takes three messages a minute."""
    return start_in_process(ASSISTANT_ALLOWED_ORIGINS=CLINIC, ASSISTANT_MESSAGES_PER_MINUTE="3")


class RawSocket:
    """A Socket.IO client that speaks the protocol by hand (Engine.IO 4, WebSocket)."""

    def __init__(self, assistant: InProcessAssistant, origin: str | None = None, path: str = "/socket.io") -> None:
        headers = {"Origin": origin} if origin else {}
        self._opening = websockets.connect(
            f"ws://127.0.0.1:{assistant.port}{path}/?EIO=4&transport=websocket", extra_headers=headers, max_size=None
        )
        self.token = ""

    async def __aenter__(self) -> RawSocket:
        self._socket = await self._opening
        assert (await self._socket.recv()).startswith("0{")
        await self._socket.send("40")
        assert (await self._socket.recv()).startswith("40")
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(websockets.exceptions.ConnectionClosed):
            await self._socket.close()

    async def send_raw(self, frame: str) -> None:
        await self._socket.send(frame)

    async def emit(self, event: str, data: Any) -> None:
        await self._socket.send("42" + json.dumps([event, data]))

    async def hear(self, seconds: float = SECONDS) -> tuple[str, Any]:
        """The next event and its data."""
        while True:
            frame = await asyncio.wait_for(self._socket.recv(), seconds)
            if frame == "2":
                await self._socket.send("3")
            elif frame.startswith("42"):
                event, data = json.loads(frame[2:])
                return event, data

    async def hear_nothing(self, seconds: float = 1.0) -> bool:
        try:
            await self.hear(seconds)
        except asyncio.TimeoutError:
            return True
        return False

    async def open_session(self, session_id: Any = None) -> list[str]:
        """Asks for a session; returns the texts of the greeting."""
        await self.emit("session_request", {"session_id": session_id})
        event, self.token = await self.hear()
        assert event == "session_confirm"
        if self.token == session_id:
            return []
        return [(await self.hear())[1]["text"]]

    async def say(self, message: Any, **more: Any) -> dict[str, Any]:
        """Sends a message; returns the first message of the reply."""
        await self.emit("user_uttered", {"message": message, "session_id": self.token, **more})
        event, data = await self.hear()
        assert event == "bot_uttered"
        assert data["text"].strip()
        return data

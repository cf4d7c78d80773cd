"""Assistants in the tests' own process: real channels, store and sockets, with one model for all of them."""

from __future__ import annotations

import asyncio
import copy
import threading
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.run import configure_app, load_agent_on_start
from sanic import Sanic

from bot.channels.rest import RestChannel
from bot.channels.socketio import SocketIOChannel
from bot.channels.web.channel import WebChannel
from bot.conversation.gateway import MessageGateway
from bot.rasa_compat.action_failover import harden_agent
from bot.serving.server import read_endpoints
from bot.settings import read_settings
from tests.services import free_port

SECONDS_TO_START = 60
UNLIMITED = {f"ASSISTANT_{what}_PER_MINUTE": "100000" for what in ("MESSAGES", "SESSIONS", "ADDRESS_MESSAGES")}


def give_model(agent: Agent, loaded: Agent) -> None:
    """Lets an agent with stores of its own use a model that another agent has loaded."""
    processor = copy.copy(loaded.processor)
    processor.tracker_store, processor.lock_store = agent.tracker_store, agent.lock_store
    processor.action_endpoint, processor.nlg = agent.action_endpoint, agent.nlg
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
    agent.nlg.responses = processor.domain.responses
    harden_agent(agent)


class InProcessAssistant:
    """An assistant on a free port, in a thread.

    Attributes:
        url: Where its web interface is.
        state_dir: Its state folder.
    """

    def __init__(self, state_dir: Path, loaded: Agent | None, **environment: str) -> None:
        """Starts nothing yet.

        Args:
            state_dir: The state folder.
            loaded: An agent that has loaded the model; None for a server without any agent.
            environment: Settings by name of their variable.
        """
        self.state_dir = state_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/chat"
        self._loaded = loaded
        self._environment = {"ASSISTANT_STATE_DIR": str(state_dir), **UNLIMITED, **environment}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Returns when the assistant listens."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment.items():
                patch.setenv(name, value)
            patch.setattr(Sanic, "test_mode", True)  # Rasa gives all its servers the same name
            self._thread.start()
            asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(SECONDS_TO_START)

    async def _serve(self) -> None:
        gateway = MessageGateway(read_settings())
        channels = [WebChannel(gateway), RestChannel(gateway), SocketIOChannel(gateway, "/socket.io", "user_uttered", "bot_uttered")]
        self._app = configure_app(input_channels=channels, enable_api=False, use_uvloop=False)
        if self._loaded is not None:
            self._app.register_listener(self._load_agent, "before_server_start")
        self._server = await self._app.create_server("127.0.0.1", self.port, return_asyncio_server=True, access_log=False)
        await self._server.startup()
        await self._server.before_start()
        await self._server.after_start()

    async def _load_agent(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await load_agent_on_start("", read_endpoints(), None, app, loop)
        give_model(app.ctx.agent, self._loaded)

    def stop(self) -> None:
        """Ends the assistant and its thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(SECONDS_TO_START)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS_TO_START)

    async def _end(self) -> None:
        await self._server.before_stop()
        self._server.close()
        await self._server.wait_closed()
        await self._server.after_stop()

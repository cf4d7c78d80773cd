"""What a server does by itself while nobody asks: it tries a lost database again and deletes what is older than the retention."""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop
from contextlib import suppress

from rasa.core.agent import Agent
from sanic import Sanic

from bot.conversation.turn import store_of
from bot.observability import outages
from bot.rasa_compat.action_failover import harden_agent
from bot.rasa_compat.model_fingerprint import OtherModelError, check_model

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_TRIES = 1.0
_DAY = 86_400.0
_PURGE_AGAIN_SECONDS = 600.0
_SECONDS_TO_SAVE = 3.0


class Housekeeping:
    """The upkeep of one server."""

    def __init__(self, retention_days: int) -> None:
        """Does nothing yet.

        Args:
            retention_days: Days for which conversations are kept.
        """
        self._retention_days = retention_days
        self._tasks: list[asyncio.Task[None]] = []

    def attach(self, app: Sanic) -> None:
        """Begins with a server's start and ends with it."""
        app.register_listener(self.start, "after_server_start")
        app.register_listener(self._stop, "before_server_stop")

    async def start(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Begins, unless it has begun. A server that has its agent before it opens may call this early, so that old talks go first."""
        agent: Agent | None = getattr(app.ctx, "agent", None)
        if agent is None or self._tasks:
            return
        if agent.is_ready():
            harden_agent(agent)
            self._refuse_other_model(agent)
        self._tasks = [asyncio.ensure_future(work) for work in (self._recover_store_loop(agent), self._purge(agent))]

    @staticmethod
    def _refuse_other_model(agent: Agent) -> None:
        """Serves without a model rather than with one that does not fit; `rasa run` takes the newest file that there is."""
        try:
            with outages.watch("model"):
                check_model(agent)
        except OtherModelError:
            agent.processor = None

    async def _stop(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Ends the upkeep, after a last try to write what waits."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            store = store_of(app.ctx.agent)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(store.recover(), _SECONDS_TO_SAVE)
            if store.is_down:
                logger.error("%d events were not saved", store.unsaved)

    @staticmethod
    async def _recover_store_loop(agent: Agent) -> None:
        store = store_of(agent)
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            try:
                await store.recover()
            except Exception as error:
                outages.record_failure("upkeep", error)

    async def _purge(self, agent: Agent) -> None:
        while True:
            pause = _DAY
            try:
                deleted = 0
                for rows in store_of(agent).purge_steps(self._retention_days):
                    deleted += rows
                    await asyncio.sleep(0)
                logger.info("retention: %d rows deleted", deleted)
                outages.record_success("retention")
            except Exception as error:  # a failed purge is tried again, the assistant goes on
                outages.record_failure("retention", error)
                pause = _PURGE_AGAIN_SECONDS
            await asyncio.sleep(pause)

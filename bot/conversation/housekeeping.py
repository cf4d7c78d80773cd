"""The background tasks of a server: they try a lost database again and delete what is older than the retention.

This lies in `bot.conversation` because both ways of serving need it: `bot.serving` for `make run`, and the channels for `rasa run`.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop
from contextlib import suppress

from rasa.core.agent import Agent
from sanic import Sanic

from bot import rasa_compat
from bot.content import installed_content
from bot.conversation.turn import store_of
from bot.observability import outages
from bot.rasa_compat.action_failover import harden_agent
from bot.rasa_compat.agents import ready_agent
from bot.rasa_compat.model_fingerprint import OtherModelError, check_model

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_TRIES = 1.0
_DAY = 86_400.0
_PURGE_AGAIN_SECONDS = 600.0
_SECONDS_TO_SAVE = 3.0


class Housekeeping:
    """The background tasks of one server."""

    def __init__(self, retention_days: int) -> None:
        """Starts nothing yet.

        Args:
            retention_days: Days for which conversations are kept.
        """
        self._retention_days = retention_days
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Starts the tasks, unless they run already.

        A server that has its agent before it listens calls this earlier too, so that old conversations are deleted first.
        """
        agent: Agent | None = getattr(app.ctx, "agent", None)
        if agent is None or self._tasks:
            return
        if ready_agent(app):
            harden_agent(agent)
            self._refuse_other_model(agent)
        self._tasks = [asyncio.ensure_future(work) for work in (self._recover_store_loop(agent), self._purge(agent))]

    async def stop(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Stops the tasks, and tries once more to write the events that wait."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            store = store_of(app.ctx.agent)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(store.recover(), _SECONDS_TO_SAVE)
            if store.is_down:
                logger.error("%d events were not saved", store.pending_count)

    @staticmethod
    def _refuse_other_model(agent: Agent) -> None:
        """Takes the model away if it was made from other content or code: `rasa run` loads the newest file that there is."""
        try:
            with outages.watch("model"):
                check_model(agent)
        except OtherModelError:
            agent.processor = None

    @staticmethod
    async def _recover_store_loop(agent: Agent) -> None:
        store = store_of(agent)
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            with suppress(Exception), outages.watch("housekeeping"):
                await store.recover()

    async def _purge(self, agent: Agent) -> None:
        while True:
            pause = _DAY
            try:
                with outages.watch("retention"):
                    deleted = 0
                    for rows in store_of(agent).purge_steps(self._retention_days):
                        deleted += rows
                        await asyncio.sleep(0)
                    logger.info("retention: %d rows deleted", deleted)
            except Exception:  # the assistant goes on, and the purge is tried again
                pause = _PURGE_AGAIN_SECONDS
            await asyncio.sleep(pause)


def register_lifecycle(app: Sanic) -> Housekeeping:
    """Prepares a server for the assistant: replaces parts of Rasa, and runs housekeeping from the server's start to its end.

    `make run` and each channel call this, and the first call counts. Under `rasa run` the channels are made before Rasa loads its model, so
    the model runs with the replaced parts there too.

    Args:
        app: The server, before it starts.

    Returns:
        The server's housekeeping.
    """
    registered: Housekeeping | None = vars(app.ctx).get("housekeeping")
    if registered is not None:
        return registered
    rasa_compat.install()
    housekeeping = app.ctx.housekeeping = Housekeeping(installed_content().clinic.retention_days)
    app.register_listener(housekeeping.start, "after_server_start")
    app.register_listener(housekeeping.stop, "before_server_stop")
    return housekeeping

"""What operators see from outside: whether the service is ready, and its figures."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import rasa
from rasa.core.agent import Agent
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from sanic.request import Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as json_response

from bot import __version__
from bot.channels.web.access_control import is_forwarded, is_from_this_machine
from bot.channels.web.server_errors import not_found
from bot.conversation.turn import store_of
from bot.observability import metrics
from bot.policies.safety_policy import alarm_answer
from bot.rasa_compat.agents import ready_agent
from bot.rasa_compat.in_process_actions import ActionFailure
from bot.settings import Network
from bot.storage import write_probe

DANGER = "my dad is having a seizure right now"
SECONDS_FOR_A_CHECK = 1.5
SECONDS_FRESH = 2.0


def health_call() -> dict[str, Any]:
    """A call of an action that changes nothing, as Rasa sends it."""
    tracker = DialogueStateTracker.from_events("health", [UserUttered(intent={"name": "ask_mechanism"})])
    return {
        "next_action": "action_answer",
        "version": rasa.__version__,
        "sender_id": tracker.sender_id,
        "tracker": tracker.current_state(EventVerbosity.ALL),
        "domain": {},
    }


class HealthChecks:
    """Tries the parts that a reply needs. A result is kept for a moment, so that probes cost little, and one check runs at a time."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-check")
        self._running: asyncio.Future[dict[str, bool]] | None = None
        self._fresh_until = 0.0

    async def results(self, agent: Agent | None) -> dict[str, bool]:
        """Which parts work. Comes back within two seconds and never raises.

        Args:
            agent: A ready agent, or None while there is none.
        """
        if self._running is None or (self._running.done() and time.monotonic() > self._fresh_until):
            self._running = asyncio.ensure_future(self._check(agent))
        return await asyncio.shield(self._running)

    async def _check(self, agent: Agent | None) -> dict[str, bool]:
        try:
            if agent is None:
                return {"model": False, "actions": False, "store": False, "alarm": False}
            tries = {"actions": self._actions_work, "store": self._store_is_writable, "alarm": self._danger_escalates}
            works = await asyncio.gather(*(self._holds(attempt(agent)) for attempt in tries.values()))
            return {"model": True, **dict(zip(tries, works))}
        finally:
            self._fresh_until = time.monotonic() + SECONDS_FRESH

    @staticmethod
    async def _holds(check: Awaitable[bool]) -> bool:
        try:
            return await asyncio.wait_for(check, SECONDS_FOR_A_CHECK)
        except (Exception, ActionFailure):  # any fault means: not ready
            return False

    @staticmethod
    async def _actions_work(agent: Agent) -> bool:
        """Runs an action that changes nothing, on the way that all actions take."""
        if agent.action_endpoint is None:
            return False
        result: dict[str, Any] | None = await agent.action_endpoint.request(json=health_call(), method="post")
        return bool(result and result.get("responses"))

    async def _store_is_writable(self, agent: Agent) -> bool:
        store = store_of(agent)
        await asyncio.get_running_loop().run_in_executor(self._writer, write_probe.write, store.engine)
        return not store.is_down  # what was said in an outage still waits

    @staticmethod
    async def _danger_escalates(agent: Agent) -> bool:
        parsed = await agent.parse_message(DANGER)
        return alarm_answer(parsed["intent"]["name"]) is not None


class HealthRoutes:
    """The routes for operators."""

    def __init__(self, metrics_networks: tuple[Network, ...]) -> None:
        """Prepares the checks.

        Args:
            metrics_networks: Networks from which the metrics may be read, besides this machine.
        """
        self._networks = metrics_networks
        self._checks = HealthChecks()

    async def health(self, request: Request) -> HTTPResponse:
        """GET /chat/health: ready with a model, working actions, a writable store, and a danger message that escalates."""
        agent = ready_agent(request.app)
        checks = await self._checks.results(agent)
        ready = all(checks.values())
        model = getattr(request.app.ctx, "model_name", None) or (agent.model_id if agent else None)  # `rasa run` knows no name
        body = {"ready": ready, "checks": checks, "version": __version__, "model": model}
        return json_response(body, status=200 if ready else 503)

    async def metrics(self, request: Request) -> HTTPResponse:
        """GET /chat/metrics: the figures, for this machine and for the networks that the settings name; for all others there is nothing."""
        if not self._may_read(str(request.ip), is_forwarded(request)):
            raise not_found()
        body, kind = metrics.page()
        return raw(body, content_type=kind)

    def _may_read(self, address: str, through_proxy: bool) -> bool:
        if through_proxy:
            return False
        if is_from_this_machine(address, through_proxy):
            return True
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self._networks)

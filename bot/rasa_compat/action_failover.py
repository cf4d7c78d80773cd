"""Custom actions that run in any case: on the action server, or, if it is down, slow or faulty, in this process.

Rasa waits 300 seconds for an action server, and goes on after a failed action as if it had been done: a checklist can then end without
an answer. Here the same actions run in this process after a moment, and if they fail there too the whole message fails, with nothing kept.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Optional

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.exceptions import RasaCoreException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.observability import outages
from bot.rasa_compat.agents import unwrapped_store
from bot.rasa_compat.in_process_actions import CheckedResult, InProcessActionEndpoint

SERVER = "action server"
SECONDS_TO_ANSWER = 1.0
SECONDS_BETWEEN_TRIES = 5.0
_REJECTED = 400


class MalformedResultError(RasaCoreException):
    """An action server answered with something that is no result of an action."""


def checked_result(result: Any) -> CheckedResult:
    """Checks what an action server sent against Rasa's own schema.

    Raises:
        MalformedResultError: It is no result of an action: no JSON object, or an object of another form.
    """
    try:
        jsonschema.validate(result, RemoteAction.action_response_format_spec())
    except jsonschema.ValidationError as error:
        raise MalformedResultError(f"no result of an action: {error.validator}") from None
    return CheckedResult(result)


class FailoverActionEndpoint(EndpointConfig):
    """An action server that has the same actions in this process behind it."""

    def __init__(self, server: EndpointConfig) -> None:
        """Uses an action server.

        Args:
            server: Rasa's address of it.
        """
        super().__init__(url=server.url, enable_selective_domain=True)
        self._server = server
        self._local = InProcessActionEndpoint()
        self._ask_again_at = 0.0

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """Runs the action that the request names.

        Args:
            method: HTTP method.
            subpath: Path below the server's address.
            content_type: Type of the body.
            compress: Whether to compress the body.
            **kwargs: `json` holds Rasa's action call.

        Returns:
            The action's events and responses.
        """
        if "json" not in kwargs:  # a question about the server itself
            return await self._server.request(method, subpath, content_type, compress, **kwargs)
        if time.monotonic() >= self._ask_again_at:
            try:
                asked = self._server.request(method, subpath, content_type, compress, **kwargs)
                result = checked_result(await asyncio.wait_for(asked, SECONDS_TO_ANSWER))
            except Exception as error:
                if isinstance(error, ClientResponseError) and error.status == _REJECTED:
                    raise  # the action refuses to run: an answer, not a fault
                self._ask_again_at = time.monotonic() + SECONDS_BETWEEN_TRIES
                outages.record_failure(SERVER, error)
            else:
                outages.record_success(SERVER)
                return result
        return await self._local.request(method, subpath, content_type, compress, **kwargs)


def with_local_fallback(endpoint: Optional[EndpointConfig]) -> EndpointConfig:
    """An action endpoint of Rasa's, made to work in any case.

    Args:
        endpoint: The endpoint; None runs the actions in this process.
    """
    if endpoint is None:
        return InProcessActionEndpoint()
    return endpoint if isinstance(endpoint, (FailoverActionEndpoint, InProcessActionEndpoint)) else FailoverActionEndpoint(endpoint)


def harden_agent(agent: Agent) -> None:
    """Makes an agent survive its action server and tell the truth about its store, whoever put it together.

    Rasa's own wrapper of the store begins a conversation anew if it cannot be read, and drops what cannot be saved.

    Args:
        agent: An agent with a model; cheap if it has been through here before.
    """
    if (
        isinstance(agent.action_endpoint, (FailoverActionEndpoint, InProcessActionEndpoint))
        and agent.processor.action_endpoint is agent.action_endpoint
    ):
        return
    agent.action_endpoint = agent.processor.action_endpoint = with_local_fallback(agent.action_endpoint)
    agent.tracker_store = agent.processor.tracker_store = unwrapped_store(agent)

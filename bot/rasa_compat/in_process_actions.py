"""Runs the custom actions inside the assistant's own process, so that no action server can be down."""

from __future__ import annotations

import asyncio
from typing import Any, Optional

from rasa.core.actions.action import ActionExecutionRejection as RejectedByAction
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.observability import outages


class ActionFailure(BaseException):
    """An action of our own failed. No `Exception`: Rasa goes on after those as if the action had been done, and keeps what is half done."""


class CheckedResult(dict[str, Any]):
    """An action's result that needs no check by Rasa: our own code made it, or the failover has checked it."""


class InProcessActionEndpoint(EndpointConfig):
    """Looks like an action server to Rasa and calls the actions directly."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="local://actions", enable_selective_domain=True)
        self.executor = ActionExecutor()
        self.executor.register_package(package)

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
            method: Not used here, nor are the next three: nothing goes over the network.
            subpath: See `method`.
            content_type: See `method`.
            compress: See `method`.
            **kwargs: `json` holds Rasa's action call.

        Returns:
            The action's events and responses.

        Raises:
            ActionExecutionRejection: The action does not want to run now.
            ActionFailure: It failed.
        """
        await asyncio.sleep(0)
        call: dict[str, Any] = kwargs["json"]
        try:
            with outages.watch(f"action {call.get('next_action')}"):
                try:
                    result = await self.executor.run(call)
                except ActionExecutionRejection as rejection:
                    refusal = RejectedByAction(rejection.action_name, rejection.message)
                else:
                    return None if result is None else CheckedResult(result)
        except Exception as error:
            raise ActionFailure from error
        raise refusal


def trust_checked_results() -> None:
    """Lets Rasa skip its check of a result that is known to be sound: the check costs 27 ms a call. Other results are checked."""
    check = RemoteAction._validate_action_result

    def check_unless_known(action: RemoteAction, result: Any) -> bool:
        return isinstance(result, CheckedResult) or bool(check(action, result))

    RemoteAction._validate_action_result = check_unless_known

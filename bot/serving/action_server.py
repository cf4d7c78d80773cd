"""Serves the custom actions to assistants in other processes.

The SDK's own server logs a failed action's request and sends it back, and with it what a person typed; this one says only that it failed.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.content import installed_content
from bot.observability import outages
from bot.serving.listening import listening_socket


def build_app(package: str = "actions") -> Sanic:
    """Puts the server together without starting it.

    Args:
        package: Where the actions are.
    """
    executor = ActionExecutor()
    executor.register_package(package)
    app = Sanic("assistant_actions", configure_logging=False)

    async def health(_: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    async def webhook(request: Request) -> HTTPResponse:
        call: dict[str, Any] = request.json
        name = call.get("next_action")
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            return json_response({"error": rejection.message, "action_name": rejection.action_name}, status=400)
        except Exception as error:
            outages.record_failure(f"action {name}" if name in executor.actions else "unknown action", error)
            return json_response({"error": "the action failed", "action_name": name}, status=500)
        outages.record_success(f"action {name}")
        return json_response(result)

    app.add_route(health, "/health", methods=["GET"])
    app.add_route(webhook, "/webhook", methods=["POST"])
    return app


def serve(host: str, port: int) -> int:
    """Serves until interrupted.

    Args:
        host: Address to listen on. Anybody who reaches it can run actions: keep it inside the private network.
        port: TCP port.

    Returns:
        The exit status.

    Raises:
        AddressUnavailableError: Nothing can listen at the address.
    """
    with listening_socket(host, port) as listener:
        installed_content()  # takes a second, which the first person would wait for
        build_app().run(sock=listener, access_log=False, workers=1)
    return 0

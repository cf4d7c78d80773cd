"""What holds for a whole server, whichever channels it has: limits, access, errors, headers and housekeeping."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic

from bot.channels.web.access_control import AccessControl
from bot.channels.web.response_headers import ResponseHeaders
from bot.channels.web.server_errors import ServerErrors
from bot.conversation.gateway import MessageGateway
from bot.conversation.housekeeping import register_lifecycle

MAX_REQUEST_BYTES = 8_000_000


def protect_server(app: Sanic, gateway: MessageGateway) -> AccessControl:
    """Protects a server. Each channel calls this; the first call counts.

    Args:
        app: The server, before it starts.
        gateway: The process's gateway.

    Returns:
        The server's access control.
    """
    registered: AccessControl | None = vars(app.ctx).get("access_control")
    if registered is not None:
        return registered
    access_control = app.ctx.access_control = AccessControl(gateway.settings.allowed_origins)
    access_control.register(app)
    app.config.REQUEST_MAX_SIZE = MAX_REQUEST_BYTES
    app.register_middleware(ResponseHeaders(gateway.settings.allowed_origins).add, "response")
    ServerErrors(gateway.replies).register(app)
    register_lifecycle(app)
    return access_control


class ProtectedBlueprint(Blueprint):
    """A channel's routes; whoever adds them to a server also protects the server."""

    def __init__(self, name: str, gateway: MessageGateway) -> None:
        super().__init__(name)
        self.ctx.gateway = gateway

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Adds the routes to a server."""
        super().register(app, options)
        protect_server(app, self.ctx.gateway)

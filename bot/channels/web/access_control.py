"""What holds for the whole server and not for one route: errors that carry the emergency line, and which doors lead outside.

Rasa's own HTTP API (`rasa run --enable-api`) can read every talk and replace the model. Here it answers the machine itself only.
"""

from __future__ import annotations

import ipaddress
from asyncio import AbstractEventLoop
from collections.abc import Collection
from typing import Any

from sanic import Blueprint, Sanic
from sanic.exceptions import InvalidUsage, MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot.channels.web.cors import PREFLIGHT, cors_headers
from bot.content import installed_content
from bot.conversation.errors import ApiError
from bot.conversation.replies import Replies
from bot.observability import outages
from bot.serving.housekeeping import Housekeeping

MAX_REQUEST_BYTES = 8_000_000
OPEN_PATHS = ("/chat", "/webhooks")
PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
NOTHING_HERE = "There is nothing here. The chat is at /chat/."
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def is_from_this_machine(address: str, through_proxy: bool) -> bool:
    """Whether a request was made on this machine and did not come through a proxy on it.

    Args:
        address: The peer's address.
        through_proxy: Whether the request carries a proxy's headers.
    """
    if through_proxy:
        return False
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return bool((mapped or peer).is_loopback)


def is_forwarded(request: Request) -> bool:
    """Whether a request came through a proxy."""
    return any(name in request.headers for name in PROXY_HEADERS)


def is_open(path: str, open_paths: tuple[str, ...]) -> bool:
    """Whether a path leads to a channel."""
    return any(path == door or path.startswith(f"{door}/") for door in open_paths)


class AccessControl:
    """Answers what no route answers."""

    def __init__(self, replies: Replies, allowed_origins: Collection[str]) -> None:
        self._replies = replies
        self._allowed_origins = allowed_origins

    def watch(self, app: Sanic) -> None:
        """Takes over a server's errors and closes what is not a channel's; one keeper does that for all channels."""
        if hasattr(app.ctx, "open_paths"):
            return
        app.config.REQUEST_MAX_SIZE = MAX_REQUEST_BYTES
        app.ctx.open_paths = OPEN_PATHS
        for kind in (SanicException, NotFound, MethodNotSupported, InvalidUsage, PayloadTooLarge, Exception):
            app.error_handler.add(kind, self.answer)
        app.register_listener(self._stand_in_front, "before_server_start")
        app.ctx.upkeep = Housekeeping(installed_content().clinic.retention_days)
        app.ctx.upkeep.attach(app)

    async def _stand_in_front(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Comes before Rasa's own CORS, which takes its place at the start of the server and would answer preflights for us."""
        app.request_middleware.appendleft(self.open_or_close)

    def answer(self, request: Request, error: Exception) -> HTTPResponse:
        """The answer to a request that failed before or outside a channel."""
        return self.error(error).response(SECURITY_HEADERS)

    def error(self, error: Exception) -> ApiError:
        """An error of the server in the interface's form."""
        if isinstance(error, PayloadTooLarge):
            return ApiError(413, "too_long", self._replies.fixed("too_long")["text"])
        if isinstance(error, NotFound):
            return ApiError(404, "not_found", NOTHING_HERE)
        if isinstance(error, MethodNotSupported):
            return ApiError(405, "method_not_allowed", "This address takes another method.", dict(error.headers))
        if isinstance(error, InvalidUsage):
            return ApiError(400, "malformed", "This is no HTTP request that the server understands.")
        outages.record_failure("server", error)
        return ApiError(503, "unavailable", self._replies.fixed("outage")["text"])

    def open_or_close(self, request: Request) -> HTTPResponse | None:
        """Hides everything but the channels from other machines, and tells a browser which pages may use them."""
        if is_open(request.path, request.app.ctx.open_paths):
            return self._preflight(request) if request.method == "OPTIONS" and is_open(request.path, OPEN_PATHS) else None
        if is_from_this_machine(request.ip, is_forwarded(request)):
            return None
        return self.error(NotFound("")).response(SECURITY_HEADERS)

    def _preflight(self, request: Request) -> HTTPResponse:
        origin = request.headers.get("Origin")
        allowed = PREFLIGHT if origin in self._allowed_origins else {}
        return empty(headers={**SECURITY_HEADERS, **cors_headers(origin, self._allowed_origins), **allowed})


class ProtectedBlueprint(Blueprint):
    """A blueprint that also sets the door keeper to watch the server."""

    def __init__(self, name: str, keeper: AccessControl) -> None:
        super().__init__(name)
        self.ctx.keeper = keeper

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Adds the routes to a server."""
        super().register(app, options)
        self.ctx.keeper.watch(app)

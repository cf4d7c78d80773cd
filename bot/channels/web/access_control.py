"""Which paths other machines may reach, and which pages of other hosts may use them.

Rasa's own HTTP API (`rasa run --enable-api`) can read every conversation and replace the model. Here it answers this machine only.
"""

from __future__ import annotations

import ipaddress
from asyncio import AbstractEventLoop
from collections.abc import Collection

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot.channels.web.cors import PREFLIGHT
from bot.channels.web.server_errors import not_found

OPEN_PATHS = ("/chat", "/webhooks")
PROXY_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


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
    return any(path == root or path.startswith(f"{root}/") for root in open_paths)


class AccessControl:
    """Sanic middleware that hides all but the channels from other machines and answers browsers' preflight requests."""

    def __init__(self, allowed_origins: Collection[str]) -> None:
        """Opens the paths of the HTTP channels.

        Args:
            allowed_origins: Origins of the pages that may use them.
        """
        self._allowed_origins = allowed_origins
        self._open_paths: tuple[str, ...] = OPEN_PATHS

    def register(self, app: Sanic) -> None:
        """Checks the requests to a server."""
        app.register_listener(self._check_first, "before_server_start")

    def open(self, path: str) -> None:
        """Lets other machines reach a further path and all that lies below it."""
        self._open_paths = (*self._open_paths, path)

    async def _check_first(self, app: Sanic, _: AbstractEventLoop) -> None:
        """Comes before Rasa's own CORS, which takes its place at the start of the server and would answer preflights for us."""
        app.request_middleware.appendleft(self.check)

    def check(self, request: Request) -> HTTPResponse | None:
        """The answer to a request that must not reach a route, or None if it may."""
        if not is_open(request.path, self._open_paths):
            return None if is_from_this_machine(request.ip, is_forwarded(request)) else not_found().response()
        if request.method == "OPTIONS" and is_open(request.path, OPEN_PATHS):
            return self._preflight(request)
        return None

    def _preflight(self, request: Request) -> HTTPResponse:
        return empty(headers=PREFLIGHT if request.headers.get("Origin") in self._allowed_origins else {})

"""The headers of every response, set in one place."""

from __future__ import annotations

from collections.abc import Collection

from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.channels.web.cors import cors_headers

INTERFACE_VERSION = "1"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
VERSION_HEADER = {"Assistant-Interface": INTERFACE_VERSION}


class ResponseHeaders:
    """Sanic middleware that completes the responses of a server."""

    def __init__(self, allowed_origins: Collection[str]) -> None:
        """Sets no header yet.

        Args:
            allowed_origins: Origins of the pages that may read a response.
        """
        self._allowed_origins = allowed_origins

    async def add(self, request: Request, response: BaseHTTPResponse) -> None:
        """Adds the headers to a response, except to public pages and files: those say themselves how long they may be kept.

        Args:
            request: The request.
            response: The response, which is changed.
        """
        if "Cache-Control" in response.headers:
            return
        response.headers.update(SECURITY_HEADERS)
        response.headers.update(VERSION_HEADER)
        response.headers.update(cors_headers(request.headers.get("Origin"), self._allowed_origins))

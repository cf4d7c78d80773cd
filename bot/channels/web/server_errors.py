"""The answers to requests that failed before or outside a channel: in the interface's form, with the emergency line."""

from __future__ import annotations

from sanic import Sanic
from sanic.exceptions import InvalidUsage, MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.content import response_names
from bot.conversation.errors import ApiError
from bot.conversation.replies import Replies
from bot.observability import outages

NOTHING_HERE = "There is nothing here. The chat is at /chat/."


def not_found() -> ApiError:
    """The error for an address that leads nowhere, or that must look so."""
    return ApiError(404, "not_found", NOTHING_HERE)


class ServerErrors:
    """Answers a server's errors."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def register(self, app: Sanic) -> None:
        """Takes over the errors of a server."""
        for kind in (SanicException, NotFound, MethodNotSupported, InvalidUsage, PayloadTooLarge, Exception):
            app.error_handler.add(kind, self.answer)

    def answer(self, request: Request, error: Exception) -> HTTPResponse:
        """The response to a request that failed."""
        return self.error(error).response()

    def error(self, error: Exception) -> ApiError:
        """An error of the server in the interface's form."""
        if isinstance(error, PayloadTooLarge):
            return ApiError(413, "too_long", self._replies.fixed(response_names.TOO_LONG)["text"])
        if isinstance(error, NotFound):
            return not_found()
        if isinstance(error, MethodNotSupported):
            return ApiError(405, "method_not_allowed", "This address takes another method.", dict(error.headers))
        if isinstance(error, InvalidUsage):
            return ApiError(400, "malformed", "This is no HTTP request that the server understands.")
        outages.record_failure("server", error)
        return ApiError(503, "unavailable", self._replies.fixed(response_names.OUTAGE)["text"])

"""Errors of the interface, as JSON with a message for the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.errors import AssistantError


class ApiError(AssistantError):
    """A request that is refused.

    Attributes:
        status: The HTTP status.
        code: A stable name for programs.
        message: What to tell the person.
        headers: Further headers.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def response(self, messages: Sequence[dict[str, Any]] = ()) -> HTTPResponse:
        """The HTTP response.

        Args:
            messages: The reply that the person gets all the same, for example an emergency card.
        """
        error = {"code": self.code, "message": self.message, **({"messages": list(messages)} if messages else {})}
        return json_response({"error": error}, status=self.status, headers=self.headers)

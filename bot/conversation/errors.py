"""Errors of the interface, as JSON that a person could read."""

from __future__ import annotations

from typing import Any

from sanic.response import HTTPResponse
from sanic.response import json as json_response


class ApiError(Exception):
    """A request that gets an error reply.

    Attributes:
        status: The HTTP status.
        code: A stable name for programs.
        message: What to tell the person.
        headers: Further headers.
        extra: Further parts of the error object.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.extra = extra

    def response(self, headers: dict[str, str] | None = None) -> HTTPResponse:
        """The HTTP response, with further headers."""
        body = {"error": {"code": self.code, "message": self.message, **self.extra}}
        return json_response(body, status=self.status, headers={**self.headers, **(headers or {})})

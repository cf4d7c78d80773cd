"""Reads a request's body up to a limit and checks all that is in it. The parsing functions are pure."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from sanic.request import Request

from bot.conversation.errors import ApiError
from bot.conversation.incoming import MAX_CHARACTERS, Incoming, typed, without_command

MAX_BODY_BYTES = 262_144
MESSAGE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class RequestBody:
    """What was read of a body.

    Attributes:
        data: The bytes, at most as many as were asked for.
        is_cut: Whether there were more.
    """

    data: bytes
    is_cut: bool = False


async def read_at_most(request: Request, limit: int) -> RequestBody:
    """Reads a request's body up to a limit; what is beyond is never held in memory.

    Args:
        request: A request to a route that streams.
        limit: Bytes.
    """
    data = bytearray()
    while request.stream.request_body:
        data += await request.stream.read() or b""
        if len(data) > limit:
            return RequestBody(bytes(data[:limit]), is_cut=True)
    return RequestBody(bytes(data))


def _malformed(problem: str) -> ApiError:
    return ApiError(400, "malformed", problem)


def parse_object(data: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty one if there is no body.

    Raises:
        ApiError: It is something else.
    """
    try:
        value = json.loads(data) if data else {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _malformed("The body must be a JSON object.")
    return value


def cut_value(data: bytes, key: str) -> str:
    """The beginning of a text in a body that was cut, or an empty text if there is none.

    Args:
        data: The first part of a JSON object.
        key: Name of the text.
    """
    unit = r'[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u]'
    found = re.search(rf'"{key}"\s*:\s*"((?:{unit}){{0,{MAX_CHARACTERS}}})', data.decode("utf-8", "replace"))
    quoted = found.group(1) if found else ""
    try:
        return str(json.loads(f'"{quoted}"', strict=False))
    except ValueError:  # an escape sequence that JSON does not know
        return quoted.replace("\\", " ")


def cut_message(data: bytes, key: str = "text") -> Incoming:
    """What can be read of a message that is far too long, so that a danger sign in it is still seen."""
    message_id = cut_value(data, "id")
    known = message_id if MESSAGE_ID.fullmatch(message_id) else uuid.uuid4().hex
    return Incoming(known, without_command(cut_value(data, key)[:MAX_CHARACTERS]), is_too_long=True)


def parse_message(body: RequestBody, payloads: Set[str]) -> Incoming:
    """The message in a body.

    Args:
        body: What was read.
        payloads: What the assistant's buttons can send.

    Raises:
        ApiError: There is no message in it.
    """
    if body.is_cut:
        return cut_message(body.data)
    message = parse_object(body.data)
    if not isinstance(message.get("id"), str) or not MESSAGE_ID.fullmatch(message["id"]):
        raise _malformed("'id' must be a string of 8 to 64 letters, digits and hyphens, such as a UUID.")
    if "payload" in message:
        if not isinstance(message["payload"], str) or message["payload"] not in payloads:
            raise _malformed("'payload' must be the payload of a button that was shown.")
        return Incoming(message["id"], message["payload"], is_button=True)
    if not isinstance(message.get("text"), str):
        raise _malformed("'text' must be a string, or there must be a 'payload'.")
    return typed(message["id"], message["text"])


def parse_sign_in(body: RequestBody) -> str | None:
    """The portal's token in the body that opens a session, or None if there is none.

    Raises:
        ApiError: The body is malformed.
    """
    token = None if body.is_cut else parse_object(body.data).get("sign_in")
    if body.is_cut or not isinstance(token, (str, type(None))):
        raise _malformed('The body must be empty or JSON such as {} or {"sign_in": "<token>"}.')
    return token

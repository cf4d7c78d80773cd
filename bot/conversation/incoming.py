"""A person's message, the same for all channels."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CHARACTERS = 2_000


@dataclass(frozen=True)
class Incoming:
    """A person's message.

    Attributes:
        id: The client's id of the message.
        text: What was typed, cut to the maximum length, or a button's payload.
        is_button: Whether `text` is a payload.
        is_too_long: Whether the text was cut.
    """

    id: str
    text: str
    is_button: bool = False
    is_too_long: bool = False


def without_command(text: str) -> str:
    """A typed text in quotes if it begins with a slash: Rasa would take it for a command."""
    stripped = text.strip()
    return f"“{stripped}”" if stripped.startswith("/") else stripped


def typed(message_id: str, text: str) -> Incoming:
    """The message for a typed text, cut to the maximum length; Rasa does not take it for a command."""
    return Incoming(message_id, without_command(text[:MAX_CHARACTERS]), is_too_long=len(text) > MAX_CHARACTERS)

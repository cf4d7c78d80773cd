"""A person's message, whichever channel it came by."""

from __future__ import annotations

from dataclasses import dataclass

MAX_CHARACTERS = 2_000


@dataclass(frozen=True)
class Incoming:
    """A person's message.

    Attributes:
        id: The client's id of it.
        text: What was typed, as far as it fits, or a button's payload.
        is_button: Whether it is a payload.
        is_too_long: Whether more was typed than fits.
    """

    id: str
    text: str
    is_button: bool = False
    is_too_long: bool = False


def without_command(text: str) -> str:
    """A typed text that Rasa does not take for a command, which begins with a slash."""
    stripped = text.strip()
    return f"“{stripped}”" if stripped.startswith("/") else stripped


def typed(message_id: str, text: str) -> Incoming:
    """A text that somebody typed, bounded and without the force of a command."""
    return Incoming(message_id, without_command(text[:MAX_CHARACTERS]), is_too_long=len(text) > MAX_CHARACTERS)

"""What all fault tests ask of a reply, and how they wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.talk import Talk, Turn

SECONDS_FOR_A_REPLY = 8.0
DANGER = "my dad is having a seizure right now"
SECRET = "zanzibar"  # a word that no log may hold


class PromptTalk(Talk):
    """A talk in which no reply may take longer than a person is told to wait."""

    def __init__(self, url: str, token: str | None = None) -> None:
        super().__init__(url, token)
        self.client.timeout = SECONDS_FOR_A_REPLY


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.1)


def is_outage_text(turn: Turn) -> bool:
    """Whether a reply says that something is not working, with the emergency number."""
    return turn.kinds == ["fallback"] and "911" in turn.text and "not working" in turn.text


def is_emergency(turn: Turn) -> bool:
    """Whether a reply is the emergency card, with a number to call."""
    return turn.first["meta"]["kind"] == "emergency" and turn.level == "emergency" and bool(turn.first["meta"]["actions"])


def logged(file: Path, words: str) -> bool:
    return words in file.read_text(encoding="utf-8", errors="replace")


def items_asked(talk: Talk) -> list[str]:
    """The checklist items of a talk in the order in which they were asked."""
    shown = [message["meta"]["step"]["item"] for message in talk.history() if message.get("meta", {}).get("step")]
    return [item for place, item in enumerate(shown) if place == 0 or item != shown[place - 1]]

"""The evaluation sets: messages with the levels and topics that a careful triage nurse could accept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clinical.triage import LEVELS

SETS = Path(__file__).parent / "sets"
CALM = {"info", "none"}


@dataclass(frozen=True)
class Record:
    """One message with its labels."""

    id: str
    text: str
    levels: frozenset[str]
    topics: frozenset[str] | None
    tags: tuple[str, ...]
    why: str

    @property
    def is_emergency(self) -> bool:
        return self.levels == {"emergency"}

    @property
    def is_calm(self) -> bool:
        return self.levels <= CALM

    @property
    def lowest(self) -> int:
        return min(LEVELS.index(level) for level in self.levels)

    @property
    def length(self) -> str:
        words = len(self.text.split())
        return "1-6 words" if words < 7 else "7-20 words" if words <= 20 else "21-60 words" if words <= 60 else "over 60 words"


def _lines(name: str) -> list[dict[str, Any]]:
    file = Path(name) if name.endswith(".jsonl") else SETS / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_set(name: str) -> list[Record]:
    """Reads a set of the project by its name, or a file in the record format by its path.

    Args:
        name: `test`, `development`, `ordinary`, `hard`, or a path that ends in `.jsonl`.
    """
    return [
        Record(
            data["id"],
            data["text"],
            frozenset(data["expect_level"]),
            frozenset(data["expect_topic"]) if data["expect_topic"] else None,
            tuple(data["tags"]) or ("untagged",),
            data["why"],
        )
        for data in _lines(name)
    ]


def read_dialogues(name: str) -> list[dict[str, Any]]:
    """Reads the dialogues of `test` or `development`: opening, facts, wording, interruptions, accepted outcome."""
    return _lines(f"dialogues-{name}")

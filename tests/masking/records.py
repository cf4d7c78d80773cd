"""The labelled texts, and the count of what a masker found in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

SETS = Path(__file__).with_name("sets")
KINDS = ("name", "phone", "email")
_TAG = re.compile(r"<(name|phone|email)>(.*?)</\1>")
Span = tuple[str, int, int]


@dataclass(frozen=True)
class Record:
    """A text and the personal details in it."""

    text: str
    spans: tuple[Span, ...]


def read(line: str) -> Record:
    """Takes the marks out of a line and keeps where they stood."""
    spans: list[Span] = []
    text, last = "", 0
    for match in _TAG.finditer(line):
        text += line[last : match.start()]
        spans.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return Record(text + line[last:], tuple(spans))


def records(name: str) -> list[Record]:
    """One set: a text a line, lines that begin with # are notes."""
    lines = (SETS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [read(line) for line in lines if line and not line.startswith("#")]


@dataclass
class Count:
    """What a masker did with a set."""

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    clean_texts: int = 0


def count(masker: Callable[[str], Iterable[Span]], over: Iterable[Record]) -> Count:
    """Counts a detail as found if all its letters and digits are covered; a mask that touches no detail is a false one."""
    result = Count()
    for record in over:
        spans = list(masker(record.text))
        covered = {position for _, start, end in spans for position in range(start, end)}
        result.clean_texts += not record.spans
        for kind, start, end in record.spans:
            result.labelled[kind] += 1
            whole = all(position in covered or not record.text[position].isalnum() for position in range(start, end))
            result.found[kind] += whole
            if not whole:
                result.missed.append(f"{kind}: {record.text[start:end]!r} in {record.text!r}")
        for kind, start, end in spans:
            if not any(start < last and first < end for _, first, last in record.spans):
                result.wrong.append(f"{kind}: {record.text[start:end]!r} in {record.text!r}")
    return result

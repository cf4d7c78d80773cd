"""Masks telephone numbers, e-mail addresses and names in what a person typed. A pure function; nothing is learned, nothing is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.privacy.names import name_rules
from bot.privacy.phones import find_phones

_ENDING = r"(?:com|org|net|edu|gov|uk|ie|us|ca|au|nz|info|io|de|fr|es|pl|in|co)"
_PART = r"[\w+-]{1,40}"
_DOT = r"(?:\.|\s{1,3}dot\s{1,3})"
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_EMAIL_IN_WORDS = re.compile(
    rf"(?<![\w+-]){_PART}(?:{_DOT}{_PART}){{0,3}}\s{{1,3}}(?:at|\(at\)|\[at\])\s{{1,3}}{_PART}(?:{_DOT}{_PART}){{0,3}}?{_DOT}{_ENDING}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Private:
    """A personal detail in a text.

    Attributes:
        kind: `name`, `phone` or `email`.
        start: Position of the first character.
        end: Position after the last character.
    """

    kind: str
    start: int
    end: int


def find_private(text: str) -> list[Private]:
    """The personal details in a text, in order and without overlaps."""
    found = [Private("email", match.start(), match.end()) for pattern in (_EMAIL, _EMAIL_IN_WORDS) for match in pattern.finditer(text)]
    found += [Private("phone", start, end) for start, end in find_phones(text)]
    found += [Private("name", start, end) for start, end in name_rules().find(text)]
    kept: list[Private] = []
    for private in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or private.start >= kept[-1].end:
            kept.append(private)
        elif private.end > kept[-1].end:
            kept[-1] = Private(kept[-1].kind, kept[-1].start, private.end)
    return kept


def mask(text: str) -> str:
    """Replaces personal details by `[name]`, `[phone]` or `[email]`. Masking a masked text changes nothing."""
    parts, last = [], 0
    for private in find_private(text):
        parts += [text[last : private.start], f"[{private.kind}]"]
        last = private.end
    return "".join([*parts, text[last:]])

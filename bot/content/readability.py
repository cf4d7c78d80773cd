"""Reading level and sentence length of a text, measured with textstat."""

from __future__ import annotations

import re

import textstat

MAX_WORDS_IN_SENTENCE = 20
_NEUTRAL = {
    "emergency_number": "911",
    "emergency_calls": "911",
    "crisis_line": "988",
    "clinic_name": "the clinic",
    "clinic_line": "555",
    "pump_line": "555",
    "privacy": "",
    "retention_days": "30",
    "danger_reason": "a fit",
    "reason": "missed doses",
}


def plain(text: str) -> str:
    """The text with placeholders replaced by short stand-ins."""
    return re.sub(r"\{(\w+)\}", lambda match: _NEUTRAL.get(match.group(1), ""), text)


def reading_grade(text: str, names: list[str]) -> float:
    """Flesch-Kincaid grade of a text, with the given drug and disease names left out.

    Args:
        text: One or more sentences.
        names: Names that do not count.
    """
    kept = plain(text)
    for name in sorted(names, key=len, reverse=True):
        kept = re.sub(rf"\b{re.escape(name)}\b", "it", kept, flags=re.IGNORECASE)
    return float(textstat.flesch_kincaid_grade(kept))


def long_sentences(text: str) -> list[str]:
    """Sentences of more than 20 words."""
    sentences = re.split(r"(?<=[.!?:])\s+", plain(text))
    return [sentence for sentence in sentences if len(sentence.split()) > MAX_WORDS_IN_SENTENCE]

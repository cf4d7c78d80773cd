"""Messages that are too short or too strange to be read as sentences: calls for help, single vague words, no words at all."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.nlu.rule_files import read_rules


@lru_cache(maxsize=1)
def _call_for_help() -> re.Pattern[str]:
    return re.compile(read_rules("short_messages.yml")["call_for_help"], re.IGNORECASE)


def is_call_for_help(text: str) -> bool:
    """Whether a message is nothing but a call for help, such as "SOS" or an emergency number."""
    return _call_for_help().fullmatch(text) is not None


def has_no_words(text: str) -> bool:
    """Whether a message has no letters of any script: digits, signs or pictures only."""
    return not any(char.isalpha() for char in text)

"""Whether a message says that emergency help is under way now: only that closes an alarm."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.nlu.rule_files import read_rules


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rules = read_rules("help_under_way.yml")
    return re.compile("|".join(rules["under_way"]), re.IGNORECASE), re.compile("|".join(rules["not_yet"]), re.IGNORECASE)


def is_help_under_way(text: str) -> bool:
    """Whether emergency help has been called or has arrived: an ambulance, a hospital, a clinician at the person's side.

    A call back, a carer this evening or a nurse on Friday is no such help.

    Args:
        text: A cleaned text.
    """
    under_way, not_yet = _patterns()
    return under_way.search(text) is not None and not_yet.search(text) is None

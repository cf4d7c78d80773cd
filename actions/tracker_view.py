"""What several actions need: the content, and a conversation read from the SDK's tracker."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from bot.clinical.checklist import only_answers
from bot.content import Content, installed_content
from bot.content.intents import FALLBACK, UNCLEAR
from bot.privacy.masking import mask

_NO_BRACES = str.maketrans("{}[]", "()()")  # Rasa reads braces in a text as slots


def content() -> Content:
    """The checked content of this process."""
    return installed_content()


def findings(tracker: Tracker) -> dict[str, str]:
    """The checklist answers so far."""
    return only_answers(content(), tracker.slots)


def entities(tracker: Tracker, name: str) -> list[str]:
    """Values of an entity in the last message, in order, without repeats."""
    found = (tracker.latest_message or {}).get("entities") or []
    return list(dict.fromkeys(str(e["value"]) for e in found if e.get("entity") == name))


def last_intent(tracker: Tracker) -> str:
    """Intent of the last message, empty if there is none."""
    return str(((tracker.latest_message or {}).get("intent") or {}).get("name") or "")


def user_turns(tracker: Tracker) -> list[dict[str, Any]]:
    """The person's messages in this session, oldest first."""
    turns: list[dict[str, Any]] = []
    for event in tracker.events:
        if event.get("event") == "session_started":
            turns = []
        elif event.get("event") == "user":
            turns.append(event)
    return turns


def fallbacks_in_a_row(tracker: Tracker) -> int:
    """How many of the last messages in a row were not understood, the last one included."""
    count = 0
    for turn in reversed(user_turns(tracker)):
        if ((turn.get("parse_data") or {}).get("intent") or {}).get("name") not in (FALLBACK, UNCLEAR):
            break
        count += 1
    return count


def own_words(tracker: Tracker) -> dict[str, str]:
    """What the person typed for each finding, with personal details masked; answers given by button are left out."""
    words: dict[str, str] = {}
    items = content().items
    for turn in user_turns(tracker):
        text = str(turn.get("text") or "")
        parsed = (turn.get("parse_data") or {}).get("entities") or []
        named = {str(e.get("entity")) for e in parsed}
        situations = {str(e.get("value")) for e in parsed if e.get("entity") == "situation"}
        named |= {s.finding for name, s in content().triage.situations.items() if name in situations and s.finding}
        for item in named & set(items):
            if text.startswith("/"):
                words.pop(item, None)
            else:
                words[item] = mask(text).translate(_NO_BRACES)
    return words

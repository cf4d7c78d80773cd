"""Names of responses and of the form, so that no code spells one out twice."""

from __future__ import annotations

FORM = "checklist_form"

# Fixed responses that code sends by name; content/messages.yml and content/advice.yml hold their texts.
CHANGE_WHICH = "utter_change_which"
CHECKLIST_AT_START = "utter_checklist_at_start"
CHECKLIST_INTRO = "utter_checklist_intro"
CHECKLIST_NOT_UNDERSTOOD = "utter_checklist_not_understood"
CHECKLIST_STOPPED = "utter_checklist_stopped"
CHECKLIST_STUCK = "utter_checklist_stuck"
CLARIFY = "utter_clarify"
CLARIFY_GIVE_UP = "utter_clarify_give_up"
CRISIS = "utter_crisis"
CRISIS_LINE = "utter_crisis_line"
EMERGENCY = "utter_emergency"
EMERGENCY_LINE = "utter_emergency_line"
HAPPENING_NOW = "utter_happening_now"
NON_ENGLISH = "utter_non_english"
NOTHING_OPEN = "utter_nothing_open"
NOTHING_TO_CHANGE = "utter_nothing_to_change"
OUTAGE = "utter_outage"
POSSIBLE_DANGER = "utter_possible_danger"
RATE_LIMITED = "utter_rate_limited"
SESSION_ENDED = "utter_session_ended"
SIGN_IN_REFUSED = "utter_sign_in_refused"
SMALLTALK_CAPABILITIES = "utter_smalltalk_capabilities"
STARTED_OVER = "utter_started_over"
TOO_LONG = "utter_too_long"
WELCOME = "utter_welcome"
SENT_BY_CODE = frozenset(value for name, value in dict(globals()).items() if name.isupper() and str(value).startswith("utter_"))


def utter(name: str) -> str:
    """A fixed response by the name of its text."""
    return f"utter_{name}"


def answer(topic: str) -> str:
    """The short answer to a topic."""
    return f"utter_answer_{topic}"


def more(topic: str) -> str:
    """The longer part of an answer."""
    return f"utter_more_{topic}"


def question(item: str) -> str:
    """A checklist question, under the name that Rasa's forms look for."""
    return f"utter_ask_{FORM}_{item}"


def help_with(item: str) -> str:
    """What a checklist question means."""
    return f"utter_help_{item}"


def outcome(level: str) -> str:
    """The card of a level."""
    return f"utter_outcome_{level}"

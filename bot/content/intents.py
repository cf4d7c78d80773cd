"""Names of intents that code decides by, and the families that an intent's name tells."""

from __future__ import annotations

CRISIS = "crisis"
EMERGENCY = "emergency"
DANGER_CONFIRMED = "danger_confirmed"
DANGER_NOT_NOW = "danger_not_now"
POSSIBLE_DANGER = "possible_danger"
FALLBACK = "nlu_fallback"
HELP_ON_THE_WAY = "help_on_the_way"
REFUSE_CALL = "refuse_call"
NON_ENGLISH = "non_english"
ANSWER_CHECKLIST = "answer_checklist"
REPORT_NO_PROBLEM = "report_no_problem"
REPORT_WORSE_SPASTICITY = "report_worse_spasticity"
CHECK_SYMPTOMS = "check_symptoms"
TALK_TO_HUMAN = "talk_to_human"
_QUESTION = "ask_"
_REPORT = "report_"
_DANGER = "danger_"


def is_question(intent: str) -> bool:
    """Whether an intent asks for a curated answer."""
    return intent.startswith(_QUESTION)


def question_of(topic: str) -> str:
    """The intent that asks for a topic."""
    return f"{_QUESTION}{topic}"


def topic_of(intent: str) -> str:
    """The topic that a question asks for."""
    return intent.removeprefix(_QUESTION)


def is_report(intent: str) -> bool:
    """Whether an intent tells of something that goes on now, short of a danger sign."""
    return intent.startswith(_REPORT)


def is_danger_sign(intent: str) -> bool:
    """Whether the classifier's intent names a danger sign, `danger_confirmed` included."""
    return intent.startswith(_DANGER) and intent != DANGER_NOT_NOW


def holds_danger(intent: str) -> bool:
    """Whether an intent's examples hold a danger sign or self-harm."""
    return intent == CRISIS or intent.startswith(_DANGER)

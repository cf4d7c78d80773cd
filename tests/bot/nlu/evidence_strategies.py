"""Evidence and dialogue states for property tests of what is decided by them."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.content import load_content
from bot.content.intents import FALLBACK
from bot.nlu.evidence import DialogueState, MessageEvidence, StatementScore
from bot.nlu.mentions import CRISIS, DANGER_SIGN, NAMED, SITUATION, Mention
from bot.settings import CONTENT_DIR

CONTENT = load_content(CONTENT_DIR)
SIGNS, SITUATIONS = list(CONTENT.triage.danger_signs), list(CONTENT.triage.situations)
WORDS = "he was in the garden all day with us"
INTENTS = [
    "affirm",
    "deny",
    "not_sure",
    "skip_question",
    "greet",
    "thank",
    "goodbye",
    "ask_kidney",
    "ask_missed_dose",
    "report_ran_out",
    "report_no_problem",
    "danger_fever",
    "danger_other",
    "crisis",
    "help_on_the_way",
    "refuse_call",
    "out_of_scope",
    "share_background",
    "start_over",
    "stop_checklist",
    "check_symptoms",
    FALLBACK,
    "",
]
PROBABILITY = st.one_of(st.none(), st.floats(0, 1))
QUALIFIERS = st.frozensets(st.sampled_from(["negated", "hypothetical", "historical", "other_person"]), max_size=2)
MENTION = st.one_of(
    st.builds(
        Mention, st.sampled_from([*SIGNS, "unknown"]), st.sampled_from([DANGER_SIGN, NAMED]), st.integers(0, 50), QUALIFIERS, st.booleans()
    ),
    st.builds(Mention, st.sampled_from(SITUATIONS), st.just(SITUATION), st.integers(0, 50), QUALIFIERS, st.booleans()),
    st.builds(Mention, st.just(CRISIS), st.just(CRISIS), st.integers(0, 50), QUALIFIERS, st.booleans()),
)
TEXT = st.one_of(
    st.text(),
    st.sampled_from(
        ["yes", "no", "103.2", "not sure", "/restart", "no but he is shaking", "he is better now", "she's fine", "pump", WORDS]
    ),
)
STATEMENT = st.builds(StatementScore, st.sampled_from(["he was in the garden", "all day with us"]), st.floats(0, 1), st.floats(0, 1))
EVIDENCE = st.builds(
    MessageEvidence,
    text=TEXT,
    intent=st.sampled_from(INTENTS),
    confidence=st.floats(0, 1),
    runner_up=st.sampled_from(INTENTS),
    mentions=st.lists(MENTION, max_size=3).map(tuple),
    danger=PROBABILITY,
    crisis=PROBABILITY,
    signs=st.dictionaries(st.sampled_from(SIGNS), st.floats(0, 1)),
    statements=st.lists(STATEMENT, max_size=3).map(tuple),
    language=st.sampled_from([None, "es", "other"]),
)
STATE = st.builds(
    DialogueState, st.sampled_from([None, *CONTENT.items]), st.booleans(), st.booleans(), st.sampled_from([None, "emergency", "crisis"])
)


def evidence_of(text=WORDS, intent=FALLBACK, confidence=0.5, danger=0.0, crisis=0.0, **rest):
    """Evidence of a calm message, with whatever a test wants changed."""
    return MessageEvidence(text, intent, confidence, danger=danger, crisis=crisis, **rest)

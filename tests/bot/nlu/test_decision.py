"""The decision what a message is taken as: it can raise the urgency and never lowers it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.content import load_content
from bot.content.intents import FALLBACK
from bot.nlu.decision import DialogueState, MessageEvidence, Thresholds, decide, is_crisis, is_danger, may_be_danger
from bot.nlu.mentions import CRISIS, NAMED, Mention
from bot.settings import CONTENT_DIR

CONTENT = load_content(CONTENT_DIR)
T = Thresholds()
DANGER_ITEMS = [item.id for item in CONTENT.items.values() if item.kind == "danger_sign"]
ALARMS = {"emergency", "danger_confirmed", "crisis", "help_on_the_way", "refuse_call"}
SIGNS, SITUATIONS = list(CONTENT.triage.danger_signs), list(CONTENT.triage.situations)
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
        Mention,
        st.sampled_from([*SIGNS, "unknown"]),
        st.sampled_from(["danger_sign", NAMED]),
        st.integers(0, 50),
        QUALIFIERS,
        st.booleans(),
    ),
    st.builds(Mention, st.sampled_from(SITUATIONS), st.just("situation"), st.integers(0, 50), QUALIFIERS, st.booleans()),
    st.builds(Mention, st.just(CRISIS), st.just(CRISIS), st.integers(0, 50), QUALIFIERS, st.booleans()),
)
TEXT = st.one_of(
    st.text(),
    st.sampled_from(["yes", "no", "103.2", "not sure", "/restart", "no but he is shaking", "he is better now", "she's fine", "pump"]),
)
HEARD = st.builds(
    MessageEvidence,
    text=TEXT,
    intent=st.sampled_from(INTENTS),
    confidence=st.floats(0, 1),
    runner_up=st.sampled_from(INTENTS),
    mentions=st.lists(MENTION, max_size=3).map(tuple),
    danger=PROBABILITY,
    crisis=PROBABILITY,
    signs=st.dictionaries(st.sampled_from(SIGNS), st.floats(0, 1)),
    language=st.sampled_from([None, "es", "other"]),
)
SITUATION = st.builds(DialogueState, st.sampled_from([None, *CONTENT.items]), st.booleans(), st.sampled_from([None, "emergency", "crisis"]))
FEVER = Mention("high_fever", "danger_sign", 0)
NO_FEVER = dataclasses.replace(FEVER, qualifiers=frozenset({"negated"}))
SELF_HARM = Mention(CRISIS, CRISIS, 0)


def hear(text="x", intent=FALLBACK, confidence=0.5, danger=0.0, crisis=0.0, **rest):
    return MessageEvidence(text, intent, confidence, danger=danger, crisis=crisis, **rest)


def taken(evidence, **state):
    return decide(CONTENT, evidence, DialogueState(**state), T)


@settings(max_examples=1000, deadline=None)
@given(HEARD, SITUATION)
def test_danger_is_always_an_alarm_outside_the_checklist_or_when_a_rule_finds_it(evidence, state):
    in_checklist = state.open_item is not None
    assume(is_danger(evidence, T) or is_crisis(evidence, T, in_checklist))
    by_rule = any(mention.kind == "danger_sign" and mention.present for mention in evidence.mentions)
    assume(by_rule or is_crisis(evidence, T, in_checklist) or not in_checklist)
    assert decide(CONTENT, evidence, state, T).intent in ALARMS


@settings(max_examples=1000, deadline=None)
@given(HEARD, SITUATION)
def test_danger_that_the_classifier_is_very_sure_of_is_an_alarm_in_the_checklist_too(evidence, state):
    evidence = dataclasses.replace(evidence, text=f"{evidence.text} zebra", danger=T.sure_in_checklist, signs={})
    assert decide(CONTENT, evidence, state, T).intent in ALARMS


def test_a_fragment_that_answers_the_open_question_needs_a_surer_classifier():
    evidence = hear(text="it's little white ones, three times a day by mouth", danger=0.6, intent="danger_overdose")
    assert taken(evidence, open_item="route").intent == "answer_checklist"
    assert taken(dataclasses.replace(evidence, danger=0.9), open_item="route").intent == "emergency"


@settings(max_examples=500, deadline=None)
@given(HEARD, SITUATION)
def test_deciding_never_raises_and_always_names_an_intent(evidence, state):
    decision = decide(CONTENT, evidence, state, T)
    assert decision.intent or evidence.intent == ""
    assert 0 <= decision.confidence <= 1


@settings(max_examples=500, deadline=None)
@given(HEARD, SITUATION)
def test_self_harm_comes_before_everything(evidence, state):
    evidence = dataclasses.replace(evidence, mentions=(*evidence.mentions, SELF_HARM), crisis=0.1)
    assert decide(CONTENT, evidence, state, T).intent == "crisis"


def test_a_rule_for_self_harm_counts_where_the_classifier_is_sure_of_some_danger():
    evidence = hear("ya no quiere vivir", danger=0.8, crisis=0.0, signs={"altered_mental_state": 0.7}, mentions=(SELF_HARM,))
    assert decide(CONTENT, evidence, DialogueState(), T).intent == "crisis"
    assert decide(CONTENT, dataclasses.replace(evidence, danger=0.01), DialogueState(), T).intent != "crisis"


@pytest.mark.parametrize(("crisis", "intent"), [(0.19, "emergency"), (0.21, "crisis")])
def test_self_harm_may_stand_beside_a_likelier_sign(crisis, intent):
    evidence = hear("x", danger=0.9, crisis=crisis, signs={"overdose": 0.7})
    assert decide(CONTENT, evidence, DialogueState(), T).intent == intent


def test_a_share_of_the_likeliest_sign_is_enough_for_self_harm():
    evidence = hear("x", danger=0.9, crisis=0.13, signs={"overdose": 0.3})
    assert decide(CONTENT, evidence, DialogueState(), T).intent == "crisis"


@settings(max_examples=500, deadline=None)
@given(HEARD, st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_more_danger_from_the_classifier_never_turns_danger_off(evidence, scores):
    less, more = (is_danger(dataclasses.replace(evidence, danger=score), T) for score in scores)
    assert more >= less


@settings(max_examples=500, deadline=None)
@given(HEARD, MENTION)
def test_another_mention_never_turns_danger_off(evidence, mention):
    assert is_danger(dataclasses.replace(evidence, mentions=(*evidence.mentions, mention)), T) >= is_danger(evidence, T)


@settings(max_examples=500, deadline=None)
@given(HEARD, SITUATION)
def test_finding_slots_only_get_values_that_the_checklist_offers(evidence, state):
    for name, value in decide(CONTENT, evidence, state, T).entities:
        if name in CONTENT.items:
            assert value in {choice.value for choice in CONTENT.choices_of(name)}


@settings(max_examples=300, deadline=None)
@given(HEARD)
def test_a_classifier_that_names_danger_is_an_alarm_or_a_question_by_itself(evidence):
    evidence = dataclasses.replace(evidence, intent="danger_seizure")
    assert decide(CONTENT, evidence, DialogueState(), T).intent in ALARMS | {"possible_danger"}


def test_a_danger_intent_with_some_danger_is_an_alarm():
    assert taken(hear(intent="danger_seizure", danger=T.with_intent)).intent == "emergency"


def test_a_doubtful_word_about_the_sign_just_asked_for_has_its_question_asked_again():
    evidence = hear("her wee is a nice pale straw", intent="danger_muscle_breakdown", danger=0.7, signs={"muscle_breakdown": 0.7})
    assert taken(evidence, open_item="muscle_breakdown").intent == FALLBACK


def test_a_doubtful_word_about_another_sign_is_asked_about_in_the_checklist():
    evidence = hear("she is talking to the curtain", intent="danger_hallucination", danger=0.7, signs={"hallucinations": 0.7})
    assert taken(evidence, open_item="seizure").intent == "possible_danger"


def test_an_answer_of_plain_words_is_no_self_harm_in_the_checklist():
    evidence = hear("it's the tablets", intent="crisis", danger=0.95, crisis=0.95)
    assert taken(evidence, open_item="route").intent == "answer_checklist"


def test_a_classifier_that_is_very_sure_of_self_harm_is_a_crisis_in_the_checklist_too():
    evidence = hear("I wrote the letters last night", intent="crisis", danger=0.95, crisis=0.95)
    assert taken(evidence, open_item="seizure").intent == "crisis"


def test_a_calm_report_that_all_is_well_answers_the_open_question_with_no():
    evidence = hear("he's fully with it, beat me at Scrabble", intent="report_no_problem", danger=0.01)
    assert dict(taken(evidence, open_item="altered_mental_state").entities) == {"altered_mental_state": "no"}


def test_a_report_that_all_is_well_in_doubtful_words_answers_nothing():
    evidence = hear("he's fully with it, beat me at Scrabble", intent="report_no_problem", danger=T.calm)
    assert taken(evidence, open_item="altered_mental_state").intent != "answer_checklist"


def test_the_classifier_alone_can_raise_an_alarm():
    assert taken(hear(danger=0.9)).intent == "emergency"


def test_a_rule_with_some_support_raises_an_alarm():
    assert taken(hear(danger=(T.with_rule + T.sure) / 2, mentions=(FEVER,))).intent == "emergency"


def test_a_rule_alone_decides_when_the_classifier_failed():
    assert taken(hear(danger=None, mentions=(FEVER,))).intent == "emergency"


def test_a_negated_sign_does_not_silence_a_sure_classifier():
    assert taken(hear(danger=0.9, mentions=(NO_FEVER,))).intent == "emergency"


def test_a_negated_sign_is_no_alarm_by_itself():
    assert taken(hear(intent="greet", danger=0.05, mentions=(NO_FEVER,))).intent == "greet"


def test_doubt_is_asked_about():
    assert taken(hear(danger=(T.possible + T.sure) / 2)).intent == "possible_danger"


def test_a_failed_classifier_makes_a_negated_sign_a_doubt():
    assert may_be_danger(CONTENT, hear(danger=None, mentions=(NO_FEVER,)), DialogueState(), T)


def test_an_alarm_names_the_sign_its_finding_and_the_reason():
    entities = dict(taken(hear(danger=0.9, mentions=(FEVER,))).entities)
    assert entities == {"danger_sign": "high_fever", "high_fever": "yes", "danger_reason": "a high fever"}


def test_an_alarm_without_a_rule_names_the_likeliest_sign():
    assert dict(taken(hear(danger=0.9, signs={"seizure": 0.7, "overdose": 0.1})).entities)["danger_sign"] == "seizure"


def test_an_alarm_without_any_named_sign_is_still_an_alarm():
    assert taken(hear(danger=0.9)).entities == ()


def test_two_signs_are_both_named_in_the_reason():
    seizure = Mention("seizure", "danger_sign", 9)
    assert dict(taken(hear(danger=0.9, mentions=(FEVER, seizure))).entities)["danger_reason"] == "a high fever and a seizure"


@pytest.mark.parametrize("item", DANGER_ITEMS)
def test_yes_to_a_danger_sign_confirms_it(item):
    decision = taken(hear("yes", "affirm"), open_item=item)
    assert decision.intent == "danger_confirmed"
    assert dict(decision.entities)[item] == "yes"


@pytest.mark.parametrize(("text", "value"), [("no", "no"), ("not sure", "not_sure")])
def test_an_answer_to_the_open_question_is_taken_as_that(text, value):
    assert taken(hear(text), open_item="seizure").entities == (("seizure", value),)


def test_a_report_that_answers_the_open_question_is_taken_as_that_answer():
    decision = taken(hear("missed two days", "report_missed_doses"), open_item="missed_dose")
    assert (decision.intent, decision.entities) == ("answer_checklist", (("missed_dose", "yes"),))


def test_a_danger_sign_in_an_answer_escalates_first():
    decision = taken(hear("no but he is burning up", danger=0.6, mentions=(FEVER,)), open_item="seizure")
    assert decision.intent == "emergency"


def test_a_bare_no_is_an_answer_even_if_the_classifier_is_jumpy():
    assert taken(hear("no", "deny", danger=0.6), open_item="constipation").intent == "answer_checklist"


def test_a_side_question_in_the_checklist_stays_a_question():
    assert taken(hear("what is a pump?", "ask_routes"), open_item="seizure").intent == "ask_routes"


@pytest.mark.parametrize(
    ("intent", "expected"), [("affirm", "danger_confirmed"), ("deny", "danger_not_now"), ("not_sure", "possible_danger")]
)
def test_the_answer_to_is_it_happening_now_is_understood(intent, expected):
    assert taken(hear(intent=intent), asked_if_happening=True).intent == expected


@pytest.mark.parametrize("intent", ["help_on_the_way", "refuse_call"])
def test_what_follows_an_alarm_is_heard_while_it_is_open(intent):
    assert taken(hear(intent=intent), alarm="emergency").intent == intent


def test_an_open_alarm_does_not_hide_self_harm():
    assert taken(hear(intent="help_on_the_way", crisis=0.9), alarm="emergency").intent == "crisis"


@pytest.mark.parametrize("text", ["/restart", '/affirm{"x":1}', " /session_start", '"/greet'])
@pytest.mark.parametrize("item", [None, "seizure"])
def test_a_typed_command_is_not_understood(text, item):
    assert taken(hear(text, "greet"), open_item=item).intent == FALLBACK


def test_a_typed_command_with_a_danger_sign_is_an_alarm():
    assert taken(hear("/x he has a seizure", danger=0.9)).intent == "emergency"


def test_another_language_is_told_apart():
    assert taken(hear("hola", language="es")).entities == (("language", "es"),)


def test_danger_comes_before_another_language():
    assert taken(hear("hola seizure", danger=0.9, language="es")).intent == "emergency"


def test_a_report_carries_all_situations_that_were_named():
    pump = Mention("pump_problem", "situation", 3)
    decision = taken(hear(intent="report_ran_out", mentions=(pump,)))
    assert decision.entities == (("situation", "ran_out"), ("situation", "pump_problem"))


def test_a_situation_that_is_only_asked_about_is_not_reported():
    pump = Mention("pump_problem", "situation", 3, question=True)
    assert taken(hear(intent="report_ran_out", mentions=(pump,))).entities == (("situation", "ran_out"),)


def test_a_question_carries_the_sign_that_it_mentions():
    named = Mention("seizure", NAMED, 0)
    assert taken(hear(intent="ask_withdrawal_symptoms", mentions=(named,))).entities == (("mentioned_sign", "seizure"),)


@pytest.mark.parametrize(
    ("crisis", "mentions", "expected"),
    [(0.5, (), True), (0.1, (SELF_HARM,), True), (None, (SELF_HARM,), True), (0.1, (), False), (None, (), False)],
)
def test_self_harm_is_heard_from_rules_and_classifier(crisis, mentions, expected):
    assert is_crisis(hear(crisis=crisis, mentions=mentions), T) is expected

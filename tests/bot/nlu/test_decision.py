"""What a message is taken as: the decision can raise the urgency and never lowers it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings

from bot.content.intents import FALLBACK
from bot.nlu.decision import decide
from bot.nlu.evidence import DialogueState, StatementScore
from bot.nlu.mentions import CRISIS, DANGER_SIGN, NAMED, Mention
from bot.nlu.zones import Thresholds, Zone, danger_zone, self_harm_zone
from tests.bot.nlu.evidence_strategies import CONTENT, EVIDENCE, STATE, evidence_of

T = Thresholds()
DANGER_ITEMS = [item.id for item in CONTENT.items.values() if item.kind == "danger_sign"]
ALARMS = {"emergency", "danger_confirmed", "crisis", "help_on_the_way", "help_not_under_way", "refuse_call"}
QUESTIONS = {"possible_danger", "possible_self_harm", "check_symptoms"}
FEVER = Mention("high_fever", DANGER_SIGN, 0)
NO_FEVER = dataclasses.replace(FEVER, qualifiers=frozenset({"negated"}))
SELF_HARM = Mention(CRISIS, CRISIS, 0)
hear = evidence_of


def taken(evidence, **state):
    return decide(CONTENT, evidence, DialogueState(**state), T)


@settings(max_examples=500, deadline=None)
@given(EVIDENCE)
def test_danger_that_is_heard_is_an_alarm_outside_the_checklist(evidence):
    evidence = dataclasses.replace(evidence, language=None)
    if danger_zone(evidence, DialogueState(), T) is Zone.HEARD:
        assert decide(CONTENT, evidence, DialogueState(), T).intent in ALARMS | {"possible_self_harm"}


@settings(max_examples=500, deadline=None)
@given(EVIDENCE, STATE)
def test_a_sign_that_a_rule_finds_never_ends_in_less_than_a_question(evidence, state):
    evidence = dataclasses.replace(evidence, mentions=(*evidence.mentions, FEVER))
    taken_as = decide(CONTENT, evidence, state, T)
    asks = any(name == "mentioned_sign" for name, _ in taken_as.entities)
    answers_it = taken_as.intent == "answer_checklist" and state.open_item == "high_fever"
    assert taken_as.intent in ALARMS | QUESTIONS or asks or answers_it


@settings(max_examples=500, deadline=None)
@given(EVIDENCE, STATE)
def test_self_harm_that_a_rule_finds_never_ends_in_less_than_a_question(evidence, state):
    evidence = dataclasses.replace(evidence, mentions=(*evidence.mentions, SELF_HARM))
    taken_as = decide(CONTENT, evidence, dataclasses.replace(state, open_item=None), T)
    assert taken_as.intent in {"crisis", "possible_self_harm"}


@settings(max_examples=500, deadline=None)
@given(EVIDENCE, STATE)
def test_self_harm_that_is_heard_comes_before_everything(evidence, state):
    if self_harm_zone(evidence, state, T) is Zone.HEARD:
        assert decide(CONTENT, evidence, state, T).intent == "crisis"


def test_a_fragment_that_answers_the_open_question_needs_a_surer_classifier():
    evidence = hear(text="it's little white ones, three times a day by mouth", danger=0.6, intent="danger_overdose")
    assert taken(evidence, open_item="route").intent == "answer_checklist"
    assert taken(dataclasses.replace(evidence, danger=0.9), open_item="route").intent == "emergency"


@settings(max_examples=500, deadline=None)
@given(EVIDENCE, STATE)
def test_deciding_never_raises_and_always_names_an_intent(evidence, state):
    decision = decide(CONTENT, evidence, state, T)
    assert decision.intent or evidence.intent == ""
    assert 0 <= decision.confidence <= 1


@settings(max_examples=500, deadline=None)
@given(EVIDENCE, STATE)
def test_finding_slots_only_get_values_that_the_checklist_offers(evidence, state):
    for name, value in decide(CONTENT, evidence, state, T).entities:
        if name in CONTENT.items:
            assert value in {choice.value for choice in CONTENT.choices_of(name)}


def test_a_doubtful_word_about_the_sign_just_asked_for_has_its_question_asked_again():
    evidence = hear("her wee is a nice pale straw", intent="danger_muscle_breakdown", danger=0.7, signs={"muscle_breakdown": 0.7})
    assert taken(evidence, open_item="muscle_breakdown").intent == FALLBACK


def test_a_doubtful_word_about_another_sign_is_asked_about_in_the_checklist():
    evidence = hear("she is talking to the curtain", intent="danger_hallucination", danger=0.7, signs={"hallucinations": 0.7})
    assert taken(evidence, open_item="seizure").intent == "possible_danger"


def test_a_calm_report_that_all_is_well_answers_the_open_question_with_no():
    evidence = hear("he's fully with it, beat me at Scrabble", intent="report_no_problem", danger=0.01)
    assert dict(taken(evidence, open_item="altered_mental_state").entities) == {"altered_mental_state": "no"}


def test_a_report_that_all_is_well_in_doubtful_words_answers_nothing():
    evidence = hear("he's fully with it, beat me at Scrabble", intent="report_no_problem", danger=T.calm)
    assert taken(evidence, open_item="altered_mental_state").intent != "answer_checklist"


def test_the_classifier_alone_can_raise_an_alarm():
    assert taken(hear(danger=0.9)).intent == "emergency"


def test_a_rule_with_some_support_raises_an_alarm():
    assert taken(hear(danger=T.with_rule, mentions=(FEVER,))).intent == "emergency"


def test_a_rule_alone_decides_when_the_classifier_failed():
    assert taken(hear(danger=None, mentions=(FEVER,))).intent == "emergency"


def test_a_negated_sign_does_not_silence_a_sure_classifier():
    assert taken(hear(danger=0.9, mentions=(NO_FEVER,))).intent == "emergency"


def test_a_negated_sign_is_no_alarm_by_itself():
    assert taken(hear(intent="greet", danger=0.05, mentions=(NO_FEVER,))).intent == "greet"


def test_an_alarm_names_the_sign_its_finding_and_the_reason():
    entities = dict(taken(hear(danger=0.9, mentions=(FEVER,))).entities)
    assert entities == {"danger_sign": "high_fever", "high_fever": "yes", "danger_reason": "a high fever"}


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
    ("intent", "expected"), [("affirm", "danger_confirmed"), ("deny", "danger_not_now"), ("not_sure", "check_symptoms")]
)
def test_the_answer_to_is_it_happening_now_is_understood(intent, expected):
    assert taken(hear(intent=intent), asked_if_happening=True).intent == expected


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
    assert taken(hear("hola seizure", danger=0.9, language="es", mentions=(FEVER,))).intent == "emergency"


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


def test_doubt_is_asked_about():
    assert taken(hear(danger=T.possible)).intent == "possible_danger"


def test_the_danger_screen_is_not_asked_twice_in_a_row():
    assert taken(hear(danger=T.possible), asked_if_happening=True).intent == "check_symptoms"


def test_a_sign_that_is_told_after_the_screen_is_an_alarm():
    assert taken(hear("he is so hot", mentions=(FEVER,)), asked_if_happening=True).intent == "emergency"


def test_to_name_a_sign_is_to_choose_it_on_the_screen():
    named = Mention("seizure", NAMED, 0)
    assert dict(taken(hear("seizure", mentions=(named,)), asked_if_happening=True).entities)["seizure"] == "yes"


def test_a_card_without_a_rule_quotes_the_person_and_names_no_sign():
    entities = dict(taken(hear("he went all floppy and will not answer", danger=0.99, signs={"seizure": 0.9})).entities)
    assert list(entities) == ["danger_reason"]
    assert "he went all floppy and will not answer" in entities["danger_reason"]


def test_a_quote_is_masked_and_has_no_braces():
    reason = dict(taken(hear("call 07700 900123 {now} he went all floppy", danger=0.99)).entities)["danger_reason"]
    assert "900123" not in reason
    assert "{" not in reason


def test_a_long_message_is_quoted_by_its_gravest_statement():
    statements = (StatementScore("a long story about nothing", 0.0, 0.0), StatementScore("he turned a nasty shade", 0.99, 0.0))
    reason = dict(taken(hear("a long story about nothing. he turned a nasty shade", danger=0.9, statements=statements)).entities)
    assert "he turned a nasty shade" in reason["danger_reason"]
    assert "nothing" not in reason["danger_reason"]


def test_courtesy_does_not_silence_a_rule():
    assert taken(hear("thanks, he is having a seizure", "thank", mentions=(FEVER,))).intent == "possible_danger"


def test_an_urgent_report_with_a_doubtful_sign_gets_its_card_and_the_screen():
    entities = taken(hear(intent="report_ran_out", danger=0.0, mentions=(FEVER,))).entities
    assert ("situation", "ran_out") in entities
    assert ("mentioned_sign", "high_fever") in entities


def test_a_doubt_about_self_harm_is_asked_about():
    assert taken(hear(crisis=0.0, mentions=(SELF_HARM,))).intent == "possible_self_harm"


@pytest.mark.parametrize(("intent", "expected"), [("affirm", "crisis"), ("not_sure", "crisis"), ("deny", "self_harm_denied")])
def test_the_answer_to_the_question_about_self_harm_is_understood(intent, expected):
    assert taken(hear("x", intent), asked_about_self_harm=True).intent == expected


def test_doubt_after_the_question_about_self_harm_is_a_crisis():
    assert taken(hear(crisis=T.possible_crisis), asked_about_self_harm=True).intent == "crisis"


def test_help_that_is_under_way_closes_an_alarm():
    assert taken(hear("the ambulance is here", "thank"), alarm="emergency").intent == "help_on_the_way"


def test_help_that_comes_later_closes_nothing():
    assert taken(hear("the carer comes at 6", "help_on_the_way"), alarm="emergency").intent == "help_not_under_way"


def test_a_refusal_is_heard_while_an_alarm_is_open():
    assert taken(hear("no way", "refuse_call"), alarm="emergency").intent == "refuse_call"


def test_a_sign_that_goes_on_closes_nothing():
    assert taken(hear("the ambulance is here, he is burning up", danger=0.9, mentions=(FEVER,)), alarm="emergency").intent == "emergency"


@pytest.mark.parametrize("text", ["help", "🆘", "911"])
def test_a_call_for_help_gets_the_screen(text):
    assert taken(hear(text, "talk_to_human")).intent == "possible_danger"


@pytest.mark.parametrize("text", ["weird", "pain", "my baby"])
def test_a_word_or_two_that_name_nothing_are_asked_about(text):
    assert taken(hear(text, "danger_confusion", danger=0.9)).intent == FALLBACK


@pytest.mark.parametrize("text", ["12345", "🌧️", "?!"])
def test_what_has_no_words_is_not_understood(text):
    assert taken(hear(text, "danger_other", danger=0.9)).intent == FALLBACK


def test_a_language_that_the_classifier_cannot_read_is_no_emergency_by_guess():
    assert taken(hear("czy ktos tu mowi po polsku", danger=0.6, language="pl")).intent == "non_english"

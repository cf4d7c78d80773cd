"""Danger signs by rule: what is present is never read as negated, past, asked about or somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.danger_rules import danger_rules
from bot.nlu.rule_files import read_rules, rules_digest
from bot.nlu.text import clean

PRESENT = [
    "no fever but he's seeing things on the wall",
    "No fever, no seizure, but she can't be woken",
    "he isn't sick, he's having a seizure",
    "there is no doubt he is hallucinating",
    "not only is she confused she is burning up",
    "he's not just stiff, he is seizing",
    "nobody answers the phone and mum is unconscious",
    "the clinic is not picking up, my heart is racing",
    "he doesn't know where he is",
    "she's not making any sense",
    "he is not breathing properly, barely breathing",
    "I can't wake him",
    "no change, still confused and burning up",
    "he isn't better, he is having a fit right now",
    "we have no car and her lips are blue",
    "no idea why but his urine is dark brown like cola",
    "without his baclofen he is rigid as a board",
    "she never had fits before but she is having a seizure now",
    "never seen him so confused",
    "it's not the flu, temp is 104.2",
    "the paracetamol is not helping, temp still 40.1",
    "no relief, worst spasms of my life",
    "not sure if it matters but he keeps hearing voices",
    "he is not himself, raving and hitting everyone",
    "there's nothing wrong with the pump but he's unresponsive",
    "I haven't slept, my whole body is locked solid",
    "no pain, chest tightness though",
    "can't feel any relief, bp 200/120",
    "not normal for him: seeing people who aren't there",
    "no history of epilepsy, having a seizure",
    "no UTI, no constipation, just sudden severe spasms",
    "fever not coming down, 40.2",
    "the seizure isn't stopping",
    "not confused yesterday, confused today",
    "fever is not gone, still boiling to touch",
    "no amount of baclofen helps the constant spasms",
    "no medicine stops the seizures",
    "none of us can wake him up",
    "I am not kidding, chest pain",
    "this is not a drill, having a seizure",
    "no response, unconscious",
    "not responding, blue lips",
    "didn't get baclofen for 3 days, hallucinating",
    "I missed no doses but I'm having violent spasms",
    "if only he would wake up, he's unconscious",
    "what if he dies, he is unresponsive",
    "worried about dad, he is hallucinating",
    "I'm worried about his racing heart",
    "ever since the refill he is confused",
    "used to be calm, is agitated and raving",
    "last year he was fine, he is delirious today",
    "history of MS, having a seizure",
    "when should I call, he is unconscious",
    "my neighbour says to ask: my husband is unresponsive",
    "a history of spinal injury and my head is pounding",
    "I read the leaflet, he is hallucinating",
    "my dog is barking and my wife is having a seizure",
    "seizure, pump is fine",
    "hallucinating and temp was normal",
    "severe spasms, none of his meds help",
    "he's seizing and none of us know what to do",
    "not good. pulse 150",
    "no, he is confused",
]
NEGATED = [
    "no fever, seizures or confusion",
    "no seizures, no hallucinations",
    "no sign of a seizure",
    "he isn't confused",
    "he is not confused",
    "not hallucinating",
    "never had a seizure",
    "I don't have a high fever or chest pain",
    "no headache, fever or chest pain",
    "without any hallucinations so far",
    "seizures: none",
    "he denies hallucinations",
]
HYPOTHETICAL = [
    "what if I have a seizure",
    "could he start hallucinating",
    "watch out for hallucinations",
    "if he gets confused should I call",
    "can it cause hallucinations",
    "I'm worried about hallucinations",
]
HISTORICAL = [
    "I had a seizure in 2018",
    "he had fits years ago",
    "a seizure in 2016, nothing since",
    "a history of seizures",
    "as a child he had a seizure",
]
OTHERS = [
    "they had a seizure in the film",
    "a man on tv was having a seizure",
    "my neighbour had a stroke",
    "my dog is having a seizure",
    "I read about people hallucinating",
]


def signs(text):
    return [mention for mention in danger_rules().find(clean(text)) if mention.kind == "danger_sign"]


def present(text):
    return {mention.name for mention in signs(text) if mention.present}


def all_have(text, qualifier):
    found = signs(text)
    return bool(found) and all(qualifier in mention.qualifiers for mention in found)


@pytest.mark.parametrize("text", PRESENT)
def test_a_danger_sign_that_is_there_stays_present(text):
    assert present(text)


@pytest.mark.parametrize("text", NEGATED)
def test_a_danger_sign_that_is_denied_is_negated(text):
    assert all_have(text, "negated")


@pytest.mark.parametrize("text", HYPOTHETICAL)
def test_a_danger_sign_that_is_only_imagined_is_hypothetical(text):
    assert all_have(text, "hypothetical")


@pytest.mark.parametrize("text", HISTORICAL)
def test_a_danger_sign_of_long_ago_is_historical(text):
    assert all_have(text, "historical")


@pytest.mark.parametrize("text", OTHERS)
def test_a_danger_sign_of_somebody_far_off_is_of_another_person(text):
    assert all_have(text, "other_person")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my legs locked solid", "rebound_spasticity"),
        ("dad is burning up", "high_fever"),
        ("104.2", "high_fever"),
        ("39.9 C", "high_fever"),
        ("she is talking gibberish", "altered_mental_state"),
        ("hearing voices again", "hallucinations"),
        ("bp 190/110", "fast_heart_or_high_bp"),
        ("pulse 150", "fast_heart_or_high_bp"),
        ("he threw a fit on the floor", "seizure"),
        ("my wee is the colour of cola", "muscle_breakdown"),
        ("6 breaths a minute", "oversedation"),
        ("took the whole bottle", "overdose"),
        ("crushing pain in my chest", "other_life_threat"),
    ],
)
def test_each_danger_sign_is_found_in_patients_words(text, name):
    assert name in present(text)


@pytest.mark.parametrize(
    "text",
    [
        "98.6",
        "37.2 C",
        "bp 120/80",
        "pulse 72",
        "16 breaths a minute",
        "I feel fine",
        "how does baclofen work",
        "thanks",
        "sorry I took 5 tablets",
        "",
    ],
)
def test_usual_messages_name_no_danger_sign(text):
    assert present(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "she'd be better off dead",
        "how many would kill me",
        "I don't want to wake up",
        "lethal dose of baclofen",
        "he says he'll drink poison",
        "I am standing on a bridge",
        "she jumped from the balcony",
        "he no longer wants to live",
        "mi hermano ya no quiere vivir",
        "he doesn't expect to see his birthday",
        "those pills are my ticket out",
    ],
)
def test_thoughts_of_self_harm_are_found(text):
    assert any(mention.kind == "crisis" for mention in danger_rules().find(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my pump is beeping", "pump_problem"),
        ("we ran out of baclofen", "ran_out"),
        ("I missed three doses", "missed_doses"),
        ("I stopped taking it", "stopped"),
    ],
)
def test_situations_are_found(text, name):
    assert name in {mention.name for mention in danger_rules().find(text) if mention.kind == "situation"}


def test_a_list_of_negations_does_not_reach_the_sign_after_it():
    assert present("no cough, no cold, no rash, he's hallucinating") == {"hallucinations"}


def test_a_negation_does_not_reach_the_next_line():
    assert present("no fever\nseizure") == {"seizure"}


def test_each_clause_is_judged_by_itself():
    found = {mention.name: mention.present for mention in signs("no seizure but he's seeing things")}
    assert found == {"seizure": False, "hallucinations": True}


@pytest.mark.parametrize(
    ("text", "asked"), [("is he hallucinating?", True), ("he is hallucinating", False), ("he is hallucinating. why?", False)]
)
def test_a_sign_in_a_question_is_marked(text, asked):
    assert signs(text)[0].question is asked


def test_a_bare_name_is_no_danger_sign():
    assert [mention.kind for mention in danger_rules().find("tell me about fevers")] == ["named"]


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_finding_never_raises(text):
    assert isinstance(danger_rules().find(clean(text)), list)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["", "hi there. ", "I am at home. ", "thanks for asking. "]),
    st.sampled_from(PRESENT),
    st.sampled_from(["", ". please help", ". what now?"]),
)
def test_sentences_around_it_do_not_hide_a_sign(before, text, after):
    assert present(before + text + after)


def test_the_digest_follows_the_rule_files(tmp_path, monkeypatch):
    before = rules_digest()
    (tmp_path / "context.yml").write_text("changed: true", encoding="utf-8")
    monkeypatch.setattr("bot.nlu.rule_files.RULES_DIR", tmp_path)
    assert rules_digest() != before


def test_no_phrase_stands_under_two_directions_of_one_category():
    for directions in read_rules("context.yml")["modifiers"].values():
        phrases = [phrase for settings_ in directions.values() for phrase in settings_["words"]]
        assert len(phrases) == len(set(phrases))


@pytest.mark.parametrize("text", ["he is having a séizure", "shè is hallúcinating right now", "no fever but he is having a seizüre"])
def test_accents_do_not_hide_a_danger_sign(text):
    assert any(mention.present and mention.kind == "danger_sign" for mention in danger_rules().find(clean(text)))


@pytest.mark.parametrize(
    "text",
    [
        "does baclofen cause seizures",
        "can it give you a fever and confusion",
        "what are the signs, is confusion one",
        "hi, why do people get seizures when they stop",
        "is a seizure part of withdrawal",
        "how fast do seizures come",
    ],
)
def test_a_question_without_a_question_mark_is_one(text):
    assert all(mention.question for mention in danger_rules().find(text))


@pytest.mark.parametrize(
    "text", ["is having a seizure", "can't wake him, he is unconscious", "dad is having a seizure", "won't stop having seizures"]
)
def test_a_statement_that_leaves_its_subject_out_is_no_question(text):
    found = [mention for mention in danger_rules().find(text) if mention.kind == "danger_sign"]
    assert found
    assert not any(mention.question for mention in found)

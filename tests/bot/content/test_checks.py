"""Checks across the content files: references, figures, drug names, length and reading level."""

from __future__ import annotations

import pytest

from bot.content.checks import MAX_WORDS_IN_SHORT_ANSWER
from bot.content.models import INTERFACE_ITEMS, INTERFACE_TOPICS

FIRST = 'say: "Baclofen relaxes muscles.", claims: [c01]'


def cut(copy, name, start, end):
    """Takes out the part from one text up to another."""
    text = copy.file(name).read_text(encoding="utf-8")
    first = text.index(start)
    last = text.index(end, first + 1) if end else len(text)
    copy.file(name).write_text(text[:first] + text[last:], encoding="utf-8")


def test_a_claim_that_no_answer_uses_is_located(copy):
    line = copy.append("claims", '  - {id: c73, section: mechanism, text: "Baclofen is white."}\n')
    error = copy.only_error()
    assert (error.file, error.line) == ("claims.yml", line)
    assert "no answer uses claim c73" in error.problem


def test_an_unknown_claim_is_located(copy):
    line = copy.edit("answers", FIRST, FIRST.replace("[c01]", "[c01, c99]"))
    error = copy.only_error()
    assert (error.file, error.line) == ("answers.yml", line)
    assert "c99" in error.problem


def test_a_claim_of_an_unlisted_section_is_located(copy):
    line = copy.edit("claims", "{id: c72, section: conclusion", "{id: c72, section: epilogue")
    error = copy.only_error()
    assert (error.file, error.line) == ("claims.yml", line)


def test_an_answer_without_claims_is_located(copy):
    line = copy.edit("answers", 'say: "Nobody fully knows why.", claims: [c38]', 'say: "Nobody fully knows why.", claims: []')
    assert line in {error.line for error in copy.errors()}


@pytest.mark.parametrize("figure", ["40 mg", "2.5", "3 days", "1,000"])
def test_a_figure_that_no_claim_has_is_located(copy, figure):
    line = copy.edit("answers", FIRST, f'say: "Baclofen relaxes muscles ({figure}).", claims: [c01]')
    error = copy.only_error()
    assert (error.file, error.line) == ("answers.yml", line)
    assert "figure" in error.problem


def test_a_figure_must_be_the_claims_own(copy):
    line = copy.edit("answers", "the pump dose was raised to 40 µg/day.", "the pump dose was raised to 400 µg/day.")
    error = copy.only_error()
    assert (error.line, "400" in error.problem) == (line, True)


@pytest.mark.parametrize("drug", ["Diazepam", "opioids", "BOTOX"])
def test_a_drug_that_no_claim_names_is_located(copy, drug):
    line = copy.edit("answers", FIRST, f'say: "Baclofen and {drug} relax muscles.", claims: [c01]')
    error = copy.only_error()
    assert (error.file, error.line) == ("answers.yml", line)
    assert drug.lower() in error.problem


def test_a_drug_may_not_be_named_on_the_safety_net_alone(copy):
    copy.edit("answers", "Ask your pharmacist about each medicine and drink you take.", "Ask your pharmacist about morphine.")
    assert "morphine" in copy.only_error().problem


def test_a_short_answer_over_sixty_words_is_located(copy):
    many = "It works. " * 25
    copy.edit("answers", FIRST, f'say: "{many}", claims: [c01]')
    error = copy.only_error()
    text = copy.file("answers").read_text(encoding="utf-8")
    assert error.file == "answers.yml"
    assert text.splitlines()[error.line - 1].strip().startswith(("short:", '- {say: "It works.'))
    assert "words" in error.problem


def test_a_short_answer_of_sixty_words_is_not_too_long(copy, content):
    words = sum(len(sentence.say.split()) for sentence in content.answers["mechanism"].short)
    copy.edit("answers", FIRST, f'say: "Baclofen relaxes muscles.{" Yes." * (MAX_WORDS_IN_SHORT_ANSWER - words)}", claims: [c01]')
    assert copy.load().answers


def test_a_card_that_reads_too_hard_is_located(copy):
    hard = "Precipitous discontinuation necessitates immediate hospitalisation. Anticipate considerable physiological deterioration. "
    copy.edit("advice", "That can be a threat to life, so please do not wait.", hard * 6)
    error = copy.only_error()
    text = copy.file("advice").read_text(encoding="utf-8")
    assert error.file == "advice.yml"
    assert text.splitlines()[error.line - 2 : error.line][0].strip() in ("emergency:", "cards:")
    assert "reads at grade" in error.problem


@pytest.mark.parametrize(
    ("name", "old"),
    [("answers", "Baclofen relaxes muscles."), ("checklist", "Is there constipation?"), ("messages", "I am here if anything changes.")],
)
def test_a_text_that_reads_too_hard_is_found_in_every_file(copy, name, old):
    hard = "Physiological manifestations necessitate interdisciplinary consideration. Epidemiological investigations substantiate it."
    copy.edit(name, old, hard)
    error = copy.only_error()
    assert error.file == f"{name}.yml"
    assert "reads at grade" in error.problem


def test_a_long_sentence_is_quoted(copy):
    long = "I am here if it is so or so or so or so or so or so or so or so or so."
    copy.edit("messages", "I am here if anything changes.", long)
    error = copy.only_error()
    assert error.file == "messages.yml"
    assert "too long: 'I am here if it is so" in error.problem


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("answers", "If any of these is there now, call {emergency_number}.", "If any of these is there now, call {number}."),
        ("advice", '"Call {emergency_number} now."', '"Call {number} now."'),
        ("messages", "You are welcome.", "You are welcome to {number}."),
        ("languages", "llame ahora: {emergency_calls}", "llame ahora: {number}"),
        ("checklist", "Is there constipation?", "Is there {number}?"),
        ("checklist", 'help: "Look at the heels', 'help: "{number} Look at the heels'),
        ("clinic", "kept on this clinic's server", "kept on {number}"),
    ],
)
def test_an_unknown_placeholder_is_located(copy, name, old, new):
    line = copy.edit(name, old, new)
    error = copy.only_error()
    assert error.file == f"{name}.yml"
    assert line - 4 <= error.line <= line
    assert "{number}" in error.problem


def test_an_unknown_button_is_located(copy):
    copy.edit(
        "messages",
        'text: "You are welcome. I am here if anything changes."\n    buttons: [check, ask]',
        'text: "You are welcome. I am here if anything changes."\n    buttons: [check, shop]',
    )
    error = copy.only_error()
    assert error.file == "messages.yml"
    assert "there is no button 'shop'" in error.problem


@pytest.mark.parametrize("topic", INTERFACE_TOPICS)
def test_a_missing_topic_is_named(copy, topic):
    cut(copy, "answers", f"  - topic: {topic}\n", "  - topic:" if topic != INTERFACE_TOPICS[-1] else "")
    assert any(f"topic '{topic}' has no answer" in error.problem and error.file == "answers.yml" for error in copy.errors())


@pytest.mark.parametrize("item", INTERFACE_ITEMS)
def test_a_missing_checklist_item_is_named(copy, item):
    cut(copy, "checklist", f"  - id: {item}\n", "  - id:" if item != INTERFACE_ITEMS[-1] else "")
    assert any(f"'{item}' is missing" in error.problem and error.file == "checklist.yml" for error in copy.errors())


@pytest.mark.parametrize("level", ["emergency", "crisis", "urgent", "soon"])
def test_a_missing_card_is_named(copy, level):
    following = {"emergency": "  crisis:", "crisis": "  urgent:", "urgent": "  soon:", "soon": "  info:"}[level]
    cut(copy, "advice", f"  {level}:\n", following)
    assert any(f"no card for '{level}'" in error.problem for error in copy.errors())


@pytest.mark.parametrize("name", ["outage", "emergency_line", "crisis_line", "too_long", "non_english", "welcome", "barrier"])
def test_a_missing_message_that_the_code_sends_is_named(copy, name):
    copy.edit("messages", f"  {name}:\n", f"  {name}_x:\n")
    assert any(name in error.problem and error.file == "messages.yml" for error in copy.errors())


@pytest.mark.parametrize("name", ["help_coming", "cannot_call", "start_over_now", "back", "stop"])
def test_a_missing_button_that_the_code_shows_is_named(copy, name):
    copy.edit("messages", f"  {name}: {{title", f"  {name}_x: {{title")
    assert any(name in error.problem and error.file == "messages.yml" for error in copy.errors())


def test_an_item_that_no_rule_of_triage_looks_at_is_located(copy):
    copy.append("checklist", '  - {id: mood, kind: trigger, choices: yes_no, question: "Q?", help: "H.", reason: r, topic: uses}\n')
    assert any("no rule looks at 'mood'" in error.problem for error in copy.errors())


def test_an_item_with_an_unknown_choice_set_is_located(copy):
    copy.edit("checklist", "    choices: spasms", "    choices: cramps")
    error = copy.only_error()
    assert error.file == "checklist.yml"
    assert "cramps" in error.problem


def test_a_choice_that_triage_cannot_rank_is_located(copy):
    copy.edit("checklist", '{value: "somewhat", title', '{value: "a_bit", title')
    error = copy.only_error()
    assert error.file == "checklist.yml"
    assert "a_bit" in error.problem


def test_a_danger_sign_that_offers_no_yes_is_an_error(copy):
    copy.edit("checklist", '    - {value: "yes", title: "Yes, sudden and severe"}\n', "")
    assert "rebound_spasticity" in copy.only_error().problem


def test_an_item_with_an_unknown_topic_is_an_error(copy):
    copy.edit("checklist", "    topic: kidney\n", "    topic: kidneys\n")
    assert "kidneys" in copy.only_error().problem


def test_an_item_that_waits_for_a_later_one_is_an_error(copy):
    copy.edit("checklist", "asked_when: {item: route,", "asked_when: {item: kidney_disease,")
    assert any("not asked before it" in error.problem for error in copy.errors())


def test_an_unknown_follow_up_topic_is_an_error(copy):
    copy.edit("answers", "follow_ups: [uses, timeline, side_effects]", "follow_ups: [uses, weather]")
    assert "weather" in copy.only_error().problem


def test_a_rule_about_an_unknown_item_is_located(copy):
    line = copy.edit("triage", "{any_of: [dose_increase], at", "{any_of: [dose_increse], at")
    assert ("triage.yml", line) in {(error.file, error.line) for error in copy.errors()}


def test_an_item_that_no_rule_looks_at_is_an_error(copy):
    copy.edit("triage", "constipation, pressure_sore, sedatives, kidney_disease]", "constipation, sedatives, kidney_disease]")
    assert "no rule looks at 'pressure_sore'" in copy.only_error().problem


@pytest.mark.parametrize(
    ("old", "new"),
    [("finding: seizure,", "finding: seizures,"), ("finding: pump_problem,", "finding: pump,")],
)
def test_a_sign_or_situation_with_an_unknown_finding_is_located(copy, old, new):
    line = copy.edit("triage", old, new)
    error = copy.only_error()
    assert (error.file, error.line) == ("triage.yml", line)


def test_a_situation_with_an_unknown_topic_is_located(copy):
    line = copy.edit("triage", "topic: pump_risks,", "topic: pumps,")
    error = copy.only_error()
    assert (error.file, error.line) == ("triage.yml", line)

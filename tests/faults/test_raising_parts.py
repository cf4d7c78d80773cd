"""Any component of the understanding, any policy and any action raises on a message: an outage text, and the talk goes on after it."""

from __future__ import annotations

import sys

import pytest

from tests.assistant_process import AssistantProcess
from tests.faults.faulty_process import ACTIONS, COMPONENTS, POLICIES
from tests.faults.helpers import DANGER, SECRET, PromptTalk, is_emergency, is_outage_text, items_asked, logged

PREDICTING = [*COMPONENTS, *POLICIES]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    process = AssistantProcess(tmp_path_factory.mktemp("state"))
    process.command = [sys.executable, "-W", "ignore", "-m", "tests.faults.faulty_process", "run"]
    process.start()
    yield process
    process.stop()


@pytest.fixture
def talk(faulty):
    return PromptTalk(faulty.url)


@pytest.mark.parametrize("part", PREDICTING)
def test_the_reply_is_the_outage_text(talk, part):
    assert is_outage_text(talk.say(f"break {part} {SECRET}"))


@pytest.mark.parametrize("part", PREDICTING)
def test_a_danger_sign_escalates(talk, part):
    assert is_emergency(talk.say(f"break {part} {DANGER}"))


@pytest.mark.parametrize("part", PREDICTING)
def test_a_checklist_goes_on_at_the_same_question(talk, part):
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    question = talk.turn
    assert is_outage_text(talk.say(f"no break {part}"))
    talk.turn = question
    assert talk.answer_rest().level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("part", PREDICTING)
def test_yes_to_a_danger_sign_escalates(talk, part):
    talk.start_checklist(until="seizure")
    assert is_emergency(talk.say(f"yes break {part}"))


def test_an_action_that_raises_gets_the_outage_text(talk):
    assert is_outage_text(talk.say(f"how does baclofen work break ActionAnswer {SECRET}"))


def test_an_action_that_raises_in_the_checklist_brings_no_outcome_and_loses_no_answer(talk):
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    question = talk.turn
    assert is_outage_text(talk.say("no break ValidateChecklistForm"))
    talk.turn = question
    assert talk.answer_rest().level == "urgent"


def test_the_log_names_the_parts_without_the_persons_words(faulty, talk):
    for part in (*PREDICTING, *ACTIONS):
        talk.say(f"how does baclofen work break {part} {SECRET}")
    for part in PREDICTING:
        assert logged(faulty.log_file, f"{part} failed with RuntimeError")
    assert logged(faulty.log_file, "action action_answer failed with RuntimeError")
    assert not logged(faulty.log_file, SECRET)

"""A real assistant and people who mean it ill, or hide what they say."""

from __future__ import annotations

import re

import pytest

from tests.hostile.seeds import ABUSE, ALL, CODE, COMMANDS, DANGER, INJECTIONS, disguises
from tests.talk import Talk

DISGUISED = [pytest.param(text, way, id=f"{text[:20]} | {name}") for text in DANGER for name, way in disguises(text).items()]
A_DOSE = re.compile(r"\b\d+\s*(mg|tablets?)\b", re.IGNORECASE)
ORDINARY = {"answer", "clarify", "fallback", "smalltalk", "question"}


@pytest.mark.parametrize(("plain", "disguised"), DISGUISED)
def test_no_disguise_hides_a_danger_word(talk, plain, disguised):
    assert talk.say(disguised).level == "emergency"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_typed_command_never_acts(talk, command):
    talk.start_checklist(until="seizure")
    before = [message for message in talk.history() if message["from"] == "user"]
    talk.say(command)
    assert talk.turn.item == "seizure" or talk.turn.level == "emergency"
    assert len([message for message in talk.history() if message["from"] == "user"]) == len(before) + 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_typed_command_does_not_end_an_alarm(talk, command):
    talk.say(DANGER[0])
    assert talk.say(command).level == "emergency"


@pytest.mark.parametrize("text", INJECTIONS)
def test_an_instruction_to_the_program_changes_nothing(talk, text):
    reply = talk.say(text)
    assert not A_DOSE.search(reply.text)
    assert reply.level == "emergency" or set(reply.kinds) <= ORDINARY
    assert talk.say("what is baclofen used for?").topics == ["uses"] or reply.level == "emergency"


@pytest.mark.parametrize("text", ABUSE)
def test_abuse_gets_the_ordinary_reply(talk, text):
    assert set(talk.say(text).kinds) <= ORDINARY
    assert talk.say("what is baclofen used for?").topics == ["uses"]


@pytest.mark.parametrize("text", CODE)
def test_code_is_not_run_and_not_filled_in(talk, text):
    reply = talk.say(text)
    assert "49" not in reply.text
    assert talk.history()[1]["text"].strip("“”") == text.strip().encode("utf-8", "replace").decode().strip("“”")


def test_one_talk_bears_everything_at_once(talk):
    for text in ALL:
        talk.post(text=text.encode("utf-8", "replace").decode())
    assert Talk(talk.url).say("what is baclofen used for?").topics == ["uses"]

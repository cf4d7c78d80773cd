"""The machine's clock jumps an hour forth, an hour back and a day back while people talk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assistant_process import AssistantProcess
from tests.faults.helpers import DANGER, PromptTalk, is_emergency, items_asked
from tests.services import missing

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    file = tmp_path_factory.mktemp("clock") / "offset"
    file.write_text("+0")
    return file


@pytest.fixture(scope="module")
def faulty(clock, tmp_path_factory):
    """An assistant whose clock follows a file."""
    if not LIBRARIES:
        missing("faketime")
    settings = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(clock)}
    switches = {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
    process = AssistantProcess(tmp_path_factory.mktemp("state"), **settings, **switches)
    process.start()
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def _right_time_again(clock):
    yield
    clock.write_text("+0")


def hours_shown(talk):
    return talk.history()[-1]["at"][:13]


@pytest.mark.parametrize("offset", ["+1h", "-1h", "-1d"])
def test_a_checklist_goes_on(faulty, clock, offset):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    before = hours_shown(talk)
    clock.write_text(offset)
    talk.answer("no")
    assert hours_shown(talk) != before, "the clock did not jump"
    assert is_emergency(PromptTalk(faulty.url).say(DANGER))
    assert talk.answer_rest().level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("offset", ["+1h", "-1h", "-1d"])
def test_an_alarm_stays_open(faulty, clock, offset):
    talk = PromptTalk(faulty.url)
    talk.say(DANGER)
    clock.write_text(offset)
    assert talk.say("what is baclofen").level == "emergency"


def test_there_and_back_again(faulty, clock):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    for offset in ("+1h", "+0", "-1h", "+0"):
        clock.write_text(offset)
        talk.answer("no")
    assert talk.answer_rest().level == "urgent"


def test_a_day_later_a_talk_starts_fresh(faulty, clock):
    talk = PromptTalk(faulty.url)
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    clock.write_text("+1d")
    assert talk.payload("/check_symptoms").item == "route"


def test_a_new_session_can_be_opened_with_a_wrong_clock(faulty, clock):
    clock.write_text("-1d")
    assert PromptTalk(faulty.url).say("hello").text

"""`rasa run` without its `rasa run actions`: Rasa alone would be silent, or say that a checklist is done."""

from __future__ import annotations

import sys

import pytest

from bot.serving.training import train_if_needed
from bot.settings import ROOT
from tests.assistant_process import AssistantProcess
from tests.faults.helpers import DANGER, PromptTalk, is_emergency, items_asked, logged
from tests.services import free_port


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("state")
    endpoints = folder / "endpoints.yml"
    shown = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    endpoints.write_text(shown.replace("localhost:5055", f"127.0.0.1:{free_port()}"), encoding="utf-8")
    model = train_if_needed(lambda line: None)
    process = AssistantProcess(folder, SQLALCHEMY_SILENCE_UBER_WARNING="1")
    rasa = [sys.executable, "-W", "ignore", "-m", "rasa", "run", "--interface", "127.0.0.1"]
    process.command = [*rasa, "--endpoints", str(endpoints), "--model", str(model)]
    process.start(until_ready=False)
    yield process
    process.stop()


def test_a_checklist_ends_with_the_right_outcome(faulty):
    talk = PromptTalk(faulty.url)
    outcome = talk.start_checklist(missed_dose="yes")
    assert (outcome.kinds[-1], outcome.level) == ("outcome", "urgent")
    asked = items_asked(talk)
    assert len(asked) == len(set(asked)) > 5


def test_a_danger_sign_escalates(faulty):
    assert is_emergency(PromptTalk(faulty.url).say(DANGER))


def test_the_log_names_the_fault(faulty):
    PromptTalk(faulty.url).payload("/ask_mechanism")
    assert logged(faulty.log_file, "action server failed with")

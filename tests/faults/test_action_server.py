"""The action server is down, slow, raising, or killed in mid checklist: the same actions run in the assistant, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.settings import ROOT
from tests.assistant_process import AssistantProcess
from tests.faults.helpers import DANGER, SECRET, PromptTalk, is_emergency, items_asked, logged, wait_until
from tests.services import free_port, wait_for_port

SECONDS_TO_START = 120


class ActionServer:
    """An action server that a test may start, freeze and kill."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> None:
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT, stdout=quiet, stderr=quiet)
        wait_for_port(self.port, SECONDS_TO_START)

    def start_sound(self) -> None:
        self.start("bot", "actions", "--port", str(self.port))

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None


@pytest.fixture(scope="module")
def server() -> ActionServer:
    return ActionServer()


@pytest.fixture(autouse=True)
def _no_server_left(server) -> Iterator[None]:
    yield
    server.kill()


@pytest.fixture(scope="module")
def faulty(server, tmp_path_factory):
    """An assistant whose action server has never been there."""
    url = f"http://127.0.0.1:{server.port}/webhook"
    process = AssistantProcess(tmp_path_factory.mktemp("state"), ASSISTANT_ACTIONS_URL=url)
    process.start(until_ready=False)
    yield process
    process.stop()


def until_logged(faulty, talk, words):
    """Talks until the assistant has asked its action server again."""
    seen = faulty.log_file.read_text().count(words)

    def said() -> bool:
        talk.payload("/ask_mechanism")
        return faulty.log_file.read_text().count(words) > seen

    wait_until(said)


def check_a_whole_checklist(talk):
    """Every item is asked once, and the outcome follows the answers."""
    outcome = talk.start_checklist(missed_dose="yes")
    assert outcome.kinds[-1] == "outcome"
    assert outcome.level == "urgent"
    asked = items_asked(talk)
    assert len(asked) == len(set(asked)) > 5


def test_down_a_checklist_ends_with_the_right_outcome(faulty):
    check_a_whole_checklist(PromptTalk(faulty.url))


def test_down_a_danger_sign_escalates(faulty):
    assert is_emergency(PromptTalk(faulty.url).say(DANGER))


def test_down_the_log_names_it(faulty):
    talk = PromptTalk(faulty.url)
    talk.say(f"what is baclofen {SECRET}")
    talk.payload("/ask_mechanism")
    assert logged(faulty.log_file, "action server failed with")
    assert not logged(faulty.log_file, SECRET)


def test_killed_in_mid_checklist_no_answer_is_lost(faulty, server):
    server.start_sound()
    talk = PromptTalk(faulty.url)
    until_logged(faulty, talk, "action server works again")
    talk.start_checklist(until="dose_increase", missed_dose="yes")
    server.kill()
    outcome = talk.answer_rest()
    assert (outcome.kinds[-1], outcome.level) == ("outcome", "urgent")
    asked = items_asked(talk)
    assert len(asked) == len(set(asked))


def test_slow_a_reply_comes_in_time_and_a_checklist_ends_rightly(faulty, server):
    server.start_sound()
    talk = PromptTalk(faulty.url)
    until_logged(faulty, talk, "action server works again")
    server.send(signal.SIGSTOP)
    check_a_whole_checklist(talk)
    assert logged(faulty.log_file, "TimeoutError")
    assert is_emergency(talk.say(DANGER))
    server.send(signal.SIGCONT)


def test_raising_a_checklist_ends_with_the_right_outcome(faulty, server):
    server.start("tests.faults.raising_actions", str(server.port))
    talk = PromptTalk(faulty.url)
    until_logged(faulty, talk, "ClientResponseError")
    check_a_whole_checklist(talk)
    assert is_emergency(talk.say(DANGER))
    assert not logged(faulty.log_file, SECRET)


def test_back_again_it_is_used_without_a_restart(faulty, server):
    talk = PromptTalk(faulty.url)
    talk.payload("/ask_mechanism")
    server.start_sound()
    until_logged(faulty, talk, "action server works again")
    assert talk.start_checklist().kinds[-1] == "outcome"

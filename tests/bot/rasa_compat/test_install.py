"""The replaced parts are put in place once, for the versions that they were written for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot import rasa_compat
from bot.rasa_compat import OtherVersionError, check_versions

LOOK = """
from bot import rasa_compat
rasa_compat.install()
rasa_compat.install()
import rasa.core.processor
from rasa.core.actions.action import RemoteAction
print(rasa.core.processor.DaskGraphRunner.__name__, RemoteAction._validate_action_result.__name__)
"""
JUDGE = """
from bot import rasa_compat
rasa_compat.install()
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from bot.rasa_compat.in_process_actions import CheckedResult
action = RemoteAction("action_answer", None)
assert action._validate_action_result(CheckedResult(events="not looked at"))
try:
    action._validate_action_result({"events": "text"})
except ValidationError:
    print("refused")
"""


def run(code: str) -> str:
    """Runs code in a process of its own: what it replaces stays replaced."""
    return subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_installed_versions_are_those_that_the_room_was_written_for():
    check_versions()


def test_another_version_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setitem(rasa_compat.WRITTEN_FOR, "rasa", "3.6.99")
    with pytest.raises(OtherVersionError, match=r"written for rasa 3\.6\.99.*README"):
        check_versions()


def test_installing_twice_replaces_once():
    assert run(LOOK) == "SequentialGraphRunner check_unless_known"


def test_rasa_still_checks_what_nobody_has_checked():
    assert run(JUDGE) == "refused"

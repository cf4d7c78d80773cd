"""Faults are told once for each outage, without the error's message."""

from __future__ import annotations

import pytest

from bot import faults

SECRET = "my dad has a fever"


@pytest.fixture(autouse=True)
def _no_faults(monkeypatch):
    monkeypatch.setattr(faults, "_listeners", [])


def test_a_fault_is_logged_with_the_part_and_the_kind_of_error(caplog):
    faults.report("database", OSError("full"))
    assert caplog.messages == ["database failed with OSError"]


def test_the_errors_message_is_not_logged(caplog):
    faults.report("database", ValueError(SECRET))
    assert SECRET not in caplog.text


def test_an_outage_is_logged_once(caplog):
    for _ in range(100):
        faults.report("database", OSError())
    assert len(caplog.messages) == 1


def test_parts_have_outages_of_their_own(caplog):
    faults.report("database", OSError())
    faults.report("redis", OSError())
    assert len(caplog.messages) == 2


def test_another_kind_of_error_is_logged_too(caplog):
    faults.report("database", OSError())
    faults.report("database", ValueError())
    assert caplog.messages[1] == "database still fails, now with ValueError: 2 faults so far"


def test_a_long_outage_is_logged_again_after_some_time(caplog, monkeypatch):
    faults.report("database", OSError())
    monkeypatch.setattr(faults, "REMIND_AFTER_SECONDS", 0.0)
    faults.report("database", OSError())
    assert len(caplog.messages) == 2


def test_the_end_of_an_outage_is_logged(caplog):
    faults.report("database", OSError())
    faults.works_again("database")
    assert caplog.messages[-1] == "database works again after 1 faults"


def test_a_part_that_always_worked_is_not_logged(caplog):
    faults.works_again("database")
    assert caplog.messages == []


def test_a_new_outage_is_logged_again(caplog):
    for _ in range(2):
        faults.report("database", OSError())
        faults.works_again("database")
    assert caplog.messages.count("database failed with OSError") == 2


def test_present_faults_can_be_asked_for():
    faults.report("database", OSError())
    assert faults.present() == {"database": "OSError"}
    faults.works_again("database")
    assert faults.present() == {}


def test_listeners_hear_of_every_fault():
    heard = []
    faults.listen(lambda part, kind: heard.append((part, kind)))
    for _ in range(3):
        faults.report("database", OSError())
    assert heard == [("database", "OSError")] * 3


def test_a_listener_that_fails_stops_nothing():
    def fail(part, kind):
        raise ValueError

    faults.listen(fail)
    faults.report("database", OSError())
    assert faults.present() == {"database": "OSError"}


def test_a_fault_without_an_error_has_a_name():
    faults.report("rasa", "no reply")
    assert faults.present() == {"rasa": "no reply"}

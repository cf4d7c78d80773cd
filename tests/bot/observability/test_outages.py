"""Faults are told once for each outage, without the error's message."""

from __future__ import annotations

import pytest

from bot.observability import outages

SECRET = "my dad has a fever"


@pytest.fixture(autouse=True)
def _no_faults(monkeypatch):
    monkeypatch.setattr(outages, "_listeners", [])


def test_a_fault_is_logged_with_the_part_and_the_kind_of_error(caplog):
    outages.record_failure("database", OSError("full"))
    assert caplog.messages == ["database failed with OSError"]


def test_the_errors_message_is_not_logged(caplog):
    outages.record_failure("database", ValueError(SECRET))
    assert SECRET not in caplog.text


def test_an_outage_is_logged_once(caplog):
    for _ in range(100):
        outages.record_failure("database", OSError())
    assert len(caplog.messages) == 1


def test_parts_have_outages_of_their_own(caplog):
    outages.record_failure("database", OSError())
    outages.record_failure("redis", OSError())
    assert len(caplog.messages) == 2


def test_another_kind_of_error_is_logged_too(caplog):
    outages.record_failure("database", OSError())
    outages.record_failure("database", ValueError())
    assert caplog.messages[1] == "database still fails, now with ValueError: 2 faults so far"


def test_a_long_outage_is_logged_again_after_some_time(caplog, monkeypatch):
    outages.record_failure("database", OSError())
    monkeypatch.setattr(outages, "REMIND_AFTER_SECONDS", 0.0)
    outages.record_failure("database", OSError())
    assert len(caplog.messages) == 2


def test_the_end_of_an_outage_is_logged(caplog):
    outages.record_failure("database", OSError())
    outages.record_success("database")
    assert caplog.messages[-1] == "database works again after 1 faults"


def test_a_part_that_always_worked_is_not_logged(caplog):
    outages.record_success("database")
    assert caplog.messages == []


def test_a_new_outage_is_logged_again(caplog):
    for _ in range(2):
        outages.record_failure("database", OSError())
        outages.record_success("database")
    assert caplog.messages.count("database failed with OSError") == 2


def test_present_faults_can_be_asked_for():
    outages.record_failure("database", OSError())
    assert outages.current() == {"database": "OSError"}
    outages.record_success("database")
    assert outages.current() == {}


def test_listeners_hear_of_every_fault():
    heard = []
    outages.listen(lambda part, kind: heard.append((part, kind)))
    for _ in range(3):
        outages.record_failure("database", OSError())
    assert heard == [("database", "OSError")] * 3


def test_a_listener_that_fails_stops_nothing():
    def fail(part, kind):
        raise ValueError

    outages.listen(fail)
    outages.record_failure("database", OSError())
    assert outages.current() == {"database": "OSError"}


def test_a_fault_without_an_error_has_a_name():
    outages.record_failure("rasa", "no reply")
    assert outages.current() == {"rasa": "no reply"}

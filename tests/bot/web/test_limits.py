"""Limits on how much one session or one address may send."""

from __future__ import annotations

import time

import pytest

from bot.web.limits import RateLimits

HOME = "10.0.0.1"
OTHER = "10.0.0.2"


@pytest.fixture
def limits():
    return RateLimits(messages_per_minute=3, sessions_per_minute=2, address_messages_per_minute=5)


def test_messages_within_the_limit_pass(limits):
    assert [limits.message("a", HOME) for _ in range(3)] == [0, 0, 0]


def test_one_message_too_many_has_to_wait(limits):
    assert 1 <= [limits.message("a", HOME) for _ in range(4)][-1] <= 61


def test_one_session_does_not_use_up_anothers_limit(limits):
    for _ in range(4):
        limits.message("a", HOME)
    assert limits.message("b", HOME) == 0


def test_many_sessions_of_one_address_share_its_limit(limits):
    assert [limits.message(f"talk-{number}", HOME) > 0 for number in range(6)] == [False] * 5 + [True]


def test_one_address_does_not_use_up_anothers_limit(limits):
    for number in range(6):
        limits.message(f"talk-{number}", HOME)
    assert limits.message("a", OTHER) == 0


def test_an_alarm_has_an_allowance_of_its_own(limits):
    for _ in range(4):
        limits.message("a", HOME)
    assert [limits.alarm("a", HOME) > 0 for _ in range(4)] == [False] * 3 + [True]


def test_one_session_too_many_has_to_wait(limits):
    assert [limits.session(HOME) > 0 for _ in range(3)] == [False, False, True]


def test_sessions_and_messages_are_counted_apart(limits):
    for _ in range(3):
        limits.message(HOME, HOME)
    assert limits.session(HOME) == 0


def test_the_minute_passes(limits, monkeypatch):
    for _ in range(4):
        limits.message("a", HOME)
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert limits.message("a", HOME) == 0

"""Limits on how much one session or one address may send."""

from __future__ import annotations

import pytest

from bot.web.limits import RateLimits


@pytest.fixture
def limits():
    return RateLimits(messages_per_minute=3, sessions_per_minute=2)


def test_messages_within_the_limit_pass(limits):
    assert [limits.message("a") for _ in range(3)] == [0, 0, 0]


def test_one_message_too_many_has_to_wait(limits):
    assert 1 <= [limits.message("a") for _ in range(4)][-1] <= 61


def test_one_session_does_not_use_up_anothers_limit(limits):
    for _ in range(4):
        limits.message("a")
    assert limits.message("b") == 0


def test_one_session_too_many_has_to_wait(limits):
    assert [limits.session("10.0.0.1") > 0 for _ in range(3)] == [False, False, True]


def test_sessions_and_messages_are_counted_apart(limits):
    for _ in range(3):
        limits.message("same")
    assert limits.session("same") == 0


def test_the_minute_passes(limits, monkeypatch):
    for _ in range(4):
        limits.message("a")
    import time

    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert limits.message("a") == 0

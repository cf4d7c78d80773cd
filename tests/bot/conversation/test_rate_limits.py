"""The limits on how much one session or one address may send."""

from __future__ import annotations

import time
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.rate_limits import MovingWindow, RateLimits

HOME = "10.0.0.1"
OTHER = "10.0.0.2"


@pytest.fixture
def limits():
    return RateLimits(messages_per_minute=3, sessions_per_minute=2, address_messages_per_minute=5)


def test_messages_within_the_limit_pass(limits):
    assert [limits.message("a", HOME) for _ in range(3)] == [0, 0, 0]


def test_a_message_too_many_has_to_wait(limits):
    assert 1 <= [limits.message("a", HOME) for _ in range(4)][-1] <= 61


def test_a_session_does_not_use_up_the_limit_of_another(limits):
    for _ in range(4):
        limits.message("a", HOME)
    assert limits.message("b", HOME) == 0


def test_many_sessions_of_one_address_share_its_limit(limits):
    assert [limits.message(f"conversation-{number}", HOME) > 0 for number in range(6)] == [False] * 5 + [True]


def test_an_address_does_not_use_up_the_limit_of_another(limits):
    for number in range(6):
        limits.message(f"conversation-{number}", HOME)
    assert limits.message("a", OTHER) == 0


def test_alarms_have_a_limit_of_their_own(limits):
    for _ in range(4):
        limits.message("a", HOME)
    assert [limits.alarm("a", HOME) > 0 for _ in range(4)] == [False] * 3 + [True]


def test_a_session_too_many_has_to_wait(limits):
    assert [limits.session(HOME) > 0 for _ in range(3)] == [False, False, True]


def test_sessions_and_messages_are_counted_apart(limits):
    for _ in range(3):
        limits.message(HOME, HOME)
    assert limits.session(HOME) == 0


def test_after_a_minute_messages_pass_again(limits, monkeypatch):
    for _ in range(4):
        limits.message("a", HOME)
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert limits.message("a", HOME) == 0


def test_a_silent_sender_is_forgotten(monkeypatch):
    window = MovingWindow(per_minute=3)
    window.hit("a")
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    window.hit("b")
    assert len(window) == 1


def test_the_number_of_remembered_senders_is_bounded(monkeypatch):
    monkeypatch.setattr("bot.conversation.rate_limits.MAX_SENDERS", 10)
    window = MovingWindow(per_minute=1)
    for number in range(50):
        window.hit(f"sender-{number}")
    assert len(window) == 10
    assert window.hit("sender-49") > 0


@given(gaps=st.lists(st.floats(0, 30), max_size=60), per_minute=st.integers(1, 8))
def test_a_hit_passes_exactly_if_the_last_minute_holds_fewer_than_allowed(gaps, per_minute):
    window, now, passed = MovingWindow(per_minute), 1_000_000.0, []
    for gap in gaps:
        now += gap
        with patch("bot.conversation.rate_limits.time.monotonic", return_value=now):
            wait = window.hit("a")
        within = [moment for moment in passed if moment > now - 60]
        assert (wait == 0) == (len(within) < per_minute)
        if wait == 0:
            passed.append(now)


def test_an_old_alarm_is_forgotten_at_the_next_message_of_anybody(limits, monkeypatch):
    limits.alarm("a", HOME)
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    limits.message("b", OTHER)
    assert len(limits._alarms) == len(limits._address_alarms) == 0

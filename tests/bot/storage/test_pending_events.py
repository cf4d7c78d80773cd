"""Events that wait for the database stay in order and are bounded."""

from __future__ import annotations

import pytest

from bot.storage import pending_events
from bot.storage.pending_events import PendingEventQueue


@pytest.fixture
def waiting():
    events = PendingEventQueue()
    events.add("a", 7, [{"data": "1"}, {"data": "2"}])
    events.add("b", 0, [{"data": "3"}])
    events.add("a", 99, [{"data": "4"}])
    return events


def test_rows_of_a_talk_stay_in_order(waiting):
    assert [row["data"] for row in waiting.of("a")] == ["1", "2", "4"]


def test_the_talk_that_waits_longest_comes_first(waiting):
    talk, first = waiting.first()
    assert (talk, first.after, len(first.rows)) == ("a", 7, 3)


def test_what_was_added_meanwhile_stays(waiting):
    waiting.saved("a", 2, 9, True)
    assert [row["data"] for row in waiting.of("a")] == ["4"]
    assert waiting.first()[1].after == 9


def test_nothing_is_left_when_all_is_saved(waiting):
    waiting.saved("a", 3, 10, True)
    waiting.saved("b", 1, 11, True)
    assert waiting.first() is None
    assert len(waiting) == 0


def test_rows_of_another_replica_are_not_forgotten(waiting):
    waiting.saved("a", 2, 9, False)
    assert not waiting.first()[1].is_single_writer


def test_a_dropped_talk_waits_no_more(waiting):
    waiting.drop("a")
    assert "a" not in waiting
    assert len(waiting) == 1


def test_there_is_an_end_to_it(waiting, monkeypatch):
    monkeypatch.setattr(pending_events, "MAX_ROWS", 4)
    assert waiting.is_full

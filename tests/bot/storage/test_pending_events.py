"""Events that wait for the database stay in order, and their number is bounded."""

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


def test_rows_of_a_conversation_stay_in_order(waiting):
    assert [row["data"] for row in waiting.rows_of("a")] == ["1", "2", "4"]


def test_the_conversation_that_waits_longest_comes_first(waiting):
    conversation, first = waiting.first()
    assert (conversation, first.after, len(first.rows)) == ("a", 7, 3)


def test_rows_added_during_a_write_still_wait(waiting):
    waiting.mark_saved("a", 2, 9, True)
    assert [row["data"] for row in waiting.rows_of("a")] == ["4"]
    assert waiting.first()[1].after == 9


def test_nothing_is_left_when_all_is_saved(waiting):
    waiting.mark_saved("a", 3, 10, True)
    waiting.mark_saved("b", 1, 11, True)
    assert waiting.first() is None
    assert len(waiting) == 0


def test_it_is_remembered_that_another_replica_added_rows(waiting):
    waiting.mark_saved("a", 2, 9, False)
    assert not waiting.first()[1].is_single_writer


def test_a_dropped_conversation_does_not_wait(waiting):
    waiting.drop("a")
    assert "a" not in waiting
    assert len(waiting) == 1


def test_the_queue_is_full_at_its_maximum(waiting, monkeypatch):
    monkeypatch.setattr(pending_events, "MAX_ROWS", 4)
    assert waiting.is_full

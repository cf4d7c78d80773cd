"""The store goes on without its database and loses nothing of it."""

from __future__ import annotations

import json
import sqlite3

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from bot.storage import pending_events
from bot.storage.pending_events import ConversationUnavailableError
from bot.storage.tracker_store import ConversationStore


@pytest.fixture
def place(tmp_path):
    """Where the database's folder is to be: a file lies there instead, so that there can be none."""
    folder = tmp_path / "state"
    folder.write_text("in the way")
    return folder


@pytest.fixture
def store(place):
    return ConversationStore(Domain.empty(), host=f"sqlite:///{place / 'talks.db'}")


async def say(store, talk, text, is_new=True):
    async with store.turn(talk, is_new):
        tracker = await store.get_or_create_tracker(talk, append_action_listen=False)
        tracker.update(UserUttered(text, message_id=f"id-{text}"))
        await store.save(tracker)


async def said(store, talk):
    tracker = await store.retrieve_full_tracker(talk)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def stored(place):
    with sqlite3.connect(place / "talks.db") as connection:
        return [json.loads(data).get("text") for (data,) in connection.execute("select data from events order by id")]


async def come_back(store, place):
    place.unlink()
    assert await store.recover()


async def test_a_missing_database_is_noticed(store):
    assert store.is_down


async def test_a_new_talk_goes_on_in_memory(store):
    for text in ("one", "two"):
        await say(store, "a", text)
    assert await said(store, "a") == ["one", "two"]


async def test_a_message_of_an_outage_is_known(store):
    await say(store, "a", "one")
    assert store.knows_message("a", "id-one")


async def test_a_talk_that_cannot_be_read_is_refused(store):
    with pytest.raises(ConversationUnavailableError):
        await say(store, "a", "one", is_new=False)


async def test_what_waited_is_written_in_order(store, place):
    for text in ("one", "two"):
        await say(store, "a", text)
        await say(store, "b", text)
    await come_back(store, place)
    assert stored(place) == ["one", "two"] * 2
    assert store.unsaved == 0


async def test_a_talk_goes_on_after_the_outage(store, place):
    await say(store, "a", "one")
    await come_back(store, place)
    await say(store, "a", "two", is_new=False)
    assert stored(place) == ["one", "two"]
    assert await said(ConversationStore(Domain.empty(), host=str(store.engine.url)), "a") == ["one", "two"]


async def test_rows_that_are_there_already_are_not_written_twice(store, place):
    """As when the database fell silent after it had stored them."""
    await say(store, "a", "one")
    waiting = store._unsaved.first()
    await come_back(store, place)
    store._unsaved.add(*(waiting[0], waiting[1].after, waiting[1].rows))
    store.is_down = True
    assert await store.recover()
    assert stored(place) == ["one"]


async def test_what_another_replica_wrote_meanwhile_is_seen_afterwards(store, place):
    await say(store, "a", "mine")
    place.unlink()
    other = ConversationStore(Domain.empty(), host=str(store.engine.url))
    await say(other, "a", "theirs")
    assert await store.recover()
    await say(store, "a", "later", is_new=False)
    assert stored(place) == ["theirs", "mine", "later"]
    tracker = await store.retrieve("a")
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["theirs", "mine", "later"]


async def test_a_database_that_stays_away_stays_down(store):
    assert not await store.recover()
    assert store.is_down


async def test_no_more_is_taken_than_can_be_kept(store, monkeypatch):
    await say(store, "a", "one")
    monkeypatch.setattr(pending_events, "MAX_ROWS", 1)
    with pytest.raises(ConversationUnavailableError):
        await say(store, "a", "two")


async def test_ending_is_refused_while_nothing_can_be_deleted(store):
    with pytest.raises(ConversationUnavailableError):
        store.end("a", 0.0)


async def test_a_talk_with_unsaved_events_is_not_pushed_out_of_memory(store, monkeypatch):
    monkeypatch.setattr("bot.storage.tracker_window.MAX_TALKS", 2)
    for talk in "abcd":
        await say(store, talk, "one")
    assert await said(store, "a") == ["one"]


async def test_what_waited_of_a_talk_that_was_ended_elsewhere_does_not_stay(store, place):
    await say(store, "a", "one")
    place.unlink()
    ConversationStore(Domain.empty(), host=f"sqlite:///{place / 'talks.db'}").registry.end("a", 2e9)
    assert await store.recover()
    assert stored(place) == []


async def test_a_table_that_was_moved_away_gets_no_empty_twin_and_loses_nothing(tmp_path):
    file = tmp_path / "talks.db"
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{file}")
    await say(store, "a", "one")
    with sqlite3.connect(file) as admin:
        admin.execute("alter table events rename to away")
    await say(store, "a", "two", is_new=False)
    assert store.is_down
    assert not await store.recover()
    with sqlite3.connect(file) as admin:
        admin.execute("alter table away rename to events")
    assert await store.recover()
    assert stored(tmp_path) == ["one", "two"]

"""Without its database the store goes on, and afterwards it loses nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import partial
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from bot.storage import pending_events
from bot.storage.pending_events import ConversationUnavailableError
from bot.storage.tracker_store import ConversationStore
from bot.storage.turn_context import begin_turn


@pytest.fixture
def place(tmp_path):
    """The place of the database's folder. A file lies there instead, so the folder cannot be made."""
    folder = tmp_path / "state"
    folder.write_text("in the way")
    return folder


@pytest.fixture
def store(place):
    return ConversationStore(Domain.empty(), host=f"sqlite:///{place / 'conversations.db'}")


async def say(store, conversation, text, is_new=True):
    with begin_turn(conversation) as turn:
        await store.open_turn(turn, is_new)
        tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
        tracker.update(UserUttered(text, message_id=f"id-{text}"))
        await store.save(tracker)


async def said(store, conversation):
    tracker = await store.retrieve_full_tracker(conversation)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def stored(place):
    with sqlite3.connect(place / "conversations.db") as connection:
        return [json.loads(data).get("text") for (data,) in connection.execute("select data from events order by id")]


async def come_back(store, place):
    place.unlink()
    assert await store.recover()


async def test_a_missing_database_is_noticed(store):
    assert store.is_down


async def test_a_new_conversation_goes_on_in_memory(store):
    for text in ("one", "two"):
        await say(store, "a", text)
    assert await said(store, "a") == ["one", "two"]


async def test_a_message_handled_in_an_outage_is_known(store):
    await say(store, "a", "one")
    assert store.knows_message("a", "id-one")


async def test_a_turn_is_refused_when_its_conversation_cannot_be_read(store):
    with pytest.raises(ConversationUnavailableError):
        await say(store, "a", "one", is_new=False)


async def test_pending_events_are_written_in_order(store, place):
    for text in ("one", "two"):
        await say(store, "a", text)
        await say(store, "b", text)
    await come_back(store, place)
    assert stored(place) == ["one", "two"] * 2
    assert store.pending_count == 0


async def test_a_conversation_goes_on_after_the_outage(store, place):
    await say(store, "a", "one")
    await come_back(store, place)
    await say(store, "a", "two", is_new=False)
    assert stored(place) == ["one", "two"]
    assert await said(ConversationStore(Domain.empty(), host=str(store.engine.url)), "a") == ["one", "two"]


async def test_rows_that_are_stored_already_are_not_written_twice(store, place):
    """The database may fall silent after it has stored them."""
    await say(store, "a", "one")
    waiting = store._pending.first()
    await come_back(store, place)
    store._pending.add(*(waiting[0], waiting[1].after, waiting[1].rows))
    store.is_down = True
    assert await store.recover()
    assert stored(place) == ["one"]


async def test_rows_that_another_replica_wrote_in_the_outage_are_read_afterwards(store, place):
    await say(store, "a", "mine")
    place.unlink()
    other = ConversationStore(Domain.empty(), host=str(store.engine.url))
    await say(other, "a", "theirs")
    assert await store.recover()
    await say(store, "a", "later", is_new=False)
    assert stored(place) == ["theirs", "mine", "later"]
    tracker = await store.retrieve("a")
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["theirs", "mine", "later"]


async def test_the_store_stays_down_while_the_database_is_missing(store):
    assert not await store.recover()
    assert store.is_down


async def test_a_turn_is_refused_when_its_events_could_not_be_kept(store, monkeypatch):
    await say(store, "a", "one")
    monkeypatch.setattr(pending_events, "MAX_ROWS", 1)
    with pytest.raises(ConversationUnavailableError):
        await say(store, "a", "two")


async def test_ending_a_conversation_is_refused_while_nothing_can_be_deleted(store):
    with pytest.raises(ConversationUnavailableError):
        store.end("a", 0.0)


async def test_a_conversation_with_pending_events_stays_in_memory(store, monkeypatch):
    monkeypatch.setattr("bot.storage.tracker_window.MAX_CONVERSATIONS", 2)
    for conversation in "abcd":
        await say(store, conversation, "one")
    assert await said(store, "a") == ["one"]


async def test_pending_events_of_a_conversation_that_was_ended_elsewhere_are_deleted(store, place):
    await say(store, "a", "one")
    place.unlink()
    ConversationStore(Domain.empty(), host=f"sqlite:///{place / 'conversations.db'}").index.end("a", 2e9)
    assert await store.recover()
    assert stored(place) == []


@pytest.fixture
def moved(tmp_path):
    """A database whose table `events` can be moved away and back, as an operator does it."""
    file = tmp_path / "conversations.db"

    def rename(old, new):
        with closing(sqlite3.connect(file, timeout=10)) as admin:
            admin.execute(f"alter table {old} rename to {new}")

    return SimpleNamespace(
        url=f"sqlite:///{file}", folder=tmp_path, away=partial(rename, "events", "away"), back=partial(rename, "away", "events")
    )


async def test_a_table_that_was_moved_away_gets_no_empty_twin(moved):
    store = ConversationStore(Domain.empty(), host=moved.url)
    await say(store, "a", "one")
    moved.away()
    await say(store, "a", "two", is_new=False)
    assert store.is_down
    assert not await store.recover()
    assert "events" not in sa.inspect(store.engine).get_table_names()


async def test_a_table_that_comes_back_has_each_event_once(moved):
    store = ConversationStore(Domain.empty(), host=moved.url)
    await say(store, "a", "one")
    moved.away()
    await say(store, "a", "two", is_new=False)
    await say(store, "b", "three")
    await store.recover()
    moved.back()
    assert await store.recover()
    await say(store, "a", "four", is_new=False)
    assert stored(moved.folder) == ["one", "two", "three", "four"]


async def test_a_process_that_starts_while_the_table_is_away_waits_for_it(moved):
    await say(ConversationStore(Domain.empty(), host=moved.url), "a", "one")
    moved.away()
    store = ConversationStore(Domain.empty(), host=moved.url)
    assert store.is_down
    await say(store, "b", "two")
    moved.back()
    assert await store.recover()
    assert stored(moved.folder) == ["one", "two"]


async def test_a_table_that_is_moved_in_the_middle_of_a_recovery_gets_no_empty_twin(moved, monkeypatch):
    store = ConversationStore(Domain.empty(), host=moved.url)
    await say(store, "a", "one")
    store.is_down = True
    inspect = sa.inspect

    def inspect_and_move(engine):
        seen = inspect(engine).get_table_names()
        moved.away()
        return SimpleNamespace(get_table_names=lambda: seen)

    with monkeypatch.context() as patch:
        patch.setattr(sa, "inspect", inspect_and_move)
        await store.recover()
    assert "events" not in sa.inspect(store.engine).get_table_names()
    await say(store, "a", "two", is_new=False)
    moved.back()
    assert await store.recover()
    assert stored(moved.folder) == ["one", "two"]

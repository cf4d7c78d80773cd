"""The store keeps conversations, reads them once a turn, and really deletes them."""

from __future__ import annotations

import sqlite3
import stat

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage.tracker_store import SECONDS_PER_DAY, ConversationStore
from bot.storage.turn_context import begin_turn

NOW = 1_700_000_000.0


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "conversations.db"


@pytest.fixture
def store(file):
    return ConversationStore(Domain.empty(), host=f"sqlite:///{file}")


async def keep(store, sender, text, days_ago=0.0):
    event = UserUttered(text, timestamp=NOW - days_ago * SECONDS_PER_DAY)
    await store.save(DialogueStateTracker.from_events(sender, [event]))


def rows(file):
    with sqlite3.connect(file) as connection:
        return [row[0] for row in connection.execute("select sender_id from events order by id")]


async def test_a_saved_conversation_can_be_read(store):
    await keep(store, "a", "hello")
    assert (await store.retrieve("a")).latest_message.text == "hello"


async def test_forgetting_deletes_the_rows(store, file):
    await keep(store, "a", "hello")
    assert store.forget("a") > 0
    assert rows(file) == []


async def test_forgetting_one_conversation_leaves_the_others(store, file):
    await keep(store, "a", "hello")
    await keep(store, "b", "hi")
    store.forget("a")
    assert set(rows(file)) == {"b"}


def test_forgetting_an_unknown_conversation_deletes_nothing(store):
    assert store.forget("nobody") == 0


async def test_forgotten_words_leave_the_file(store, file):
    await keep(store, "a", "a very private sentence")
    store.forget("a")
    with sqlite3.connect(file) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    assert b"a very private sentence" not in file.read_bytes()


async def test_old_conversations_are_purged(store, file):
    await keep(store, "old", "x", days_ago=31)
    await keep(store, "new", "y", days_ago=29)
    assert store.purge(30, now=NOW) > 0
    assert set(rows(file)) == {"new"}


async def test_a_conversation_with_a_recent_event_is_kept_whole(store, file):
    await keep(store, "a", "x", days_ago=31)
    before = len(rows(file))
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("y", timestamp=NOW))
    await store.save(tracker)
    assert store.purge(30, now=NOW) == 0
    assert len(rows(file)) > before


def test_purging_an_empty_store_deletes_nothing(store):
    assert store.purge(30, now=NOW) == 0


def test_only_the_owner_can_open_the_folder(store, file):
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_address_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_DATABASE_URL", f"sqlite:///{tmp_path / 'env.db'}")
    ConversationStore(Domain.empty())
    assert (tmp_path / "env.db").exists()


async def test_two_turns_at_once_lose_no_event(store, file):
    """Both replicas read the conversation before either writes, as when a lock is lost."""
    await keep(store, "a", "hello")
    one, two = await store.retrieve("a"), await store.retrieve("a")
    one.update(UserUttered("from one"))
    two.update(UserUttered("from two"))
    await store.save(one)
    await store.save(two)
    texts = [event.text for event in (await store.retrieve("a")).events if isinstance(event, UserUttered)]
    assert texts == ["hello", "from one", "from two"]


async def test_a_tracker_from_elsewhere_that_is_saved_twice_is_written_once(store, file):
    tracker = DialogueStateTracker.from_events("a", [UserUttered("hello")])
    await store.save(tracker)
    tracker.update(UserUttered("again"))
    await store.save(tracker)
    assert rows(file) == ["a", "a"]


async def test_saving_twice_writes_each_event_once(store, file):
    await keep(store, "a", "hello")
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("again"))
    await store.save(tracker)
    await store.save(tracker)
    assert len(rows(file)) == len(tracker.events)


async def test_a_replica_whose_clock_is_slow_writes_into_the_current_session(store):
    ahead = [UserUttered("before", timestamp=NOW), SessionStarted(timestamp=NOW + 100), UserUttered("ahead", timestamp=NOW + 100)]
    await store.save(DialogueStateTracker.from_events("a", ahead))
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("behind", timestamp=NOW + 60))
    await store.save(tracker)
    texts = [event.text for event in (await store.retrieve("a")).events if isinstance(event, UserUttered)]
    assert texts == ["ahead", "behind"]


async def test_a_turn_has_the_slots_as_they_were_saved(tmp_path):
    domain = Domain.from_dict({"slots": {"route": {"type": "text", "mappings": [{"type": "custom"}]}}})
    store = ConversationStore(domain, host=f"sqlite:///{tmp_path / 'conversations.db'}")
    with begin_turn("a") as turn:
        await store.save(DialogueStateTracker.from_events("a", [SlotSet("route", "pump")], domain.slots))
    assert turn.slots["route"] == "pump"


async def test_a_turn_does_not_get_the_slots_of_another_conversation(store):
    with begin_turn("a") as turn:
        await keep(store, "b", "hello")
    assert turn.slots is None


async def texts_of(store, sender):
    return [event.text for event in (await store.retrieve(sender)).events if isinstance(event, UserUttered)]


async def say(store, sender, text):
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(UserUttered(text, message_id=f"id-{text}"))
    await store.save(tracker)


async def test_each_message_is_written_once(store, file):
    for text in ("one", "two", "three"):
        await say(store, "a", text)
    assert rows(file) == ["a"] * 3


async def test_a_long_conversation_is_written_in_full(store, file):
    for number in range(40):
        await say(store, "a", str(number))
    assert [e.text for e in (await store.retrieve_full_tracker("a")).events if isinstance(e, UserUttered)] == [str(n) for n in range(40)]


async def test_a_long_conversation_is_read_shortened(store):
    for number in range(40):
        await say(store, "a", str(number))
    assert len(await texts_of(store, "a")) < 10


async def test_rows_of_another_replica_are_read(store, file):
    other = ConversationStore(Domain.empty(), host=f"sqlite:///{file}")
    for number, replica in enumerate([store, other, other, store]):
        await say(replica, "a", str(number))
    assert await texts_of(store, "a") == [str(number) for number in range(4)]


async def test_a_handled_message_is_known(store):
    await say(store, "a", "hello")
    assert store.knows_message("a", "id-hello")
    assert not store.knows_message("a", "id-other")
    assert not store.knows_message("b", "id-hello")


async def test_a_message_that_another_replica_handled_is_known(store, file):
    await say(store, "a", "hello")
    await say(ConversationStore(Domain.empty(), host=f"sqlite:///{file}"), "a", "there")
    assert store.knows_message("a", "id-there")


async def test_an_old_message_of_a_long_conversation_is_known(store, file):
    for number in range(40):
        await say(store, "a", str(number))
    assert store.knows_message("a", "id-0")
    assert ConversationStore(Domain.empty(), host=f"sqlite:///{file}").knows_message("a", "id-0")


async def test_a_forgotten_conversation_starts_empty(store):
    await say(store, "a", "hello")
    store.forget("a")
    assert await store.retrieve("a") is None
    assert not store.knows_message("a", "id-hello")


async def test_a_turn_that_failed_does_not_keep_a_forgotten_conversation(store):
    await keep(store, "a", "hello")
    with begin_turn("a") as turn:
        await store.open_turn(turn, is_new=False)
    store.forget("a")
    assert await store.retrieve("a") is None


async def test_a_turn_reads_the_database_once(store):
    await keep(store, "a", "hello")
    with begin_turn("a") as turn:
        await store.open_turn(turn, is_new=False)
        statements = []
        sa.event.listen(store.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
        tracker = await store.retrieve("a")
    assert tracker.latest_message.text == "hello"
    assert statements == []


async def test_a_turn_sees_what_it_has_saved(store):
    await keep(store, "a", "hello")
    with begin_turn("a") as turn:
        await store.open_turn(turn, is_new=False)
        await say(store, "a", "there")
        assert await texts_of(store, "a") == ["hello", "there"]


async def test_a_second_tracker_of_a_new_conversation_does_not_write_its_events_again(store, file):
    """Another replica has handled the conversation after this one found it empty."""
    with begin_turn("a") as turn:
        await store.open_turn(turn, is_new=True)
        assert await store.retrieve("a") is None
    await keep(ConversationStore(Domain.empty(), host=f"sqlite:///{file}"), "a", "hello")
    await keep(store, "a", "hello")
    assert rows(file) == ["a"]


async def test_a_conversation_that_is_ended_during_a_turn_leaves_no_rows(store, file):
    with begin_turn("a") as turn:
        await store.open_turn(turn, is_new=True)
        store.index.end("a", NOW)
        await keep(store, "a", "hello")
    assert rows(file) == []

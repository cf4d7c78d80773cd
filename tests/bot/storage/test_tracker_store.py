"""Where conversations are kept: rows that can really be deleted."""

from __future__ import annotations

import sqlite3
import stat

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage.tracker_store import SECONDS_PER_DAY, ConversationStore

NOW = 1_700_000_000.0


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "talks.db"


@pytest.fixture
def store(file):
    return ConversationStore(Domain.empty(), host=f"sqlite:///{file}")


async def keep(store, sender, text, days_ago=0.0):
    event = UserUttered(text, timestamp=NOW - days_ago * SECONDS_PER_DAY)
    await store.save(DialogueStateTracker.from_events(sender, [event]))


def rows(file):
    with sqlite3.connect(file) as connection:
        return [row[0] for row in connection.execute("select sender_id from events order by id")]


async def test_a_conversation_is_kept(store):
    await keep(store, "a", "hello")
    assert (await store.retrieve("a")).latest_message.text == "hello"


async def test_forgetting_deletes_the_rows(store, file):
    await keep(store, "a", "hello")
    assert store.forget("a") > 0
    assert rows(file) == []


async def test_forgetting_leaves_others_alone(store, file):
    await keep(store, "a", "hello")
    await keep(store, "b", "hi")
    store.forget("a")
    assert set(rows(file)) == {"b"}


def test_forgetting_nobody_deletes_nothing(store):
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
    """As when the lock is lost: both replicas read the talk before either writes."""
    await keep(store, "a", "hello")
    one, two = await store.retrieve("a"), await store.retrieve("a")
    one.update(UserUttered("from one"))
    two.update(UserUttered("from two"))
    await store.save(one)
    await store.save(two)
    texts = [event.text for event in (await store.retrieve("a")).events if isinstance(event, UserUttered)]
    assert texts == ["hello", "from one", "from two"]


async def test_saving_twice_writes_each_event_once(store, file):
    await keep(store, "a", "hello")
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("again"))
    await store.save(tracker)
    await store.save(tracker)
    assert len(rows(file)) == len(tracker.events)


async def test_a_replica_whose_clock_is_behind_stays_in_the_session(store):
    ahead = [UserUttered("before", timestamp=NOW), SessionStarted(timestamp=NOW + 100), UserUttered("ahead", timestamp=NOW + 100)]
    await store.save(DialogueStateTracker.from_events("a", ahead))
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("behind", timestamp=NOW + 60))
    await store.save(tracker)
    texts = [event.text for event in (await store.retrieve("a")).events if isinstance(event, UserUttered)]
    assert texts == ["ahead", "behind"]


async def test_slots_of_a_turn_can_be_taken_once(store):
    await keep(store, "a", "hello")
    assert store.take_slots("a") is not None
    assert store.take_slots("a") is None


async def said_so_far(store, sender):
    return [event.text for event in (await store.retrieve(sender)).events if isinstance(event, UserUttered)]


async def say(store, sender, text):
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(UserUttered(text, message_id=f"id-{text}"))
    await store.save(tracker)


async def test_each_message_is_written_once(store, file):
    for text in ("one", "two", "three"):
        await say(store, "a", text)
    assert rows(file) == ["a"] * 3


async def test_a_long_talk_is_written_in_full(store, file):
    for number in range(40):
        await say(store, "a", str(number))
    assert [e.text for e in (await store.retrieve_full_tracker("a")).events if isinstance(e, UserUttered)] == [str(n) for n in range(40)]


async def test_a_long_talk_comes_back_shortened(store):
    for number in range(40):
        await say(store, "a", str(number))
    assert len(await said_so_far(store, "a")) < 10


async def test_what_another_replica_wrote_is_seen(store, file):
    other = ConversationStore(Domain.empty(), host=f"sqlite:///{file}")
    for number, replica in enumerate([store, other, other, store]):
        await say(replica, "a", str(number))
    assert await said_so_far(store, "a") == [str(number) for number in range(4)]


async def test_a_message_is_known_again(store):
    await say(store, "a", "hello")
    assert store.knows_message("a", "id-hello")
    assert not store.knows_message("a", "id-other")
    assert not store.knows_message("b", "id-hello")


async def test_a_message_that_another_replica_handled_is_known(store, file):
    await say(store, "a", "hello")
    await say(ConversationStore(Domain.empty(), host=f"sqlite:///{file}"), "a", "there")
    assert store.knows_message("a", "id-there")


async def test_an_old_message_of_a_long_talk_is_known(store, file):
    for number in range(40):
        await say(store, "a", str(number))
    assert store.knows_message("a", "id-0")
    assert ConversationStore(Domain.empty(), host=f"sqlite:///{file}").knows_message("a", "id-0")


async def test_a_forgotten_talk_begins_anew(store):
    await say(store, "a", "hello")
    store.forget("a")
    assert await store.retrieve("a") is None
    assert not store.knows_message("a", "id-hello")


async def test_a_turn_that_came_to_nothing_leaves_nothing_to_go_on_from(store):
    await keep(store, "a", "hello")
    async with store.turn("a", is_new=False):
        pass
    store.forget("a")
    assert await store.retrieve("a") is None


async def test_a_turn_goes_on_from_what_it_has_read(store, file):
    await keep(store, "a", "hello")
    async with store.turn("a", is_new=False) as talk:
        tracker = await store.retrieve("a")
    assert tracker.latest_message.text == talk.events[-1].text == "hello"


async def test_a_second_tracker_of_a_new_talk_does_not_write_its_events_again(store, file):
    """Another replica has handled the talk after this one found it empty."""
    async with store.turn("a", is_new=True):
        assert await store.retrieve("a") is None
    await keep(ConversationStore(Domain.empty(), host=f"sqlite:///{file}"), "a", "hello")
    await keep(store, "a", "hello")
    assert rows(file) == ["a"]


async def test_a_talk_that_is_ended_while_its_message_is_answered_leaves_no_rows(store, file):
    async with store.turn("a", is_new=True):
        store.registry.end("a", NOW)
        await keep(store, "a", "hello")
    assert rows(file) == []

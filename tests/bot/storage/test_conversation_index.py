"""Ended talks and talks of signed-in users, on the databases that a deployment may use."""

from __future__ import annotations

import sqlite3
import uuid

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage.tracker_store import SECONDS_PER_DAY, ConversationStore

NOW = 1_700_000_000.0
POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'talks.db'}"
        return
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"registry_{uuid.uuid4().hex}"
    try:
        admin.execute(f"CREATE DATABASE {name}")
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL answers on 127.0.0.1")
    yield POSTGRES.rpartition("/")[0] + f"/{name}"
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(url):
    return ConversationStore(Domain.empty(), host=url)


@pytest.fixture
def registry(store):
    return store.registry


async def keep(store, sender, timestamp=NOW):
    await store.save(DialogueStateTracker.from_events(sender, [UserUttered("hello", timestamp=timestamp)]))


def test_a_talk_has_not_ended_by_itself(registry):
    assert not registry.is_ended("a")


def test_an_ended_talk_is_ended(registry):
    registry.end("a", NOW)
    assert registry.is_ended("a")
    assert not registry.is_ended("b")


def test_a_talk_can_be_ended_twice(registry):
    registry.end("a", NOW)
    registry.end("a", NOW + 1)
    assert registry.is_ended("a")


def test_an_ended_talk_stays_ended_for_another_process(store, url):
    store.registry.end("a", NOW)
    assert ConversationStore(Domain.empty(), host=url).registry.is_ended("a")


async def test_a_message_that_was_under_way_leaves_nothing_of_an_ended_talk(store):
    store.registry.end("a", NOW)
    await keep(store, "a")
    assert await store.retrieve("a") is None


def test_a_user_without_a_talk_gets_the_proposed_one(registry):
    assert registry.talk_of("user", "first") == ("first", False)


def test_a_user_comes_back_to_the_same_talk(registry):
    registry.talk_of("user", "first")
    assert registry.talk_of("user", "second") == ("first", True)


def test_two_users_have_two_talks(registry):
    registry.talk_of("user", "first")
    assert registry.talk_of("other", "second") == ("second", False)


def test_after_ending_a_talk_its_user_gets_a_new_one(registry):
    registry.talk_of("user", "first")
    registry.end("first", NOW)
    assert registry.talk_of("user", "second") == ("second", False)


def test_the_mark_of_an_ended_talk_goes_when_its_tokens_have_expired(store):
    store.registry.end("a", NOW)
    store.purge(30, now=NOW - 1)
    assert store.registry.is_ended("a")
    store.purge(30, now=NOW + 1)
    assert not store.registry.is_ended("a")


def test_the_tie_of_a_user_goes_with_the_retention(store):
    store.registry.talk_of("user", "first", now=NOW)
    store.purge(30, now=NOW + 29 * SECONDS_PER_DAY)
    assert store.registry.talk_of("user", "second", now=NOW) == ("first", True)
    store.purge(30, now=NOW + 31 * SECONDS_PER_DAY)
    assert store.registry.talk_of("user", "third") == ("third", False)


async def test_a_user_who_goes_on_talking_keeps_the_tie(store):
    store.registry.talk_of("user", "first", now=NOW)
    await keep(store, "first", timestamp=NOW + 20 * SECONDS_PER_DAY)
    store.purge(30, now=NOW + 31 * SECONDS_PER_DAY)
    assert store.registry.talk_of("user", "second") == ("first", True)


def test_nothing_in_the_file_leads_to_an_ended_talk(tmp_path):
    file = tmp_path / "talks.db"
    ConversationStore(Domain.empty(), host=f"sqlite:///{file}").registry.end("the-id-of-a-talk", NOW)
    with sqlite3.connect(file) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    assert b"the-id-of-a-talk" not in file.read_bytes()

"""Ended conversations and conversations of signed-in users, on the databases that a deployment may use."""

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
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'conversations.db'}"
        return
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"index_{uuid.uuid4().hex}"
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
def index(store):
    return store.index


async def keep(store, sender, timestamp=NOW):
    await store.save(DialogueStateTracker.from_events(sender, [UserUttered("hello", timestamp=timestamp)]))


def test_a_conversation_that_nobody_ended_is_not_ended(index):
    assert not index.is_ended("a")


def test_an_ended_conversation_is_ended(index):
    index.end("a", NOW)
    assert index.is_ended("a")
    assert not index.is_ended("b")


def test_a_conversation_can_be_ended_twice(index):
    index.end("a", NOW)
    index.end("a", NOW + 1)
    assert index.is_ended("a")


def test_an_ended_conversation_stays_ended_for_another_process(store, url):
    store.index.end("a", NOW)
    assert ConversationStore(Domain.empty(), host=url).index.is_ended("a")


async def test_a_message_that_is_saved_after_the_end_leaves_no_rows(store):
    store.index.end("a", NOW)
    await keep(store, "a")
    assert await store.retrieve("a") is None


def test_a_user_without_a_conversation_gets_the_proposed_one(index):
    assert index.conversation_for_user("user", "first") == ("first", False)


def test_a_user_comes_back_to_the_same_conversation(index):
    index.conversation_for_user("user", "first")
    assert index.conversation_for_user("user", "second") == ("first", True)


def test_two_users_have_two_conversations(index):
    index.conversation_for_user("user", "first")
    assert index.conversation_for_user("other", "second") == ("second", False)


def test_a_user_gets_a_new_conversation_after_ending_one(index):
    index.conversation_for_user("user", "first")
    index.end("first", NOW)
    assert index.conversation_for_user("user", "second") == ("second", False)


def test_the_mark_of_an_ended_conversation_is_deleted_after_its_tokens_expire(store):
    store.index.end("a", NOW)
    store.purge(30, now=NOW - 1)
    assert store.index.is_ended("a")
    store.purge(30, now=NOW + 1)
    assert not store.index.is_ended("a")


def test_a_user_loses_an_empty_conversation_after_the_retention(store):
    store.index.conversation_for_user("user", "first", now=NOW)
    store.purge(30, now=NOW + 29 * SECONDS_PER_DAY)
    assert store.index.conversation_for_user("user", "second", now=NOW) == ("first", True)
    store.purge(30, now=NOW + 31 * SECONDS_PER_DAY)
    assert store.index.conversation_for_user("user", "third") == ("third", False)


async def test_a_user_whose_conversation_goes_on_keeps_it(store):
    store.index.conversation_for_user("user", "first", now=NOW)
    await keep(store, "first", timestamp=NOW + 20 * SECONDS_PER_DAY)
    store.purge(30, now=NOW + 31 * SECONDS_PER_DAY)
    assert store.index.conversation_for_user("user", "second") == ("first", True)


def test_the_file_does_not_hold_the_id_of_an_ended_conversation(tmp_path):
    file = tmp_path / "conversations.db"
    ConversationStore(Domain.empty(), host=f"sqlite:///{file}").index.end("the-id-of-a-conversation", NOW)
    with sqlite3.connect(file) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    assert b"the-id-of-a-conversation" not in file.read_bytes()

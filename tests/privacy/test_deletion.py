"""What is deleted is gone: by ending a talk and by the retention, on SQLite (also from its files) and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import ExitStack, contextmanager

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.storage.erasure import erase_deleted
from bot.storage.tracker_store import SECONDS_PER_DAY, ConversationStore
from tests.assistant_process import AssistantProcess
from tests.talk import Talk

NOW = 1_700_000_000.0
SERVER = "postgresql://postgres@127.0.0.1:5432"
WORDS = "a zebra sleeps on my left foot"


@contextmanager
def schema():
    """An empty schema in the database `test`."""
    admin = sa.create_engine(f"{SERVER}/test", isolation_level="AUTOCOMMIT")
    name = f"privacy_{uuid.uuid4().hex}"
    try:
        admin.execute(f"CREATE SCHEMA {name}")
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL answers on 127.0.0.1")
    try:
        yield f"{SERVER}/test?options=-csearch_path%3D{name}"
    finally:
        admin.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'talks.db'}"
        return
    with schema() as address:
        yield address


@pytest.fixture
def store(url):
    return ConversationStore(Domain.empty(), host=url)


async def keep(store, sender, days_ago=0.0):
    at = NOW - days_ago * SECONDS_PER_DAY
    events = [UserUttered(WORDS, timestamp=at, message_id="12345678"), BotUttered("I see.", timestamp=at)]
    await store.save(DialogueStateTracker.from_events(sender, events))


def rows(url):
    """Senders by row, read by a connection of its own."""
    with sa.create_engine(url).connect() as connection:
        return [row[0] for row in connection.execute("select sender_id from events order by id")]


def files_with(folder, words):
    return [file.name for file in folder.rglob("*") if file.is_file() and words.encode() in file.read_bytes()]


async def test_ending_a_talk_deletes_all_its_rows_and_no_others(store, url):
    await keep(store, "mine")
    await keep(store, "other")
    number = rows(url).count("mine")
    assert store.forget("mine") == number > 0
    assert set(rows(url)) == {"other"}


async def test_the_retention_deletes_old_talks_and_no_others(store, url):
    await keep(store, "old", days_ago=31)
    await keep(store, "new", days_ago=29)
    number = rows(url).count("old")
    assert store.purge(30, now=NOW) == number > 0
    assert set(rows(url)) == {"new"}


async def test_a_deleted_talk_cannot_be_read_again(store):
    await keep(store, "mine")
    store.forget("mine")
    assert await store.retrieve_full_tracker("mine") is None


@pytest.mark.parametrize("delete", [lambda store: store.forget("mine"), lambda store: store.purge(30, now=NOW + 60 * SECONDS_PER_DAY)])
async def test_the_words_leave_sqlites_files(tmp_path, delete):
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path / 'talks.db'}")
    await keep(store, "mine")
    assert files_with(tmp_path, WORDS)
    delete(store)
    assert files_with(tmp_path, WORDS) == []


async def test_a_file_that_is_being_read_is_emptied_by_the_next_deletion(tmp_path):
    file = tmp_path / "talks.db"
    store = ConversationStore(Domain.empty(), host=f"sqlite:///{file}")
    await keep(store, "mine")
    await keep(store, "other")
    reader = sqlite3.connect(file)
    reader.execute("begin")
    reader.execute("select count(*) from events").fetchone()
    store.forget("mine")
    assert not erase_deleted(store.engine)
    reader.close()
    store.forget("other")
    assert files_with(tmp_path, WORDS) == []


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request, tmp_path_factory):
    """A real process and its database."""
    state = tmp_path_factory.mktemp("state")
    with ExitStack() as stack:
        database = f"sqlite:///{state / 'conversations.db'}" if request.param == "sqlite" else stack.enter_context(schema())
        process = AssistantProcess(state, ASSISTANT_DATABASE_URL=database)
        process.start()
        stack.callback(process.stop)
        yield process, database


def test_ending_a_talk_over_http_leaves_no_word_of_it(running):
    process, database = running
    talk, other = Talk(process.url), Talk(process.url)
    talk.say(WORDS)
    other.say("hello")
    before = len(rows(database))
    answer = talk.client.post(f"{talk.url}/end", headers=talk.headers).json()
    assert answer["forgotten"]
    assert len(rows(database)) == before - answer["rows"] > 0
    with sa.create_engine(database).connect() as connection:
        assert connection.execute(sa.text("select count(*) from events where data like :words"), {"words": f"%{WORDS}%"}).scalar() == 0
    assert files_with(process.state_dir, WORDS) == []


def test_a_process_purges_old_talks_at_its_start(running):
    process, database = running
    Talk(process.url).say(WORDS)
    process.stop()
    with sa.create_engine(database).begin() as connection:
        connection.execute(sa.text("update events set timestamp = timestamp - :age"), {"age": 31 * SECONDS_PER_DAY})
    process.start()
    assert rows(database) == []
    assert files_with(process.state_dir, WORDS) == []

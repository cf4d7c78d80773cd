"""The background tasks bring a lost database back and delete old conversations."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation import housekeeping
from bot.conversation.housekeeping import Housekeeping
from bot.storage.tracker_store import ConversationStore

LONG_AGO = 1_000_000.0


@pytest.fixture
def store(tmp_path):
    return ConversationStore(Domain.empty(), host=f"sqlite:///{tmp_path / 'state' / 'conversations.db'}")


def server(store):
    """A server whose agent has a store and no model."""
    agent = SimpleNamespace(tracker_store=store, is_ready=lambda: False)
    return SimpleNamespace(ctx=SimpleNamespace(agent=agent))


async def save(store, timestamp=None):
    await store.save(DialogueStateTracker.from_events("a", [UserUttered("hello", timestamp=timestamp)]))


def count_rows(store):
    with store.session_scope() as session:
        return session.query(store.SQLEvent).count()


async def wait_until(condition):
    async def poll():
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(poll(), 30)


async def test_a_lost_database_is_tried_again(store, monkeypatch):
    monkeypatch.setattr(housekeeping, "SECONDS_BETWEEN_TRIES", 0.01)
    store.is_down = True
    await save(store)
    tasks, app = Housekeeping(30), server(store)
    await tasks.start(app, asyncio.get_running_loop())
    await wait_until(lambda: not store.is_down)
    await tasks.stop(app, asyncio.get_running_loop())
    assert store.pending_count == 0


async def test_old_conversations_are_deleted_at_the_start(store):
    await save(store, LONG_AGO)
    tasks, app = Housekeeping(30), server(store)
    await tasks.start(app, asyncio.get_running_loop())
    await wait_until(lambda: count_rows(store) == 0)
    await tasks.stop(app, asyncio.get_running_loop())


async def test_pending_events_are_written_at_the_stop(store):
    tasks, app = Housekeeping(30), server(store)
    await tasks.start(app, asyncio.get_running_loop())
    store.is_down = True
    await save(store)
    await tasks.stop(app, asyncio.get_running_loop())
    assert store.pending_count == 0


async def test_a_server_without_an_agent_needs_no_tasks():
    tasks, app = Housekeeping(30), SimpleNamespace(ctx=SimpleNamespace())
    await tasks.start(app, asyncio.get_running_loop())
    await tasks.stop(app, asyncio.get_running_loop())

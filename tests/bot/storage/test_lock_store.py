"""One message of a conversation is answered at a time, over all replicas."""

from __future__ import annotations

import asyncio
import time

import pytest
from rasa.core.lock_store import LockError
from redis.asyncio import Redis

from bot.storage import lock_store
from bot.storage.lock_store import LEASE_SECONDS, ConversationLocks
from bot.storage.turn_context import begin_turn
from tests.services import RedisServer


@pytest.fixture
def own_redis():
    server = RedisServer()
    server.start()
    yield server
    server.stop()


async def hold(locks, conversation, trace, name, seconds=0.1):
    async with locks.lock(conversation):
        trace.append(f"{name} in")
        await asyncio.sleep(seconds)
        trace.append(f"{name} out")


async def test_two_messages_in_one_process_wait_for_each_other():
    locks, trace = ConversationLocks(), []
    await asyncio.gather(hold(locks, "a", trace, 1), hold(locks, "a", trace, 2))
    assert trace == ["1 in", "1 out", "2 in", "2 out"]


async def test_two_conversations_do_not_wait_for_each_other():
    locks, trace = ConversationLocks(), []
    await asyncio.gather(hold(locks, "a", trace, 1), hold(locks, "b", trace, 2))
    assert trace[:2] == ["1 in", "2 in"]


async def test_a_turn_may_take_its_lock_again():
    locks, trace = ConversationLocks(), []
    with begin_turn("a"):
        async with locks.lock("a"):
            await asyncio.wait_for(hold(locks, "a", trace, 1), 2)
    assert trace == ["1 in", "1 out"]


async def test_a_turn_has_no_right_to_the_lock_of_another_conversation():
    locks, trace = ConversationLocks(), []

    async def turn_of_b():
        with begin_turn("b"):
            async with locks.lock("b"):
                await hold(locks, "a", trace, 2, 0)

    await asyncio.gather(hold(locks, "a", trace, 1), turn_of_b())
    assert trace == ["1 in", "1 out", "2 in", "2 out"]


async def test_a_task_that_outlives_its_turn_has_no_lock():
    locks, trace = ConversationLocks(), []
    with begin_turn("a"):
        async with locks.lock("a"):
            late = asyncio.ensure_future(wait_and_hold(locks, "a", trace))
    await hold(locks, "a", trace, 1)
    await late
    assert trace == ["1 in", "1 out", "late in", "late out"]


async def wait_and_hold(locks, conversation, trace):
    await asyncio.sleep(0.05)
    await hold(locks, conversation, trace, "late", 0)


async def test_two_replicas_wait_for_each_other(redis_server):
    one, two, trace = ConversationLocks(url=redis_server.url), ConversationLocks(url=redis_server.url), []
    await asyncio.gather(hold(one, "r", trace, 1), hold(two, "r", trace, 2))
    assert sorted(trace[:2]) in (["1 in", "1 out"], ["2 in", "2 out"])
    assert sorted(trace[2:]) in (["1 in", "1 out"], ["2 in", "2 out"])


async def test_a_long_turn_keeps_its_lock(redis_server):
    one, two, trace = ConversationLocks(url=redis_server.url), ConversationLocks(url=redis_server.url), []
    first = asyncio.ensure_future(hold(one, "long", trace, 1, LEASE_SECONDS + 1))
    await asyncio.sleep(0.2)
    await asyncio.gather(first, hold(two, "long", trace, 2, 0))
    assert trace == ["1 in", "1 out", "2 in", "2 out"]


async def test_the_lock_of_a_killed_replica_ends_by_itself(redis_server):
    killed = Redis.from_url(redis_server.url).lock("anything", timeout=1)
    name = await name_of_lock(redis_server, "killed")
    killed.name = name
    await killed.acquire()
    began = time.monotonic()
    async with ConversationLocks(url=redis_server.url).lock("killed"):
        assert 0.5 < time.monotonic() - began < LEASE_SECONDS


async def name_of_lock(server, conversation):
    client = Redis.from_url(server.url)
    before = set(await client.keys())
    async with ConversationLocks(url=server.url).lock(conversation):
        (name,) = set(await client.keys()) - before
    return name


async def test_redis_does_not_see_the_id_of_a_conversation(redis_server):
    assert b"secret-id" not in await name_of_lock(redis_server, "secret-id")


async def test_a_lock_is_released_after_its_turn(redis_server):
    name = await name_of_lock(redis_server, "done")
    assert not await Redis.from_url(redis_server.url).exists(name)


async def test_waiting_for_a_lock_ends_after_its_lifetime(redis_server):
    async with ConversationLocks(url=redis_server.url).lock("busy"):
        with pytest.raises(LockError):
            async with ConversationLocks(url=redis_server.url).lock("busy", lock_lifetime=0.2):
                pass


async def test_without_redis_the_process_locks_by_itself(own_redis):
    locks, trace = ConversationLocks(url=own_redis.url), []
    own_redis.stop()
    began = time.monotonic()
    await asyncio.gather(hold(locks, "a", trace, 1), hold(locks, "a", trace, 2))
    assert trace == ["1 in", "1 out", "2 in", "2 out"]
    assert time.monotonic() - began < 3
    assert not await locks.works()


async def test_redis_may_stop_during_a_turn(own_redis):
    locks, trace = ConversationLocks(url=own_redis.url), []
    holding = asyncio.ensure_future(hold(locks, "a", trace, 1, 0.3))
    await asyncio.sleep(0.1)
    own_redis.stop()
    await holding
    assert trace == ["1 in", "1 out"]


async def test_replicas_lock_in_redis_again_after_its_restart(own_redis, monkeypatch):
    monkeypatch.setattr(lock_store, "_PAUSE_AFTER_FAILURE_SECONDS", 0.0)
    locks, other, trace = ConversationLocks(url=own_redis.url), ConversationLocks(url=own_redis.url), []
    await hold(locks, "a", trace, 0, 0)
    own_redis.stop()
    await hold(locks, "a", trace, 0, 0)
    own_redis.start()
    assert await locks.works()
    await asyncio.gather(hold(locks, "a", trace, 1), hold(other, "a", trace, 2))
    assert sorted(trace[4:6]) in (["1 in", "1 out"], ["2 in", "2 out"])


def test_several_workers_need_redis(monkeypatch):
    monkeypatch.setenv("SANIC_WORKERS", "2")
    with pytest.raises(SystemExit, match="ASSISTANT_LOCK_URL"):
        ConversationLocks()

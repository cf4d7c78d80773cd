"""What docs/scaling.md promises of events holds: each one reaches RabbitMQ, in order, over outages, and without a person's words."""

from __future__ import annotations

import asyncio
import json
import time

import aio_pika
import pytest

from tests.cluster.topology import QUEUE, conversation_of

SECONDS_TO_ARRIVE = 60
SECONDS_TO_REPLY = 8
WORDS = "the kitchen wallpaper hums purple melodies"


class Listener:
    """Takes events from the queue as another system would."""

    def __init__(self, url):
        self._url = url
        self.messages = []

    async def events_of(self, talk, count):
        """The events of a talk in the order of their arrival, when there are so many or time is up."""
        connection = await aio_pika.connect(self._url)
        async with connection:
            queue = await (await connection.channel()).declare_queue(QUEUE, durable=True)
            deadline = time.monotonic() + SECONDS_TO_ARRIVE
            while time.monotonic() < deadline:
                message = await queue.get(fail=False, timeout=10)
                if message is not None:
                    self.messages.append(message)
                    await message.ack()
                elif len(self._of(talk)) >= count:
                    break
                else:
                    await asyncio.sleep(0.05)
        return self._of(talk)

    def _of(self, talk):
        events = [json.loads(message.body) for message in self.messages]
        return [event for event in events if event["sender_id"] == conversation_of(talk)]


@pytest.fixture
def listener(cluster):
    return Listener(cluster.rabbitmq.url)


def marks(events):
    """What tells one event from another."""
    return [(event["event"], event["timestamp"], event.get("name")) for event in events]


async def test_every_stored_event_arrives_once_and_in_its_order(cluster, listener):
    talk = cluster.same_talk(cluster.talk(), 0)
    talk.start_checklist(infection="yes")
    stored = marks(cluster.rows(talk))
    assert marks(await listener.events_of(talk, len(stored))) == stored


async def test_every_event_of_a_talk_that_hops_arrives_once(cluster, listener):
    talk = cluster.talk()
    talk.start_checklist(infection="yes")
    stored = marks(cluster.rows(talk))
    assert sorted(marks(await listener.events_of(talk, len(stored))), key=repr) == sorted(stored, key=repr)


async def test_no_event_holds_what_was_typed_or_answered(cluster, listener):
    talk = cluster.talk()
    answer = talk.say(WORDS).text
    rows = cluster.rows(talk)
    await listener.events_of(talk, len(rows))
    bodies = " ".join(message.body.decode() for message in listener.messages)
    assert WORDS in json.dumps(rows)
    assert conversation_of(talk) in bodies
    assert not [word for word in WORDS.split() if f" {word}" in bodies or f'"{word}' in bodies]
    assert not [line for line in answer.splitlines() if line and line in bodies]


async def test_events_wait_while_rabbitmq_is_away_and_come_in_order_then(cluster, listener):
    talk = cluster.same_talk(cluster.talk(), 1)
    talk.start_checklist(until="high_fever")
    cluster.rabbitmq.stop()
    try:
        for _ in range(3):
            began = time.monotonic()
            talk.answer("no")
            assert time.monotonic() - began < SECONDS_TO_REPLY
    finally:
        cluster.rabbitmq.start()
    talk.answer_rest()
    stored = marks(cluster.rows(talk))
    arrived = marks(await listener.events_of(talk, len(stored)))
    assert list(dict.fromkeys(arrived)) == stored


async def test_events_from_before_a_restart_of_rabbitmq_are_kept(cluster, listener):
    talk = cluster.same_talk(cluster.talk(), 0)
    talk.say("how does baclofen work?")
    stored = marks(cluster.rows(talk))
    await wait_until_queued(cluster.rabbitmq.url, len(stored))
    cluster.rabbitmq.stop()
    cluster.rabbitmq.start()
    assert marks(await listener.events_of(talk, len(stored))) == stored


async def wait_until_queued(url, count):
    connection = await aio_pika.connect(url)
    async with connection:
        deadline = time.monotonic() + SECONDS_TO_ARRIVE
        while time.monotonic() < deadline:
            queue = await (await connection.channel()).declare_queue(QUEUE, durable=True)
            if queue.declaration_result.message_count >= count:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("the events were not queued")

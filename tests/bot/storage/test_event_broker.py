"""Events reach RabbitMQ in order, also after its outages, and without a person's words unless a clinic wants them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid

import aio_pika
import pytest

from bot.storage.event_broker import OrderedEventBroker, without_words
from tests.services import free_port

USER = {
    "sender_id": "conversation",
    "event": "user",
    "timestamp": 1.5,
    "text": "my secret words",
    "message_id": "m1",
    "input_channel": "chat",
    "metadata": {"note": "my secret words"},
    "parse_data": {
        "text": "my secret words",
        "intent": {"name": "report", "confidence": 0.9},
        "entities": [{"entity": "high_fever", "value": "yes", "text": "my secret words"}],
    },
}


@pytest.fixture
async def queue(amqp_url):
    name = f"test-{uuid.uuid4().hex}"
    connection = await aio_pika.connect(amqp_url)
    yield name
    channel = await connection.channel()
    await channel.queue_delete(name)
    await channel.exchange_delete(name)
    await connection.close()


async def received(amqp_url, queue, count):
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        source = await channel.declare_queue(queue, durable=True)
        messages = []
        deadline = time.monotonic() + 60
        while len(messages) < count and time.monotonic() < deadline:
            message = await source.get(no_ack=True, fail=False)
            if message is None:
                await asyncio.sleep(0.05)
            else:
                messages.append(message)
        assert await source.get(no_ack=True, fail=False) is None, "more events than were published"
        return messages


async def test_all_events_arrive_in_their_order(amqp_url, queue):
    broker = OrderedEventBroker(amqp_url, queue, with_words=True)
    await broker.connect()
    for number in range(150):
        broker.publish({"sender_id": "conversation", "event": "action", "name": f"a{number}"})
    messages = await received(amqp_url, queue, 150)
    await broker.close()
    assert [json.loads(message.body)["name"] for message in messages] == [f"a{number}" for number in range(150)]


async def test_rabbitmq_keeps_events_on_disk(amqp_url, queue):
    broker = OrderedEventBroker(amqp_url, queue, with_words=True)
    await broker.connect()
    broker.publish(USER)
    (message,) = await received(amqp_url, queue, 1)
    await broker.close()
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


async def test_each_event_has_an_id_of_its_own(amqp_url, queue):
    broker = OrderedEventBroker(amqp_url, queue, with_words=True)
    await broker.connect()
    broker.publish(USER)
    broker.publish(USER)
    messages = await received(amqp_url, queue, 2)
    await broker.close()
    assert len({message.message_id for message in messages}) == 2


async def test_closing_sends_the_events_that_wait(amqp_url, queue):
    broker = OrderedEventBroker(amqp_url, queue, with_words=True)
    await broker.connect()
    for _ in range(50):
        broker.publish(USER)
    await broker.close()
    assert len(await received(amqp_url, queue, 50)) == 50


async def test_words_are_left_out_by_default(amqp_url, queue):
    broker = OrderedEventBroker(amqp_url, queue, with_words=False)
    await broker.connect()
    broker.publish(USER)
    (message,) = await received(amqp_url, queue, 1)
    await broker.close()
    assert b"secret" not in message.body
    assert json.loads(message.body)["parse_data"]["intent"]["name"] == "report"


async def test_the_start_does_not_wait_for_rabbitmq(caplog):
    broker = OrderedEventBroker(f"amqp://guest:guest@127.0.0.1:{free_port()}/", "q", with_words=True)
    await asyncio.wait_for(broker.connect(), 1)
    with caplog.at_level(logging.DEBUG):
        broker.publish(USER)
        await asyncio.sleep(0.3)
    assert not broker.is_ready()
    assert "rabbitmq failed with" in caplog.text
    assert "secret" not in caplog.text
    broker._waiting.clear()
    await broker.close()


async def test_events_from_before_the_connection_are_sent(amqp_url, queue):
    broker = OrderedEventBroker(amqp_url, queue, with_words=True)
    broker.publish(USER)
    await broker.connect()
    assert len(await received(amqp_url, queue, 1)) == 1
    await broker.close()


async def test_nothing_is_published_without_an_address(monkeypatch):
    monkeypatch.delenv("ASSISTANT_EVENTS_URL", raising=False)
    assert await OrderedEventBroker.from_endpoint_config(None) is None


def test_a_bot_event_keeps_its_level_and_not_its_text():
    event = {"event": "bot", "text": "secret", "data": {"custom": {"kind": "outcome", "level": "urgent", "summary": "secret"}}}
    assert without_words(event) == {"event": "bot", "data": {"custom": {"kind": "outcome", "level": "urgent"}}}


def test_a_finding_keeps_its_value():
    event = {"event": "slot", "name": "high_fever", "value": "yes"}
    assert without_words(event) == event


def test_any_other_slot_loses_its_value():
    assert without_words({"event": "slot", "name": "note", "value": "secret"}) == {"event": "slot", "name": "note"}


@pytest.mark.parametrize("message_id", ["0b5f1c9e-7d0a-4e57-9d54-4d1f2a3b4c5d", "0b5f1c9e7d0a4e579d544d1f2a3b4c5d"])
def test_a_message_id_that_is_a_uuid_is_kept(message_id):
    event = {"event": "user", "message_id": message_id}
    assert without_words(event) == event


@pytest.mark.parametrize("message_id", ["my-dad-fell", "secretsecret", None])
def test_a_message_id_that_could_be_words_is_left_out(message_id):
    assert without_words({"event": "user", "message_id": message_id}) == {"event": "user"}

"""Publishes the events of all conversations to RabbitMQ, in order, and without a person's words unless a clinic wants them.

Rasa's `PikaEventBroker` sends each event in a task of its own, drops events before its first connection, delays the start while RabbitMQ is
down, and logs what a person typed when sending fails. Here one task sends the events in order and tries again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections import deque
from typing import Any, Optional

import aio_pika
from rasa.core.brokers.pika import PikaEventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.content import installed_content
from bot.observability import outages
from bot.settings import read_settings

logger = logging.getLogger(__name__)
_MAX_WAITING = 100_000
_BATCH = 100
_PAUSE_SECONDS = 1.0
_SECONDS_TO_FLUSH = 5.0
_ALARM = "alarm"
_UUID = re.compile(r"[0-9a-fA-F-]{8,64}")
_PLAIN_FIELDS = ("sender_id", "event", "timestamp", "name", "policy", "confidence", "message_id", "input_channel", "is_validated")


def without_words(event: dict[str, Any]) -> dict[str, Any]:
    """Copies an event with its kind, time, names and levels, and without anything that a person typed or was told.

    Args:
        event: Rasa's event as a dictionary.
    """
    plain = {field: event[field] for field in _PLAIN_FIELDS if field in event}
    if not _UUID.fullmatch(str(plain.get("message_id"))):  # clients choose the id, and one could choose words
        plain.pop("message_id", None)
    intent = (event.get("parse_data") or {}).get("intent")
    if intent:
        plain["parse_data"] = {"intent": {"name": intent.get("name"), "confidence": intent.get("confidence")}}
    meta = (event.get("data") or {}).get("custom")
    if event.get("event") == "bot" and meta:
        plain["data"] = {"custom": {name: meta[name] for name in ("kind", "level", "topic") if name in meta}}
    if event.get("event") == "slot" and (event.get("name") == _ALARM or event.get("name") in installed_content().items):
        plain["value"] = event.get("value")
    return plain


class OrderedEventBroker(PikaEventBroker):
    """Publishes to RabbitMQ where `ASSISTANT_EVENTS_URL` names one; nothing is published otherwise."""

    def __init__(self, url: str, queue: str, with_words: bool) -> None:
        """Prepares the broker; `connect` starts it.

        Args:
            url: AMQP address of RabbitMQ with user and password.
            queue: Name of the exchange and of the durable queue that is bound to it.
            with_words: Whether events keep what was typed and answered.
        """
        super().__init__(url, "", "", queues=[queue], exchange_name=queue)
        self._connection: aio_pika.abc.AbstractRobustConnection | None = None
        self._with_words = with_words
        self._waiting: deque[aio_pika.Message] = deque(maxlen=_MAX_WAITING)
        self._something_waits = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: Optional[EndpointConfig], event_loop: Optional[asyncio.AbstractEventLoop] = None
    ) -> Optional[OrderedEventBroker]:
        """Creates the broker from the environment, without waiting for RabbitMQ; None if no address is set."""
        settings = read_settings()
        if settings.events_url is None:
            return None
        broker = cls(settings.events_url, settings.events_queue, settings.events_with_words)
        await broker.connect()
        return broker

    async def connect(self) -> None:
        """Starts the task that sends as soon as RabbitMQ answers."""
        self._sending = asyncio.ensure_future(self._send_all())

    def is_ready(self) -> bool:
        """Whether RabbitMQ is connected."""
        return self._exchange is not None and bool(super().is_ready())

    def publish(self, event: dict[str, Any], headers: Optional[dict[str, str]] = None) -> None:
        """Queues an event. It is sent in order, and again until RabbitMQ confirms it.

        Args:
            event: Rasa's event as a dictionary.
            headers: Message headers, if any.
        """
        message = self._message(event if self._with_words else without_words(event), headers)
        message.message_id = uuid.uuid4().hex
        message.content_type = "application/json"
        if len(self._waiting) == _MAX_WAITING:
            logger.error("more than %d events wait for rabbitmq: the oldest is lost", _MAX_WAITING)
        self._waiting.append(message)
        self._something_waits.set()

    async def _send_all(self) -> None:
        while True:
            await self._something_waits.wait()
            try:
                with outages.watch("rabbitmq"):
                    if self._exchange is None:
                        await self._open()
                    await self._send_batch()
            except Exception:  # events wait, conversations go on
                await asyncio.sleep(_PAUSE_SECONDS)
            if not self._waiting:
                self._something_waits.clear()

    async def _open(self) -> None:
        if self._connection is None:
            self._connection = await aio_pika.connect_robust(self.host, timeout=_SECONDS_TO_FLUSH)
        channel = await self._connection.channel()
        exchange = await channel.declare_exchange(self.exchange_name, type=aio_pika.ExchangeType.FANOUT, durable=True)
        for queue in self.queues:
            await self._bind_queue(queue, channel, exchange)
        self._exchange = exchange

    async def _send_batch(self) -> None:
        """Sends the oldest events. From the first unconfirmed one on they wait for the next try, so that their order stays."""
        batch = [self._waiting[i] for i in range(min(_BATCH, len(self._waiting)))]
        sending = [self._exchange.publish(message, "", timeout=_SECONDS_TO_FLUSH) for message in batch]  # type: ignore[union-attr]
        for message, outcome in zip(batch, await asyncio.gather(*sending, return_exceptions=True)):
            if isinstance(outcome, BaseException):
                raise outcome
            if self._waiting and self._waiting[0] is message:
                self._waiting.popleft()

    async def close(self) -> None:
        """Sends the events that still wait, for a few seconds at most, and closes the connection."""
        deadline = asyncio.get_event_loop().time() + _SECONDS_TO_FLUSH
        while self._waiting and asyncio.get_event_loop().time() < deadline:
            await asyncio.sleep(0.05)
        if self._waiting:
            logger.error("%d events were not sent", len(self._waiting))
        if self._sending is not None:
            self._sending.cancel()
        await super().close()

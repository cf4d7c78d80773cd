"""Locks a conversation while a message is answered, in this process and over all replicas: Rasa's lock store on redis-py's own lock.

Rasa's Redis lock reads its tickets, changes them and writes them back. Two replicas can draw the same ticket and answer one person at once
(docs/scaling.md has the measurement). redis-py's `Lock` is one atomic command.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Optional
from weakref import WeakValueDictionary

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import LockError as RedisLockError
from redis.exceptions import RedisError

from bot.observability import outages
from bot.settings import ServerEnvironment, read_settings
from bot.storage.turn_context import turn_of

logger = logging.getLogger(__name__)
LEASE_SECONDS = 4.0  # a killed replica's lock ends by itself, early enough that the next replica still answers in time
_RENEWALS_PER_LEASE = 4
_POLL_SECONDS = 0.02
_REDIS_TIMEOUT_SECONDS = 1.0
_PAUSE_AFTER_FAILURE_SECONDS = 5.0
_KEY_PREFIX = "talk:"  # the same in every release: replicas of two releases lock each other out in a rolling update


class ConversationLocks(LockStore):
    """Locks conversations in this process, and in Redis where `ASSISTANT_LOCK_URL` names one.

    While Redis is down, conversations go on under the process's own lock: an answer matters more than its order, the proxy sends a
    conversation to one replica anyway, and `ConversationStore` loses no event of two turns at once.
    A turn that holds a conversation's lock may take it again: Rasa does so below the channel (`bot.storage.turn_context`).
    """

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, url: Optional[str] = None) -> None:
        """Prepares the locks. Redis is not asked before the first message.

        Args:
            endpoint_config: Not used: the address comes from the environment.
            url: Address of Redis; from the environment by default.

        Raises:
            SystemExit: Several workers are asked for without Redis.
        """
        super().__init__()
        address = url or read_settings().lock_url
        if address is None and ServerEnvironment.parse_obj({}).sanic_workers > 1:
            raise SystemExit("SANIC_WORKERS above 1 needs ASSISTANT_LOCK_URL: workers share their locks there. Set it, or use one worker.")
        self._local: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._redis = self._client(address) if address else None
        self._ask_again_at = 0.0

    @staticmethod
    def _client(url: str) -> Redis:
        client: Redis = Redis.from_url(
            url,
            socket_timeout=_REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=_REDIS_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1),  # a connection from before a restart of Redis is replaced
            retry_on_error=[RedisConnectionError],
        )
        return client

    @property
    def is_shared(self) -> bool:
        """Whether conversations are locked over all replicas."""
        return self._redis is not None

    async def works(self) -> bool:
        """Whether Redis answers; True where no Redis is set up."""
        if self._redis is None:
            return True
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        """Waits until no other message of the conversation is being answered, then holds the conversation.

        Args:
            conversation_id: Id of the conversation.
            lock_lifetime: Seconds to wait for the lock at most.
            wait_time_in_seconds: Not used.

        Yields:
            A ticket lock, for Rasa's interface only.

        Raises:
            LockError: The conversation stayed locked for all that time.
        """
        turn = turn_of(conversation_id)
        if turn is not None and turn.is_locked:
            yield TicketLock(conversation_id)
            return
        async with self._local.setdefault(conversation_id, asyncio.Lock()):
            shared = await self._acquire(conversation_id, lock_lifetime)
            renewing = asyncio.ensure_future(self._renew(shared)) if shared else None
            if turn is not None:
                turn.is_locked = True
            try:
                yield TicketLock(conversation_id)
            finally:
                if turn is not None:
                    turn.is_locked = False
                if shared and renewing:
                    renewing.cancel()
                    await self._release(shared)

    async def _acquire(self, conversation_id: str, seconds: float) -> Lock | None:
        """The lock in Redis; None if there is no Redis, or none that answers."""
        if self._redis is None or time.monotonic() < self._ask_again_at:
            return None
        name = _KEY_PREFIX + hashlib.sha256(conversation_id.encode()).hexdigest()
        lock = self._redis.lock(name, timeout=LEASE_SECONDS, sleep=_POLL_SECONDS, blocking_timeout=seconds, thread_local=False)
        try:
            acquired = await lock.acquire()
        except (RedisError, OSError) as error:
            self._ask_again_at = time.monotonic() + _PAUSE_AFTER_FAILURE_SECONDS
            outages.record_failure("redis", error)
            return None
        outages.record_success("redis")
        if not acquired:
            raise LockError("Another message of the conversation took too long.")
        return lock

    @staticmethod
    async def _renew(lock: Lock) -> None:
        """Keeps the lock in Redis for as long as the turn takes. A lost lock cannot be kept, so its errors end the task."""
        with suppress(RedisError, OSError):
            while True:
                await asyncio.sleep(LEASE_SECONDS / _RENEWALS_PER_LEASE)
                await lock.reacquire()

    @staticmethod
    async def _release(lock: Lock) -> None:
        try:
            await lock.release()
        except RedisLockError:
            logger.error("a conversation's lock had gone before its turn was over")
        except (RedisError, OSError) as error:
            outages.record_failure("redis", error)

"""One message of a talk at a time, in this process and over all replicas: Rasa's lock store on redis-py's own lock.

Rasa's Redis lock reads its tickets, changes them and writes them back, so two replicas can draw the same ticket and answer one person
at once (docs/scaling.md has the measurement). redis-py's `Lock` is one atomic command.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
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

logger = logging.getLogger(__name__)
LEASE_SECONDS = 4.0  # a killed replica's lock goes by itself: soon enough that the next replica still answers in time
_RENEWALS_PER_LEASE = 4
_POLL_SECONDS = 0.02
_REDIS_TIMEOUT_SECONDS = 1.0
_PAUSE_AFTER_FAULT_SECONDS = 5.0
_held: ContextVar[frozenset[str]] = ContextVar("talks that this task has locked", default=frozenset())


class ConversationLocks(LockStore):
    """Locks talks in this process, and in Redis where `ASSISTANT_LOCK_URL` names one.

    Without Redis at a moment when it should be there, talks go on under the process's own lock: an answer matters more than its order,
    the proxy sends a talk to one replica anyway, and `ConversationStore` loses no event of two turns at once.
    A task that holds a talk's lock may take it again, as Rasa does below the web channel.
    """

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, url: Optional[str] = None) -> None:
        """Prepares the locks; Redis is not asked before the first message.

        Args:
            endpoint_config: Rasa's; not used, the address comes from the environment.
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
        """Whether talks are locked over all replicas."""
        return self._redis is not None

    async def works(self) -> bool:
        """Whether the locks do what they are set up for: without Redis always, else if Redis answers."""
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
        """Waits until no other message of the talk is being answered, then holds the talk.

        Args:
            conversation_id: Id of the talk.
            lock_lifetime: Seconds to wait for the lock at most.
            wait_time_in_seconds: Not used.

        Yields:
            A ticket lock, for Rasa's interface only.

        Raises:
            LockError: The talk stayed locked for all that time.
        """
        if conversation_id in _held.get():
            yield TicketLock(conversation_id)
            return
        async with self._local.setdefault(conversation_id, asyncio.Lock()):
            shared = await self._acquire(conversation_id, lock_lifetime)
            renewing = asyncio.ensure_future(self._renew(shared)) if shared else None
            before = _held.set(_held.get() | {conversation_id})
            try:
                yield TicketLock(conversation_id)
            finally:
                _held.reset(before)
                if shared and renewing:
                    renewing.cancel()
                    await self._release(shared)

    async def _acquire(self, conversation_id: str, seconds: float) -> Lock | None:
        """The lock in Redis; None if there is no Redis, or none that answers."""
        if self._redis is None or time.monotonic() < self._ask_again_at:
            return None
        name = "talk:" + hashlib.sha256(conversation_id.encode()).hexdigest()
        lock = self._redis.lock(name, timeout=LEASE_SECONDS, sleep=_POLL_SECONDS, blocking_timeout=seconds, thread_local=False)
        try:
            acquired = await lock.acquire()
        except (RedisError, OSError) as error:
            self._ask_again_at = time.monotonic() + _PAUSE_AFTER_FAULT_SECONDS
            outages.record_failure("redis", error)
            return None
        outages.record_success("redis")
        if not acquired:
            raise LockError("Another message of the talk took too long.")
        return lock

    @staticmethod
    async def _renew(lock: Lock) -> None:
        """Keeps the lock for as long as the turn takes; if it is lost there is nothing to keep."""
        with suppress(RedisError, OSError):
            while True:
                await asyncio.sleep(LEASE_SECONDS / _RENEWALS_PER_LEASE)
                await lock.reacquire()

    @staticmethod
    async def _release(lock: Lock) -> None:
        try:
            await lock.release()
        except RedisLockError:
            logger.error("a talk's lock had gone before its turn was over")
        except (RedisError, OSError) as error:
            outages.record_failure("redis", error)

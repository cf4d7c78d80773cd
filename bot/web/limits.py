"""Limits on how much one session or one address may send, with the library `limits`."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class RateLimits:
    """Counts messages by session and by address, and new sessions by address, over the last minute."""

    def __init__(self, messages_per_minute: int, sessions_per_minute: int, address_messages_per_minute: int) -> None:
        self._storage = MemoryStorage()  # the limiter itself keeps only a weak reference
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._messages = RateLimitItemPerMinute(messages_per_minute)
        self._sessions = RateLimitItemPerMinute(sessions_per_minute)
        self._address_messages = RateLimitItemPerMinute(address_messages_per_minute)

    def message(self, conversation: str, address: str) -> int:
        """Counts a message; returns 0, or the seconds to wait if the session or the address has sent too many."""
        return self._hit(self._messages, f"m:{conversation}") or self._hit(self._address_messages, f"ma:{address}")

    def alarm(self, conversation: str, address: str) -> int:
        """The same for messages that sound like an emergency: they have an allowance of their own."""
        return self._hit(self._messages, f"a:{conversation}") or self._hit(self._address_messages, f"aa:{address}")

    def session(self, address: str) -> int:
        """Counts a new session; returns 0, or the seconds to wait if there were too many."""
        return self._hit(self._sessions, f"s:{address}")

    def _hit(self, item: RateLimitItemPerMinute, key: str) -> int:
        if self._limiter.hit(item, key):
            return 0
        reset, _ = self._limiter.get_window_stats(item, key)
        return max(1, math.ceil(float(reset) - time.time()))

"""Limits on how much one session or one address may send: a moving window of a minute (a sliding-window log).

In this process, without a library: the one that fits beside Rasa scans every message of the last minute in a thread for every new one.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque

SECONDS = 60.0
MAX_SENDERS = 50_000


class MovingWindow:
    """Allows so many hits a minute to everybody."""

    def __init__(self, per_minute: int) -> None:
        """Counts nothing yet.

        Args:
            per_minute: Hits that are allowed to one sender in any minute.
        """
        self._per_minute = per_minute
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()  # who hit least lately comes first

    def __len__(self) -> int:
        return len(self._hits)

    def hit(self, sender: str) -> int:
        """Counts a hit; returns 0, or the seconds to wait if it is one too many (it is not counted then)."""
        now = time.monotonic()
        self.forget_silent(now)
        hits = self._hits.setdefault(sender, deque())
        while hits and hits[0] <= now - SECONDS:
            hits.popleft()
        if len(hits) >= self._per_minute:
            return max(1, math.ceil(hits[0] + SECONDS - now))
        hits.append(now)
        self._hits.move_to_end(sender)
        return 0

    def forget_silent(self, now: float) -> None:
        """Lets go of senders who have been silent for a minute, and of the most silent ones if there are too many.

        Args:
            now: Seconds of the monotonic clock.
        """
        while self._hits:
            sender, hits = next(iter(self._hits.items()))
            if len(self._hits) < MAX_SENDERS and hits and hits[-1] > now - SECONDS:
                return
            del self._hits[sender]


class RateLimits:
    """Counts messages by session and by address, and new sessions by address, over the last minute."""

    def __init__(self, messages_per_minute: int, sessions_per_minute: int, address_messages_per_minute: int) -> None:
        self._messages = MovingWindow(messages_per_minute)
        self._address_messages = MovingWindow(address_messages_per_minute)
        self._alarms = MovingWindow(messages_per_minute)
        self._address_alarms = MovingWindow(address_messages_per_minute)
        self._sessions = MovingWindow(sessions_per_minute)
        self._windows = (self._messages, self._address_messages, self._alarms, self._address_alarms, self._sessions)

    def message(self, conversation: str, address: str) -> int:
        """Counts a message; returns 0, or the seconds to wait if the session or the address has sent too many."""
        self._forget_silent()
        return self._messages.hit(conversation) or self._address_messages.hit(address)

    def alarm(self, conversation: str, address: str) -> int:
        """The same for messages that sound like an emergency: they have an allowance of their own."""
        return self._alarms.hit(conversation) or self._address_alarms.hit(address)

    def session(self, address: str) -> int:
        """Counts a new session; returns 0, or the seconds to wait if there were too many."""
        self._forget_silent()
        return self._sessions.hit(address)

    def _forget_silent(self) -> None:
        """In all windows: who has sent nothing for a minute is not remembered."""
        now = time.monotonic()
        for window in self._windows:
            window.forget_silent(now)

"""Limits how much one session or one address may send within a minute (a sliding-window log).

The limits hold in this process. The one library whose version fits beside Rasa scans all messages of the last minute for each new one.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque

SECONDS = 60.0
MAX_SENDERS = 50_000


class MovingWindow:
    """Allows each sender a number of hits in any minute."""

    def __init__(self, per_minute: int) -> None:
        """Starts without hits.

        Args:
            per_minute: Hits that one sender may have in any minute.
        """
        self._per_minute = per_minute
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()  # the sender who has been silent longest comes first

    def __len__(self) -> int:
        return len(self._hits)

    def hit(self, sender: str) -> int:
        """Counts a hit and returns 0. A hit too many is not counted, and the seconds to wait are returned."""
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
        """Forgets the senders who have been silent for a minute; if there are too many senders, also those silent longest.

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

    def message(self, conversation_id: str, address: str) -> int:
        """Counts a message; returns 0, or the seconds to wait if the session or the address has sent too many."""
        self._forget_silent()
        return self._messages.hit(conversation_id) or self._address_messages.hit(address)

    def alarm(self, conversation_id: str, address: str) -> int:
        """Does the same for messages that sound like an emergency, which have limits of their own."""
        return self._alarms.hit(conversation_id) or self._address_alarms.hit(address)

    def session(self, address: str) -> int:
        """Counts a new session; returns 0, or the seconds to wait if there were too many."""
        self._forget_silent()
        return self._sessions.hit(address)

    def _forget_silent(self) -> None:
        """Forgets silent senders in all windows, also in those that this message does not count in."""
        now = time.monotonic()
        for window in self._windows:
            window.forget_silent(now)

"""Faults that are made while people talk, one after the other."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing

from tests.assistant_process import AssistantProcess

SECONDS_LOCKED = 4.0
SECONDS_STOPPED = 1.0
SECONDS_TO_RECOVER = 2.0
FEWEST_SECONDS_AFTER_KILL = 60.0
QUIET_END_SHARE = 0.1
KILL_SHARE = 0.15
Fault = Callable[[AssistantProcess], Awaitable[None]]


async def lock_the_database(assistant: AssistantProcess) -> None:
    """Holds the database so that nobody else can write."""
    with closing(sqlite3.connect(assistant.state_dir / "conversations.db", isolation_level=None, timeout=30)) as holder:
        holder.execute("begin immediate")
        await asyncio.sleep(SECONDS_LOCKED)
        holder.execute("rollback")


async def stop_the_process(assistant: AssistantProcess) -> None:
    """Takes the processor away, as a busy machine does."""
    os.kill(assistant.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(SECONDS_STOPPED)
    finally:
        os.kill(assistant.pid, signal.SIGCONT)


async def kill_the_process(assistant: AssistantProcess) -> None:
    """Ends it without a warning and starts it again."""
    await asyncio.to_thread(assistant.kill)
    await asyncio.to_thread(assistant.start)


ROTATION: dict[str, Fault] = {"database locked": lock_the_database, "process stopped": stop_the_process}
KILLED = "process killed"


class FaultMaker:
    """Makes the faults of the rotation at even distances, and kills the process once, early, so that its memory can be followed after."""

    def __init__(self, assistant: AssistantProcess, seconds: float) -> None:
        self._assistant, self._seconds = assistant, seconds
        self.times: dict[str, list[tuple[float, float]]] = {name: [] for name in (*ROTATION, KILLED)}
        self.up_since = 0.0

    def is_over(self, now: float) -> bool:
        """Whether the soak may end: on a slow machine the new process needs some time before its memory says anything.

        Args:
            now: Seconds from the start of the soak.
        """
        return self.up_since > 0 and now >= self._end()

    def _end(self) -> float:
        return max(self._seconds, self.up_since + FEWEST_SECONDS_AFTER_KILL)

    async def run(self, began: float) -> None:
        """Works until shortly before the end of the soak.

        Args:
            began: Start of the soak by the monotonic clock.
        """
        distance = max(8.0, min(30.0, self._seconds / 12))
        names = list(ROTATION)
        number = 0
        while not self.times[KILLED] or time.monotonic() - began + distance < self._end() * (1 - QUIET_END_SHARE):
            await asyncio.sleep(distance)
            if not self.times[KILLED] and time.monotonic() - began > self._seconds * KILL_SHARE:
                await self._make(KILLED, kill_the_process, began)
                self.up_since = time.monotonic() - began
            else:
                await self._make(names[number % len(names)], ROTATION[names[number % len(names)]], began)
                number += 1

    async def _make(self, name: str, fault: Fault, began: float) -> None:
        start = time.monotonic() - began
        await fault(self._assistant)
        over = time.monotonic() - began + SECONDS_TO_RECOVER
        self.times[name].append((start, over))
        print(f"{start:6.0f} s: {name}, over after {over - SECONDS_TO_RECOVER - start:.0f} s", flush=True)

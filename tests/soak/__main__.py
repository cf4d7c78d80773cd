"""Runs the soak: `make soak`, or `make soak MINUTES=2`."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import aiohttp

from tests.assistant_process import AssistantProcess
from tests.soak.faults import FaultMaker
from tests.soak.figures import SECONDS_TO_COMPARE, Sent, Soak, lines, memory_of, settled_at
from tests.soak.people import Person, new_client

SECONDS_TO_SPARE = 5.0
PEOPLE_AT_ONCE = 8
SECONDS_OF_WARM_UP = 5.0
SECONDS_OF_CAPACITY = 20.0
SHARE_OF_CAPACITY = 0.5
SEED = 20


def megabytes(pid: int) -> float | None:
    """Resident memory, or None while there is no such process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    except (OSError, StopIteration):
        return None


async def capacity(url: str, seconds: float) -> float:
    """Messages a second that people get answered who all send the next one when they have the reply."""
    chance = random.Random(SEED)
    answered = 0
    until = time.monotonic() + seconds

    async def talk_on(client: aiohttp.ClientSession) -> None:
        nonlocal answered
        person = Person(client, url, chance)
        while time.monotonic() < until:
            person = person if person.has_more_to_say else Person(client, url, chance)
            sent = Sent(0.0)
            await person.say_next(sent, time.monotonic())
            answered += sent.seconds is not None

    began = time.monotonic()
    async with new_client() as client:
        await asyncio.gather(*(talk_on(client) for _ in range(PEOPLE_AT_ONCE)))
    return answered / (time.monotonic() - began)


class Crowd:
    """Sends messages when they are due, however long replies take: who still waits for one leaves the next to somebody else."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self._client, self._url = client, url
        self._chance = random.Random(SEED + 1)
        self._free: deque[Person] = deque()
        self._waiting: set[asyncio.Task[None]] = set()
        self.sent: list[Sent] = []
        self.talks: list[float] = []  # when each began, in seconds of the monotonic clock

    async def talk(self, rate: float, began: float, is_over: Callable[[float], bool]) -> None:
        """Lets them talk, and waits for the last replies."""
        due = began
        while not is_over((due := due + self._chance.expovariate(rate)) - began):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            sent = Sent(due - began)
            self.sent.append(sent)
            task = asyncio.ensure_future(self._say(sent, due))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        if self._waiting:
            await asyncio.wait(self._waiting)

    async def _say(self, sent: Sent, due: float) -> None:
        if len(self._free) >= PEOPLE_AT_ONCE:
            person = self._free.popleft()
        else:
            person = Person(self._client, self._url, self._chance)
            self.talks.append(time.monotonic())
        await person.say_next(sent, due)
        if person.has_more_to_say:
            self._free.append(person)


async def _follow_memory(assistant: AssistantProcess, began: float, samples: list[tuple[float, float]]) -> None:
    while True:
        size = megabytes(assistant.pid)
        if size is not None:
            samples.append((time.monotonic() - began, size))
        await asyncio.sleep(1)


async def soak(assistant: AssistantProcess, seconds: float) -> Soak:
    """Measures the capacity and soaks."""
    await capacity(assistant.url, SECONDS_OF_WARM_UP)
    most = await capacity(assistant.url, SECONDS_OF_CAPACITY)
    print(f"{PEOPLE_AT_ONCE} people at once get {most:.1f} messages/s answered. Soaking at half of it ...", flush=True)
    result = Soak(most, most * SHARE_OF_CAPACITY, seconds)
    maker, samples = FaultMaker(assistant, seconds), []
    async with new_client() as client:
        crowd, began = Crowd(client, assistant.url), time.monotonic()
        making, following = (asyncio.ensure_future(task) for task in (maker.run(began), _follow_memory(assistant, began, samples)))

        def settled() -> float | None:
            return settled_at([at - began for at in crowd.talks], maker.up_since)

        def is_over(now: float) -> bool:
            if making.done() and making.exception() is not None:
                return True
            return maker.is_over(now) and now >= (settled() or now) + SECONDS_TO_COMPARE + SECONDS_TO_SPARE

        await crowd.talk(result.rate, began, is_over)
        result.seconds = time.monotonic() - began
        making.cancel()
        following.cancel()
        outcomes = await asyncio.gather(making, following, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    result.sent, result.faults, result.memory = crowd.sent, maker.times, memory_of(samples, maker.up_since, settled())
    return result


def main() -> int:
    """Soaks, prints the figures, and says by its exit status whether nobody was let down."""
    parser = argparse.ArgumentParser(prog="make soak", description="Half the capacity with faults, for as long as you like.")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long, besides the half minute that measures the capacity")
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        assistant = AssistantProcess(Path(folder))
        try:
            assistant.start()
            result = asyncio.run(soak(assistant, 60 * minutes))
        finally:
            assistant.stop()
    print(f"\n{platform.platform()}, {os.cpu_count()} cores; load (1, 5, 15 min) {' '.join(f'{value:.1f}' for value in os.getloadavg())}")
    print("\n".join(lines(result)))
    failures = result.failures()
    print(f"FAILED: {', '.join(failures)}" if failures else "Passed: nothing lost, nothing empty, no alarm missed.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Several processes lock the same talks at the same instants: how often were two inside at once?

`python -m tests.cluster.lock_race` compares Rasa's Redis lock with the project's, in bare locking; docs/scaling.md has the figures.
"""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

import redis
from rasa.core.lock_store import LockStore, RedisLockStore

from bot.storage.lock_store import ConversationLocks
from tests.services import RedisServer

SECONDS_INSIDE = 0.03  # about as long as a message takes
SECONDS_TO_ARRIVE = 120


@dataclass(frozen=True)
class Outcome:
    """What became of all attempts."""

    attempts: int
    overlaps: int
    refused: int
    median_milliseconds: float


def make_store(kind: str, port: int) -> LockStore:
    if kind == "rasa":
        return RedisLockStore(host="127.0.0.1", port=port)
    return ConversationLocks(url=f"redis://127.0.0.1:{port}/0")


async def _enter(store: LockStore, witness: redis.Redis, talk: str) -> tuple[str, float]:
    began = time.perf_counter()
    try:
        async with store.lock(talk):
            alone = witness.incr(f"inside:{talk}") == 1
            await asyncio.sleep(SECONDS_INSIDE)
            witness.decr(f"inside:{talk}")
    except Exception:  # what the store raises when it loses count is one of the outcomes
        return "refused", time.perf_counter() - began
    return "alone" if alone else "overlap", time.perf_counter() - began


async def _meet(kind: str, port: int, all_here: Barrier, rounds: int, gap: float) -> list[tuple[str, float]]:
    store, witness = make_store(kind, port), redis.Redis(port=port)
    all_here.wait(SECONDS_TO_ARRIVE)
    start = math.ceil(time.time()) + 1
    turns = []
    for number in range(rounds):
        await asyncio.sleep(max(0.0, start + number * gap - time.time()))
        turns.append(asyncio.ensure_future(_enter(store, witness, f"talk-{number}")))
    return list(await asyncio.gather(*turns))


def _worker(kind: str, port: int, all_here: Barrier, rounds: int, gap: float, results: multiprocessing.Queue) -> None:
    results.put(asyncio.run(_meet(kind, port, all_here, rounds, gap)))


def race(kind: str, port: int, processes: int = 2, rounds: int = 200, gap: float = 0.05) -> Outcome:
    """Lets processes meet at the same instants, once for each talk.

    Args:
        kind: `rasa` or `ours`.
        port: Of Redis.
        processes: How many meet.
        rounds: How many talks.
        gap: Seconds between two meetings.
    """
    redis.Redis(port=port).flushall()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue = context.Queue()
    all_here = context.Barrier(processes)
    workers = [context.Process(target=_worker, args=(kind, port, all_here, rounds, gap, results)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    entered = [result for _ in workers for result in results.get(timeout=280)]
    for worker in workers:
        worker.join()
    waits = sorted(seconds for _, seconds in entered)
    kinds = [kind for kind, _ in entered]
    return Outcome(len(entered), kinds.count("overlap"), kinds.count("refused"), 1000 * waits[len(waits) // 2])


def main() -> None:
    server = RedisServer()
    server.start()
    print(f"{os.cpu_count()} cores, load {' '.join(f'{value:.1f}' for value in os.getloadavg())}\n")
    print("| lock | processes | attempts | not alone inside | refused | median wait and turn, ms |\n| --- | --- | --- | --- | --- | --- |")
    for kind in ("rasa", "ours"):
        for processes in (2, 4):
            found = race(kind, server.port, processes)
            print(f"| {kind} | {processes} | {found.attempts} | {found.overlaps} | {found.refused} | {found.median_milliseconds:.0f} |")
    server.stop()


if __name__ == "__main__":
    main()

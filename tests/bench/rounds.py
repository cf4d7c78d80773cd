"""Measures: several rounds in turn with one and with eight people, then one long talk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.bench.bots import Bot
from tests.bench.figures import Round

CLIENTS = (1, 8)
TALKS_AT_ONE = 5
LONG_TALK = 200


@dataclass
class Measured:
    """All that was measured of one bot.

    Attributes:
        name: What it is called.
        starts: Seconds of each cold start to the first answer.
        megabytes: Resident memory after the rounds.
        rounds: By number of clients.
        long_talk: Milliseconds of each reply of the long talk.
    """

    name: str
    starts: list[float] = field(default_factory=list)
    megabytes: float = 0.0
    rounds: dict[int, list[Round]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    long_talk: list[float] = field(default_factory=list)


def one_talk(bot: Bot) -> list[float]:
    """Milliseconds of each reply of one talk by a new person."""
    person = bot.person(bot.port)
    return [person.timed(message) for message in bot.messages]


def one_round(bot: Bot, clients: int) -> Round:
    """One round with so many people at the same time, each with the same number of talks."""
    talks = TALKS_AT_ONE if clients == 1 else 2
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as people:
        times = [ms for talk in people.map(one_talk, [bot] * (clients * talks)) for ms in talk]
    return Round(tuple(times), time.perf_counter() - began)


def long_talk(bot: Bot) -> list[float]:
    """Milliseconds of each reply of one long talk."""
    person = bot.person(bot.port)
    return [person.timed(bot.messages[turn % len(bot.messages)]) for turn in range(LONG_TALK)]


def measure(bots: Sequence[Bot], rounds: int, starts: int) -> list[Measured]:
    """Measures the bots in turn.

    Args:
        bots: The bots, prepared and not running.
        rounds: How many rounds.
        starts: How many cold starts; the last one stays up for the rounds.
    """
    results = [Measured(bot.name) for bot in bots]
    for number in range(starts):
        for bot, result in zip(bots, results, strict=True):
            result.starts.append(bot.start())
            if number < starts - 1:
                bot.stop()
    for bot in bots:  # warmed up
        one_talk(bot)
    for number in range(rounds):
        for bot, result in zip(bots, results, strict=True):
            print(f"round {number + 1} of {rounds}: {bot.name}", flush=True)
            for clients in CLIENTS:
                result.rounds[clients].append(one_round(bot, clients))
    for bot, result in zip(bots, results, strict=True):
        result.long_talk = long_talk(bot)
        result.megabytes = bot.megabytes()
    return results

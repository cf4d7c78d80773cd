"""Reading a message in a thread ahead of Rasa."""

from __future__ import annotations

import asyncio
import gc
import threading

import numpy as np
import pytest

from bot.nlu.encoder.prefetch import Encoding, begin, finish, reading_of


def read(typed: str) -> Encoding:
    return Encoding(typed, typed.strip(), [typed.strip()], [], np.zeros((1, 3), np.float32))


async def read_ahead(typed, reader=read):
    await finish(begin(reader, typed))


def test_what_was_read_ahead_is_there_afterwards():
    async def talk():
        await read_ahead(" hello ")
        return reading_of(" hello ")

    assert asyncio.run(talk()).text == "hello"


def test_nothing_is_there_for_another_text():
    async def talk():
        await read_ahead("hello")
        return reading_of("goodbye")

    assert asyncio.run(talk()) is None


def test_people_who_talk_at_the_same_time_do_not_get_each_others_reading():
    async def person(typed):
        await read_ahead(typed)
        await asyncio.sleep(0.01)
        return reading_of(typed)

    async def talk():
        return await asyncio.gather(*(person(f"message {number}") for number in range(20)))

    assert [reading.typed for reading in asyncio.run(talk())] == [f"message {number}" for number in range(20)]


def test_the_reading_does_not_hold_up_other_talks():
    may_end = threading.Event()

    def slow(typed):
        assert may_end.wait(10)
        return read(typed)

    async def talk():
        begun = begin(slow, "hello")
        await asyncio.sleep(0)  # the loop goes on
        may_end.set()
        await finish(begun)
        return reading_of("hello")

    assert asyncio.run(talk()) is not None


@pytest.mark.parametrize("before", [False, True])
def test_a_failure_leaves_no_reading_behind(before):
    def fails(typed):
        raise RuntimeError("broken on purpose")

    async def talk():
        if before:
            await read_ahead("hello")
        await read_ahead("hello", fails)
        return reading_of("hello")

    assert asyncio.run(talk()) is None


def test_a_failure_says_nothing_about_what_was_typed(caplog):
    def fails(typed):
        raise RuntimeError(typed)

    async def talk():
        begun = begin(fails, "a private sentence")
        await asyncio.wait([begun])
        del begun
        gc.collect()

    asyncio.run(talk())
    assert "private" not in caplog.text

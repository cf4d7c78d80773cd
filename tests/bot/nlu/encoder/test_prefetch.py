"""A message is encoded in a thread, ahead of Rasa."""

from __future__ import annotations

import asyncio
import gc
import threading

import numpy as np
import pytest

from bot.nlu.encoder.prefetch import Encoding, await_result, result_for, start
from bot.storage.turn_context import begin_turn


def read(typed: str) -> Encoding:
    return Encoding(typed, typed.strip(), [typed.strip()], [], np.zeros((1, 3), np.float32))


def fails(typed: str) -> Encoding:
    raise RuntimeError(typed)


@pytest.fixture
def turn():
    with begin_turn("a") as turn:
        yield turn


async def test_the_encoding_made_ahead_is_found(turn):
    await await_result(start(read, " hello "), turn)
    assert result_for(" hello ").text == "hello"


async def test_no_encoding_is_found_for_another_text(turn):
    await await_result(start(read, "hello"), turn)
    assert result_for("goodbye") is None


async def test_no_encoding_is_found_outside_of_a_turn():
    with begin_turn("a") as turn:
        await await_result(start(read, "hello"), turn)
    assert result_for("hello") is None


async def test_people_who_write_at_the_same_time_do_not_get_each_others_encoding():
    async def person(typed):
        with begin_turn(typed) as turn:
            await await_result(start(read, typed), turn)
            await asyncio.sleep(0.01)
            return result_for(typed)

    encodings = await asyncio.gather(*(person(f"message {number}") for number in range(20)))
    assert [encoding.typed for encoding in encodings] == [f"message {number}" for number in range(20)]


async def test_encoding_does_not_hold_up_other_conversations(turn):
    may_end = threading.Event()

    def slow(typed):
        assert may_end.wait(10)
        return read(typed)

    started = start(slow, "hello")
    await asyncio.sleep(0)  # the loop goes on
    may_end.set()
    await await_result(started, turn)
    assert result_for("hello") is not None


@pytest.mark.parametrize("before", [False, True])
async def test_a_failure_leaves_no_encoding(turn, before):
    if before:
        await await_result(start(read, "hello"), turn)
    await await_result(start(fails, "hello"), turn)
    assert result_for("hello") is None


def test_a_failure_says_nothing_about_what_was_typed(caplog):
    async def encode():
        started = start(fails, "a private sentence")
        await asyncio.wait([started])
        del started
        gc.collect()

    asyncio.run(encode())
    assert "private" not in caplog.text

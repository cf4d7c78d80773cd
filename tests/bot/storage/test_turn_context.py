"""A turn's context is the same object wherever the turn leads, and does not leak into other turns."""

from __future__ import annotations

import asyncio

from bot.storage.turn_context import begin_turn, current_turn, turn_of


def test_outside_of_a_turn_there_is_no_context():
    assert current_turn() is None
    assert turn_of("a") is None


def test_a_turn_finds_its_own_context():
    with begin_turn("a") as turn:
        assert current_turn() is turn
        assert turn_of("a") is turn


def test_a_turn_of_another_conversation_is_not_found():
    with begin_turn("a"):
        assert turn_of("b") is None


def test_the_context_ends_with_the_turn():
    with begin_turn("a"):
        pass
    assert current_turn() is None


def test_the_context_ends_with_a_turn_that_fails():
    try:
        with begin_turn("a"):
            raise RuntimeError("broken on purpose")
    except RuntimeError:
        pass
    assert current_turn() is None


async def test_a_task_of_the_turn_shares_its_context():
    async def set_slots():
        turn_of("a").slots = {"route": "pump"}

    with begin_turn("a") as turn:
        await asyncio.wait_for(set_slots(), 1)
    assert turn.slots == {"route": "pump"}


async def test_two_turns_at_once_do_not_share_a_context():
    async def take_turn(conversation_id):
        with begin_turn(conversation_id) as turn:
            await asyncio.sleep(0)
            return current_turn() is turn

    assert await asyncio.gather(take_turn("a"), take_turn("a"), take_turn("b")) == [True, True, True]

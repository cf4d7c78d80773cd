"""Plays the dialogues: opening, checklist by button or in the person's words, interruptions, outcome."""

from __future__ import annotations

import uuid
from typing import Any

from bot.clinical.triage import highest
from tests.evaluation.assistant import Assistant
from tests.talk import Turn

MAX_TURNS = 60


def _button(turn: Turn, item: str, value: str) -> str:
    return next(payload for payload in turn.buttons.values() if f'"{item}": "{value}"' in payload)


async def play(assistant: Assistant, dialogue: dict[str, Any]) -> tuple[str, list[str]]:
    """Plays one dialogue.

    Returns:
        The highest level over the whole talk, and what was said as lines.
    """
    conversation = uuid.uuid4().hex
    said: list[str] = []
    level = "none"
    waiting = {entry["at"]: entry["text"] for entry in dialogue["interruptions"]}

    async def send(text: str, is_button: bool = False) -> Turn:
        nonlocal level
        turn = await assistant.send(conversation, text, is_button)
        level = highest(level, turn.level)
        said.append(f"> {text}   [{turn.level}, next {turn.item}]")
        return turn

    turn = await send(dialogue["opening"])
    if turn.level != "emergency" and turn.item is None:
        turn = await send("/check_symptoms", is_button=True)
    for _ in range(MAX_TURNS):
        item = turn.item
        if item is None:
            break
        if item in waiting:
            turn = await send(waiting.pop(item))
        elif item in dialogue["typed"]:
            turn = await send(dialogue["typed"].pop(item))
        else:
            turn = await send(_button(turn, item, dialogue["facts"][item]), is_button=True)
    assistant.forget(conversation)
    return level, said

"""People who talk with the assistant: each waits for a reply, and sends a message again with the same id until there is one."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from contextlib import suppress
from typing import Any

import aiohttp

from bot.clinical.triage import highest
from tests.soak.figures import Sent

ALARMS = (
    "my dad is having a seizure right now",
    "my dad's pump is beeping and he's burning up and talking nonsense",
    "i can't breathe",
    "she is hallucinating and has a fever of 104",
    "i want to kill myself",
)
CHECKLIST = ("/check_symptoms", "tablets", "no", "is it dangerous to stop suddenly?", "no", "not sure", "no", "no")
ANSWERS = (
    "how does baclofen work?",
    "what's the weather like",
    "i forgot my tablet this morning, feel fine",
    "can a bladder infection make spasms worse?",
    "what are the side effects",
    "my kidneys are bad, is it safe?",
    "hello",
    "my legs are much stiffer than last week",
    "thank you",
)
SECONDS_A_TRY = 20.0
SECONDS_TO_GIVE_UP = 600.0
SHORTEST_PAUSE, PAUSE_SHARE = 0.25, 0.25  # the longer somebody has waited, the longer until the next try: no storm after an outage
CUT_SHARE = 0.02
CUT_AFTER_SECONDS = (0.0, 0.03)
_FAULTS_OF_A_TRY = (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError)


def script(chance: random.Random) -> list[str]:
    """What one person says: questions and reports, half of them a symptom check, and in one talk of four an alarm somewhere."""
    said = chance.sample(ANSWERS, 5)
    if chance.random() < 0.5:
        said += CHECKLIST
    if chance.random() < 0.25:
        said.insert(chance.randrange(len(said) + 1), chance.choice(ALARMS))
    return said


class Person:
    """One talk."""

    def __init__(self, client: aiohttp.ClientSession, url: str, chance: random.Random) -> None:
        self._client, self._url, self._chance = client, url, chance
        self._left = script(chance)
        self._token: str | None = None

    @property
    def has_more_to_say(self) -> bool:
        return bool(self._left)

    async def say_next(self, sent: Sent, due: float) -> None:
        """Sends the next message until it is answered, or for as long as a person would wait at the very most.

        Args:
            sent: What becomes of it.
            due: When it is due, by the monotonic clock.
        """
        text = self._left.pop(0)
        sent.is_alarm = text in ALARMS
        kind = "payload" if text.startswith("/") else "text"
        body = {"id": uuid.uuid4().hex, kind: text}
        tries = 0
        while time.monotonic() - due < SECONDS_TO_GIVE_UP:
            messages = await self._try(body, may_cut=tries == 0)
            if messages is not None:
                sent.seconds = time.monotonic() - due
                self._judge(sent, messages)
                return
            sent.failed_tries += 1
            pause = max(SHORTEST_PAUSE, PAUSE_SHARE * (time.monotonic() - due))
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.5))
            tries += 1

    @staticmethod
    def _judge(sent: Sent, messages: list[dict[str, Any]]) -> None:
        sent.is_empty = not any(message["text"].strip() for message in messages)
        sent.level = highest("none", *(message["meta"]["level"] for message in messages))
        sent.is_outage = any(message["meta"].get("topic") is None and message["meta"]["kind"] == "fallback" for message in messages)

    async def _try(self, body: dict[str, str], may_cut: bool) -> list[dict[str, Any]] | None:
        """One try; None if it brought no reply."""
        try:
            if self._token is None:
                async with self._client.post(f"{self._url}/session", json={}) as response:
                    self._token = (await response.json())["token"] if response.status == 201 else None
                    if self._token is None:
                        return None
            if may_cut and self._chance.random() < CUT_SHARE:
                await self._cut(body)
                return None
            async with self._client.post(f"{self._url}/message", json=body, headers=self._headers) as response:
                return (await response.json())["messages"] if response.status == 200 else None
        except _FAULTS_OF_A_TRY:
            return None

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _cut(self, body: dict[str, str]) -> None:
        """Sends a message and closes the connection before the reply, as a phone in a tunnel does."""
        sending = asyncio.ensure_future(self._client.post(f"{self._url}/message", json=body, headers=self._headers))
        await asyncio.sleep(self._chance.uniform(*CUT_AFTER_SECONDS))
        sending.cancel()
        with suppress(asyncio.CancelledError, *_FAULTS_OF_A_TRY):
            (await sending).close()


def new_client() -> aiohttp.ClientSession:
    """A client for all people, each with connections of its own as they need them."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=SECONDS_A_TRY))

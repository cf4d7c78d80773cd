"""A person who talks with the assistant over its web interface."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from bot.clinical.triage import highest


@dataclass(frozen=True)
class Turn:
    """The reply to one message."""

    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(message["text"] for message in self.messages)

    @property
    def level(self) -> str:
        return highest(*(message["meta"]["level"] for message in self.messages))

    @property
    def first(self) -> dict[str, Any]:
        return self.messages[0]

    @property
    def last(self) -> dict[str, Any]:
        return self.messages[-1]

    @property
    def kinds(self) -> list[str]:
        return [message["meta"]["kind"] for message in self.messages]

    @property
    def topics(self) -> list[str]:
        return [message["meta"]["topic"] for message in self.messages if message["meta"].get("topic")]

    @property
    def asks(self) -> list[str]:
        """The questions about danger and self-harm in the reply."""
        return [message["meta"]["ask"] for message in self.messages if message["meta"].get("ask")]

    @property
    def item(self) -> str | None:
        """The checklist item that the reply asks about."""
        steps = [message["meta"]["step"]["item"] for message in self.messages if message["meta"].get("step")]
        return steps[-1] if steps else None

    @property
    def buttons(self) -> dict[str, str]:
        """Payloads by title."""
        return {button["title"]: button["payload"] for message in self.messages for button in message["buttons"]}


class Talk:
    """One session."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.client = httpx.Client(timeout=20)
        self.opening: dict[str, Any] = {}
        if token is None:
            self.opening = self.client.post(f"{url}/session").json()
            token = str(self.opening["token"])
        self.token = token
        self.turn = Turn([])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, **body: Any) -> httpx.Response:
        """Sends a raw message body."""
        return self.client.post(f"{self.url}/message", json={"id": str(uuid.uuid4()), **body}, headers=self.headers)

    def _send(self, **body: str) -> Turn:
        response = self.post(**body)
        assert response.status_code == 200, response.text
        self.turn = Turn(response.json()["messages"])
        assert self.turn.text.strip(), "an empty reply"
        return self.turn

    def say(self, text: str) -> Turn:
        """Types a text."""
        return self._send(text=text)

    def payload(self, payload: str) -> Turn:
        """Presses a button by its payload."""
        return self._send(payload=payload)

    def press(self, title: str) -> Turn:
        """Presses a button of the last reply by its title."""
        assert title in self.turn.buttons, f"no button {title!r} among {list(self.turn.buttons)}"
        return self._send(payload=self.turn.buttons[title])

    def answer(self, value: str) -> Turn:
        """Answers the open checklist question by button: `yes`, `no`, `not_sure`, `tablets` and so on."""
        for payload in self.turn.buttons.values():
            if f'"{self.turn.item}": "{value}"' in payload:
                return self._send(payload=payload)
        raise AssertionError(f"no answer {value!r} to {self.turn.item!r}")

    def start_checklist(self, until: str | None = None, **answers: str) -> Turn:
        """Starts the checklist and answers up to an item (not including it): `no` where nothing else is given."""
        self.payload("/check_symptoms")
        return self.answer_rest(until, **answers)

    def answer_rest(self, until: str | None = None, **answers: str) -> Turn:
        """Answers the rest of an open checklist in the same way."""
        while self.turn.item and self.turn.item != until:
            default = "tablets" if self.turn.item == "route" else "no"
            self.answer(answers.get(self.turn.item, default))
        return self.turn

    def history(self) -> list[dict[str, Any]]:
        """What the server says was said."""
        return list(self.client.get(f"{self.url}/history", headers=self.headers).json()["messages"])

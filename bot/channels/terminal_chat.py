"""A conversation in the terminal, over the same interface as the widget."""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

SECONDS = 15
_LABELS = {"emergency": "EMERGENCY", "urgent": "URGENT", "soon": "SOON"}


class ChatClient:
    """A client of the interface for one session."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._token = ""

    def _post(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(f"{self._url}/{path}", data=json.dumps(body or {}).encode(), headers=headers, method="POST")
        try:
            with urlopen(request, timeout=SECONDS) as response:
                data = json.load(response)
        except HTTPError as error:
            data = json.load(error)
        assert isinstance(data, dict)
        return data

    def start(self) -> dict[str, Any]:
        """Opens a session and returns its greeting."""
        opened = self._post("session")
        self._token = opened.get("token", "")
        return opened

    def send(self, **body: str) -> dict[str, Any]:
        """Sends a `text` or a `payload`."""
        return self._post("message", {"id": str(uuid.uuid4()), **body})

    def end(self) -> None:
        """Deletes the conversation on the server."""
        self._post("end")


def _show(reply: dict[str, Any]) -> list[str]:
    """Prints a reply; returns the payloads of its numbered choices."""
    payloads: list[str] = []
    if "error" in reply:
        print(f"\n! {reply['error']['message']}")
    for message in reply.get("messages") or reply.get("error", {}).get("messages") or []:
        step = message["meta"].get("step")
        label = f"Question {step['n']} of {step['of']}" if step else _LABELS.get(message["meta"]["level"], "")
        print(f"\n{f'[{label}] ' if label else ''}{message['text']}")
        for action in message["meta"].get("actions", []):
            print(f"   * {action['label']}: {action['tel']}")
        for button in message["buttons"]:
            payloads.append(button["payload"])
            print(f"   {len(payloads)}) {button['title']}")
    return payloads


def chat(url: str) -> int:
    """Talks until the input ends; returns the exit status.

    Args:
        url: Address of the interface, such as http://localhost:5005/chat.
    """
    client = ChatClient(url)
    try:
        payloads = _show(client.start())
        print("\n(Type a message or the number of a choice. An empty line ends and forgets the talk.)")
        while True:
            line = input("\nyou> ").strip()
            if not line:
                client.end()
                return 0
            chosen = line.isdecimal() and 0 < int(line) <= len(payloads)
            payloads = _show(client.send(payload=payloads[int(line) - 1]) if chosen else client.send(text=line))
    except (EOFError, KeyboardInterrupt):
        print()
        return 0
    except (URLError, TimeoutError):
        print(f"No assistant answers at {url}. Start it with 'make run'. In an emergency call your emergency number.", file=sys.stderr)
        return 1

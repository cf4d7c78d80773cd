"""A tiny web server for the example pages: a clinic's website, and a portal that signs its users in.

Run it with `make examples`: that starts an assistant too. A real portal does the same in its own language: see `sign_in_token`.
"""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import jwt

FOLDER = Path(__file__).resolve().parent
PAGES = {"/": "clinic.html", "/portal": "portal.html"}
ASSISTANT_IN_PAGES = "http://localhost:5005/chat"
AUDIENCE = "baclofen-assistant"
SECONDS_VALID = 300


def sign_in_token(user: str, key: str) -> str:
    """What the portal's server signs for a user who is signed in there.

    Args:
        user: The portal's opaque id of the user: no name, no e-mail address, no record number.
        key: The secret that the portal shares with the assistant (`ASSISTANT_SIGN_IN_KEY`).
    """
    return jwt.encode({"sub": user, "aud": AUDIENCE, "exp": int(time.time()) + SECONDS_VALID}, key, algorithm="HS256")


class ExampleHandler(BaseHTTPRequestHandler):
    """Serves the pages, and a token to users of the pretended portal."""

    assistant = ASSISTANT_IN_PAGES
    sign_in_key = ""

    def do_GET(self) -> None:
        """Answers one request."""
        path, _, query = self.path.partition("?")
        if path in PAGES:
            page = (FOLDER / PAGES[path]).read_text(encoding="utf-8")
            self.answer(200, page.replace(ASSISTANT_IN_PAGES, self.assistant), "text/html; charset=utf-8")
        elif path == "/portal/token" and query.startswith("user="):
            # A real portal takes the user from its own session, never from the address.
            token = sign_in_token(query.removeprefix("user="), self.sign_in_key)
            self.answer(200, json.dumps({"token": token}), "application/json")
        else:
            self.answer(404, "There is no such page.", "text/plain; charset=utf-8")

    def answer(self, status: int, body: str, kind: str, headers: dict[str, str] | None = None) -> None:
        """Sends one answer."""
        data = body.encode("utf-8")
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a path could hold a user's id."""

"""A page with the widget as a person uses it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BURST_SECONDS = 0.55


def find_chromium() -> str | None:
    """The installed Chromium, if there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Chat:
    """A page with the widget, together with what went wrong on it.

    Attributes:
        page: The page.
        complaints: Console errors, uncaught exceptions and violations of the content security policy.
        hosts: Every host that was asked for something.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self._last_press = 0.0
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    @property
    def own(self) -> Locator:
        """The person's messages."""
        return self.page.locator("li.message.user")

    @property
    def replies(self) -> Locator:
        """The assistant's messages."""
        return self.page.locator("li.message.assistant")

    @property
    def box(self) -> Locator:
        """The box to type in."""
        return self.page.get_by_role("textbox", name="Your message")

    def wait_for(self, text: str) -> None:
        """Waits until the talk holds a text."""
        self.page.locator("li.message").filter(has_text=text).last.wait_for()

    def button(self, name: str) -> Locator:
        """The last button with a name."""
        return self.page.get_by_role("button", name=name, exact=True).last

    def press(self, name: str) -> None:
        """Clicks a button, slowly enough not to be taken for a trembling hand."""
        self.button(name).wait_for()
        self.page.wait_for_timeout(max(0.0, self._last_press + BURST_SECONDS - time.monotonic()) * 1000)
        self.button(name).click()
        self._last_press = time.monotonic()

    def start(self) -> None:
        """Accepts the notice and waits for the greeting."""
        self.press("Start the chat")
        self.wait_for("I am an automated assistant")

    def say(self, text: str) -> None:
        """Types a message, sends it and waits for the reply."""
        before = self.replies.count()
        self.box.fill(text)
        self.box.press("Enter")
        self.replies.nth(before).wait_for()
        expect(self.page.locator(".typing")).to_be_hidden()

    def question(self) -> str:
        """The label of the last question, such as "Question 3 of 15"."""
        return self.page.locator(".label").filter(has_text="Question").last.inner_text()

    def focused(self) -> str:
        """The text or name of what has the focus, inside the widget."""
        return str(
            self.page.evaluate(
                """() => { let one = document.activeElement; while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
                return `${one.tagName} ${one.getAttribute("aria-label") ?? one.textContent}`; }"""
            )
        )

    def tab_to(self, name: str, most: int = 40) -> None:
        """Moves the focus on by Tab to the last button with a name."""
        wanted = self.button(name)
        wanted.wait_for()
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === element.getRootNode().activeElement"):
                return
        raise AssertionError(f"the button {name!r} cannot be reached by Tab")

    def change_kept(self, name: str, value: str | int) -> None:
        """Changes what the browser keeps of the talk."""
        self.page.evaluate(
            """([name, value]) => { const key = "baclofen-chat"; const kept = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.setItem(key, JSON.stringify({ ...kept, [name]: value })); }""",
            [name, value],
        )

    def take(self, file: Path) -> None:
        """Takes a picture once everything stands still."""
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=file)

"""A real Chromium with the hosted page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The installed Chromium, if there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def chromium() -> str:
    """The installed Chromium; skips or fails where there is none."""
    found = find_chromium()
    if found is None:
        reason = f"No Chromium is installed (looked for {', '.join(NAMES)} in PATH); install it to run the browser tests."
        if os.environ.get("ASSISTANT_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


class Watched:
    """A page together with what went wrong on it.

    Attributes:
        page: The page.
        complaints: Console errors, uncaught exceptions and violations of the content security policy.
        hosts: Every host that was asked for something.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    def messages(self) -> list[str]:
        """The assistant's messages."""
        return self.page.locator("#talk li.assistant").all_inner_texts()

    def wait_for(self, text: str) -> None:
        """Waits until the talk holds a text."""
        self.page.locator("#talk li").filter(has_text=text).last.wait_for()

    def say(self, text: str) -> None:
        """Types a message, sends it and waits for the reply."""
        before = self.page.locator("#talk li.assistant").count()
        self.page.get_by_role("textbox", name="Your message").fill(text)
        self.page.get_by_role("button", name="Send").click()
        self.page.locator("#talk li.assistant").nth(before).wait_for()
        self.page.locator("#typing").wait_for(state="hidden")


@pytest.fixture
def context(browser: Browser, assistant) -> Iterator[BrowserContext]:
    """A fresh browser profile."""
    opened = browser.new_context()
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def watched(context: BrowserContext, assistant) -> Watched:
    """The page after its greeting."""
    opened = Watched(context)
    opened.page.goto(f"{assistant.url}/")
    opened.wait_for("I am an automated assistant")
    return opened

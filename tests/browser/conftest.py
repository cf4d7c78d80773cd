"""A real Chromium with the widget, on the hosted page and on pages of another site."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.assistant_process import AssistantProcess, free_port
from tests.browser.chat import NAMES, Chat, find_chromium
from tests.browser.site import Site

SIGN_IN_KEY = "a secret that only the portal and the assistant know"
VIEWPORTS = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900)}
on_every_screen = pytest.mark.parametrize("context", VIEWPORTS.values(), ids=VIEWPORTS, indirect=True)
TIMEOUT = 15_000


def missing(what: str) -> None:
    """Skips where a browser is not installed; fails where it must be."""
    reason = f"{what} is not installed; install it to run this browser test."
    if os.environ.get("ASSISTANT_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def chromium() -> str:
    """The installed Chromium; skips or fails where there is none."""
    found = find_chromium()
    if found is None:
        missing(f"Chromium (one of {', '.join(NAMES)})")
    return str(found)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="package")
def site_origin() -> str:
    """The other site that may embed the assistant."""
    return f"http://localhost:{free_port()}"


@pytest.fixture(scope="package")
def assistant(tmp_path_factory: pytest.TempPathFactory, site_origin: str, browser: Browser) -> Iterator[AssistantProcess]:
    """An assistant that one other site may embed and whose users the portal may sign in."""
    process = AssistantProcess(tmp_path_factory.mktemp("state"), ASSISTANT_ALLOWED_ORIGINS=site_origin, ASSISTANT_SIGN_IN_KEY=SIGN_IN_KEY)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="package")
def site(site_origin: str, assistant: AssistantProcess) -> Iterator[Site]:
    """A web server of a clinic: another site than the assistant's."""
    server = Site(int(site_origin.rsplit(":", 1)[1]), assistant.url, SIGN_IN_KEY)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(request: pytest.FixtureRequest, browser: Browser, assistant: AssistantProcess) -> Iterator[BrowserContext]:
    """A fresh browser profile; `on_every_screen` runs a test with each size of screen."""
    width, height = getattr(request, "param", (1000, 900))
    opened = browser.new_context(viewport={"width": width, "height": height})
    opened.set_default_timeout(TIMEOUT)
    yield opened
    opened.close()


@pytest.fixture
def hosted(context: BrowserContext, assistant: AssistantProcess) -> Chat:
    """The hosted page, before the notice is accepted."""
    chat = Chat(context.new_page())
    chat.page.goto(f"{assistant.url}/")
    chat.button("Start the chat").wait_for()
    return chat


@pytest.fixture
def talking(hosted: Chat) -> Chat:
    """The hosted page after its greeting."""
    hosted.start()
    return hosted


@pytest.fixture
def clinic(context: BrowserContext, site: Site) -> Chat:
    """A clinic's page with the one tag, the chat still closed."""
    chat = Chat(context.new_page())
    chat.page.goto(f"{site.url}/")
    chat.button("Baclofen assistant").wait_for()
    return chat

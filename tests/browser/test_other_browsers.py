"""The widget in the other engines: it opens under the hosted page's strict policy, answers, and escalates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import missing
from tests.browser.other_browsers import MINI_BROWSER, Remote, firefox, wait_until, webkit

pytestmark = pytest.mark.browser
ROOT = "document.querySelector('baclofen-chat').shadowRoot"
PRESS = f"[...{ROOT}.querySelectorAll('button')].filter((one) => one.textContent === %r).at(-1)?.click() ?? true"


@pytest.fixture(params=["Firefox", "WebKitGTK"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    if request.param == "Firefox":
        if shutil.which("firefox-esr") is None:
            missing("Firefox (firefox-esr)")
        with firefox(tmp_path) as browser:
            yield browser
    else:
        if not (shutil.which("WebKitWebDriver") and shutil.which("Xvfb") and Path(MINI_BROWSER).exists()):
            missing("WebKitGTK (webkit2gtk-driver and xvfb)")
        with webkit(tmp_path) as browser:
            yield browser


def press(remote: Remote, name: str) -> None:
    wait_until(remote, f"[...{ROOT}.querySelectorAll('button')].some((one) => one.textContent === {name!r})")
    remote.run(PRESS % name)


def test_the_chat_opens_answers_by_button_and_escalates(remote, assistant):
    remote.open(f"{assistant.url}/")
    press(remote, "Start the chat")
    press(remote, "Check symptoms")
    press(remote, "Through a pump")
    wait_until(remote, f"{ROOT}.textContent.includes('Question 2 of')")
    box = f"{ROOT}.querySelector('textarea')"
    remote.run(f"({box}.value = 'he has a seizure right now', {box}.form.requestSubmit(), true)")
    wait_until(remote, f"{ROOT}.querySelector('li.level-emergency a[href=\"tel:911\"]') !== null")
    assert remote.run(f"{ROOT}.activeElement !== undefined")
    assert remote.run(f"getComputedStyle({ROOT}.querySelector('.strip a')).minHeight") == "48px"
    assert remote.run(f"{ROOT}.querySelector('.middle').scrollWidth <= {ROOT}.querySelector('.middle').clientWidth")

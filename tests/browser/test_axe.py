"""No violation that axe can find, in any state, on any screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import VIEWPORTS

pytestmark = pytest.mark.browser
DANGER = "my dad's pump is beeping and he's burning up and talking nonsense"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}

MEDIA = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "forced colours": {"forced_colors": "active"}}


def violations(chat) -> list[str]:
    chat.page.wait_for_timeout(300)  # until everything that fades in is there
    found = Axe().run(chat.page, options=RULES).response["violations"]
    return [f"{violation['id']}: {[node['html'] for node in violation['nodes']]}" for violation in found]


@pytest.mark.parametrize("media", MEDIA.values(), ids=MEDIA)
@pytest.mark.parametrize("size", VIEWPORTS.values(), ids=VIEWPORTS)
def test_axe_finds_nothing_in_any_state(clinic, size, media):
    clinic.page.set_viewport_size({"width": size[0], "height": size[1]})
    clinic.page.emulate_media(**media)
    found = {"closed": violations(clinic)}
    clinic.press("Baclofen assistant")
    found["notice"] = violations(clinic)
    clinic.start()
    found["talking"] = violations(clinic)
    clinic.press("Check symptoms")
    clinic.wait_for("How is the baclofen taken")
    clinic.press("Options")
    found["checklist and options"] = violations(clinic)
    clinic.say(DANGER)
    found["emergency"] = violations(clinic)
    clinic.page.route("**/message", lambda route: route.abort())
    clinic.box.fill("hello")
    clinic.box.press("Enter")
    clinic.button("Try again").wait_for()
    found["error"] = violations(clinic)
    clinic.press("Options")
    clinic.press("End chat and clear")
    found["confirm"] = violations(clinic)
    clinic.press("Yes, end and clear")
    clinic.page.get_by_text("It is cleared on this device and on the server.").wait_for()
    found["ended"] = violations(clinic)
    assert {state: problems for state, problems in found.items() if problems} == {}


@pytest.mark.parametrize(("pressed", "level"), [({}, "info"), ({"missed_dose": "Yes"}, "urgent"), ({"infection": "Yes"}, "soon")])
def test_axe_finds_nothing_in_an_outcome(talking, pressed, level):
    talking.press("Check symptoms")
    talking.press("By mouth (tablets or liquid)")
    questions = {9: "missed_dose", 11: "infection"}
    for number in range(2, 16):
        talking.wait_for(f"Question {number} of 15")
        talking.press(pressed.get(questions.get(number, ""), "No"))
    talking.wait_for("Summary for the emergency team or clinic")
    assert talking.page.locator(f"li.message.level-{level}").count() >= 1
    for width, height in VIEWPORTS.values():
        talking.page.set_viewport_size({"width": width, "height": height})
        for media in MEDIA.values():
            talking.page.emulate_media(**{"color_scheme": "light", "forced_colors": "none", **media})
            assert violations(talking) == [], (width, media)


def test_axe_finds_nothing_on_the_hosted_page(hosted):
    assert violations(hosted) == []
    hosted.start()
    assert violations(hosted) == []

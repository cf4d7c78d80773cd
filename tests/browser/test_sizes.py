"""Large enough to press with hands that shake, and readable at any size."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import VIEWPORTS

pytestmark = pytest.mark.browser
SMALLEST = 48
GAP = 8
DANGER = "my dad's pump is beeping and he's burning up and talking nonsense"
CONTROLS = "baclofen-chat :is(button, a, textarea, input):visible"


BOXES = """all => all.map((one) => {
  const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
  const view = one.closest(".middle")?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
  const seen = { top: Math.max(top, view.top), bottom: Math.min(bottom, view.bottom) };
  return { html: one.outerHTML.slice(0, 80), width, height, left, right, ...seen }; })"""


def boxes(chat) -> list[dict]:
    """Each control with its whole size, and where the part of it is that is not scrolled out of view."""
    return list(chat.page.locator(CONTROLS).evaluate_all(BOXES))


def too_close(one: dict, other: dict) -> bool:
    across = max(one["left"], other["left"]) - min(one["right"], other["right"])
    down = max(one["top"], other["top"]) - min(one["bottom"], other["bottom"])
    return max(across, down) < GAP - 0.5


def assert_pressable(chat) -> None:
    found = boxes(chat)
    assert found
    for box in found:
        assert min(box["width"], box["height"]) >= SMALLEST - 0.01, box
    in_view = [box for box in found if box["bottom"] > box["top"]]
    for place, one in enumerate(in_view):
        for other in in_view[place + 1 :]:
            assert not too_close(one, other), (one["html"], other["html"])


def sideways(chat) -> int:
    return int(
        chat.page.evaluate(
            "Math.max(document.documentElement.scrollWidth - innerWidth, ...[...document.querySelector('baclofen-chat')"
            ".shadowRoot.querySelectorAll('.panel, .middle')].map((one) => one.scrollWidth - one.clientWidth))"
        )
    )


@pytest.mark.parametrize("size", VIEWPORTS.values(), ids=VIEWPORTS)
def test_everything_to_press_is_48_pixels_with_gaps_of_8(hosted, size):
    hosted.page.set_viewport_size({"width": size[0], "height": size[1]})
    assert_pressable(hosted)
    hosted.start()
    hosted.press("Options")
    assert_pressable(hosted)
    hosted.press("Check symptoms")
    hosted.wait_for("How is the baclofen taken")
    assert_pressable(hosted)
    hosted.press("Options")
    hosted.press("End chat and clear")
    assert_pressable(hosted)
    hosted.press("No, keep the chat")
    hosted.say(DANGER)
    assert_pressable(hosted)
    hosted.press("Summary for the emergency team")
    hosted.wait_for("Summary for the emergency team or clinic")
    assert_pressable(hosted)


def test_the_launcher_is_large_enough(clinic):
    box = clinic.button("Baclofen assistant").bounding_box()
    assert min(box["width"], box["height"]) >= SMALLEST


def test_a_trembling_double_click_answers_one_question_only(talking):
    talking.press("Check symptoms")
    talking.press("By mouth (tablets or liquid)")
    talking.wait_for("Question 2 of 15")
    talking.page.wait_for_timeout(600)
    box = talking.button("No").bounding_box()
    for _ in range(4):
        talking.page.mouse.click(box["x"] + 40, box["y"] + 20)
        talking.page.wait_for_timeout(150)
    talking.wait_for("Question 3 of 15")
    talking.page.wait_for_timeout(800)
    assert talking.question() == "Question 3 of 15"


def test_letting_go_elsewhere_takes_a_press_back(talking):
    box = talking.button("Check symptoms").bounding_box()
    talking.page.mouse.move(box["x"] + 20, box["y"] + 20)
    talking.page.mouse.down()
    talking.page.wait_for_timeout(700)
    talking.page.mouse.move(5, 400)
    talking.page.mouse.up()
    talking.page.wait_for_timeout(300)
    assert talking.own.count() == 0


@pytest.mark.parametrize("text", ["what is baclofen used for?", DANGER, "a" * 300], ids=["question", "danger", "long word"])
def test_400_percent_zoom_needs_no_sideways_scroll(talking, text):
    talking.page.set_viewport_size({"width": 320, "height": 256})
    talking.say(text)
    assert sideways(talking) <= 0
    strip = talking.page.locator(".strip").bounding_box()
    assert 0 <= strip["y"] < 256 - strip["height"]
    assert strip["height"] <= 100


def test_a_whole_step_can_be_done_at_400_percent(clinic):
    clinic.page.set_viewport_size({"width": 320, "height": 256})
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.press("Check symptoms")
    clinic.press("Through a pump")
    clinic.wait_for("Question 2 of")
    assert sideways(clinic) <= 0


@pytest.mark.parametrize("width", [320, 1280])
def test_the_text_can_be_made_twice_as_large_and_stays_so_after_a_reload(talking, width):
    talking.page.set_viewport_size({"width": width, "height": 900})
    talking.press("Options")
    for _ in range(4):
        talking.press("Larger text")
    size = "p => parseFloat(getComputedStyle(p).fontSize)"
    assert talking.page.locator("li.message p").first.evaluate(size) == 32
    assert sideways(talking) <= 0
    talking.page.reload()
    talking.wait_for("I am an automated assistant")
    assert talking.page.locator("li.message p").first.evaluate(size) == 32


ROOM = """() => { const root = document.querySelector("baclofen-chat").shadowRoot;
  const box = (which) => root.querySelector(which).getBoundingClientRect(), low = box(".composer").top;
  return Math.min(innerHeight, low > box(".strip").bottom ? low : innerHeight) - box(".strip").bottom; }"""


@pytest.mark.parametrize("size", [(320, 640), (390, 844), (1280, 720)], ids=["small phone", "phone", "laptop"])
def test_with_text_twice_as_large_the_talk_still_has_most_of_the_screen(clinic, size):
    clinic.page.set_viewport_size({"width": size[0], "height": size[1]})
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.press("Options")
    for _ in range(4):
        clinic.press("Larger text")
    clinic.press("Check symptoms")
    clinic.press("Through a pump")
    clinic.wait_for("Question 2 of")
    clinic.page.wait_for_timeout(300)
    assert clinic.page.evaluate(ROOM) > size[1] / 2
    assert sideways(clinic) <= 0


def test_the_options_close_when_the_talk_goes_on(talking):
    talking.press("Options")
    talking.press("Check symptoms")
    expect(talking.button("Larger text")).to_be_hidden()
    assert talking.button("Options").get_attribute("aria-expanded") == "false"


def test_the_browsers_own_larger_letters_are_respected(talking):
    talking.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert talking.page.locator("li.message p").first.evaluate("p => getComputedStyle(p).fontSize") == "32px"
    assert sideways(talking) <= 0


def test_wider_spacing_of_letters_and_lines_cuts_nothing_off(talking):
    talking.say(DANGER)
    talking.page.evaluate("""() => { const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
        p { margin-bottom: 2em !important }`);
      const root = document.querySelector("baclofen-chat").shadowRoot; root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]; }""")
    cut = talking.page.locator("baclofen-chat :is(button, a, p, li, h3, h4):visible").evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.closest('.unseen')).map((one) => one.outerHTML)"
    )
    assert cut == []
    assert sideways(talking) <= 0


def test_letters_in_the_box_are_large_enough_for_phones_not_to_zoom(talking):
    assert talking.box.evaluate("box => parseFloat(getComputedStyle(box).fontSize)") >= 16
    assert talking.box.get_attribute("enterkeyhint") == "send"
    expect(talking.box).to_have_attribute("autocomplete", "off")

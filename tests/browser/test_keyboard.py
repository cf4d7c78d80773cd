"""By keyboard alone: every step can be reached, and the focus is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import on_every_screen

pytestmark = pytest.mark.browser
WATCH_FOCUS = """() => { lost = 0; const watch = () => { if (document.hasFocus() && document.activeElement === document.body) lost++;
  requestAnimationFrame(watch); }; watch(); }"""


def lost(chat) -> int:
    """How often the focus was on the page's body since the watch began."""
    return int(chat.page.evaluate("lost"))


def is_on(chat, name: str) -> bool:
    return bool(chat.button(name).evaluate("element => element === element.getRootNode().activeElement"))


@on_every_screen
def test_a_whole_checklist_can_be_done_by_keyboard_alone_without_losing_the_focus(clinic):
    keyboard = clinic.page.keyboard
    clinic.tab_to("Baclofen assistant")
    clinic.page.evaluate(WATCH_FOCUS)
    keyboard.press("Enter")
    assert clinic.focused() == "H2 Baclofen assistant"
    clinic.tab_to("Start the chat")
    keyboard.press("Enter")
    clinic.tab_to("Check symptoms")
    keyboard.press("Space")
    clinic.wait_for("How is the baclofen taken")
    clinic.tab_to("By mouth (tablets or liquid)")
    keyboard.press("Enter")
    for number in range(2, 16):
        clinic.wait_for(f"Question {number} of 15")
        clinic.tab_to("No")
        keyboard.press("Enter")
    clinic.wait_for("Summary for the emergency team or clinic")
    clinic.tab_to("Copy")
    clinic.tab_to("Change an answer")
    assert lost(clinic) == 0


def test_after_a_choice_the_focus_is_on_what_was_chosen_and_tab_leads_to_the_answer(talking):
    talking.tab_to("Check symptoms")
    talking.page.keyboard.press("Enter")
    talking.wait_for("How is the baclofen taken")
    assert "Check symptoms" in talking.focused()
    talking.page.keyboard.press("Tab")
    assert is_on(talking, "By mouth (tablets or liquid)")


def test_number_keys_press_the_choice_with_that_number(talking):
    talking.tab_to("Check symptoms")
    talking.page.keyboard.press("1")
    talking.wait_for("How is the baclofen taken")
    talking.page.wait_for_timeout(550)
    talking.page.keyboard.press("2")
    expect(talking.own.last).to_contain_text("Through a pump")


def test_a_number_typed_into_the_box_is_text(talking):
    talking.box.press_sequentially("12")
    assert talking.box.input_value() == "12"
    assert talking.own.count() == 0


def test_escape_closes_and_gives_the_focus_back_to_the_launcher(clinic):
    clinic.press("Baclofen assistant")
    clinic.page.keyboard.press("Escape")
    assert is_on(clinic, "Baclofen assistant")
    assert clinic.button("Baclofen assistant").get_attribute("aria-expanded") == "false"


def test_beside_the_page_the_chat_is_no_trap(clinic):
    clinic.press("Baclofen assistant")
    assert clinic.page.get_by_role("dialog").get_attribute("aria-modal") == "false"
    for _ in range(30):
        clinic.page.keyboard.press("Tab")
        if clinic.page.evaluate("document.activeElement.matches('a')"):
            return
    raise AssertionError("Tab never came back to the page")


def test_on_a_phone_the_chat_fills_the_screen_and_the_page_behind_cannot_be_reached(clinic):
    clinic.page.set_viewport_size({"width": 390, "height": 844})
    clinic.press("Baclofen assistant")
    box = clinic.page.get_by_role("dialog").bounding_box()
    assert [box["x"], box["y"], box["width"], box["height"]] == [0, 0, 390, 844]
    for _ in range(20):
        clinic.page.keyboard.press("Tab")
        assert not clinic.page.evaluate("document.activeElement.matches('a')")


def test_ending_asks_first_and_escape_takes_it_back(talking):
    keyboard = talking.page.keyboard
    talking.tab_to("Options")
    keyboard.press("Enter")
    talking.tab_to("End chat and clear")
    talking.page.evaluate(WATCH_FOCUS)
    keyboard.press("Enter")
    assert talking.focused() == "H3 End chat and clear?"
    keyboard.press("Escape")
    assert is_on(talking, "End chat and clear")
    talking.page.wait_for_timeout(600)
    keyboard.press("Enter")
    talking.tab_to("Yes, end and clear")
    keyboard.press("Enter")
    talking.page.get_by_text("It is cleared on this device and on the server.").wait_for()
    assert talking.focused() == "H3 The chat has ended"
    assert lost(talking) == 0


def test_trying_again_keeps_the_focus(talking):
    talking.page.route("**/message", lambda route: route.abort())
    talking.box.fill("what is baclofen used for?")
    talking.box.press("Enter")
    talking.button("Try again").focus()
    talking.page.evaluate(WATCH_FOCUS)
    talking.page.unroute("**/message")
    talking.page.keyboard.press("Enter")
    talking.wait_for("standard treatment")
    assert "what is baclofen used for?" in talking.focused()
    assert lost(talking) == 0


def test_what_has_the_focus_can_be_seen(talking):
    for name in ("Options", "Check symptoms", "Send"):
        talking.tab_to(name)
        outline = talking.button(name).evaluate("element => getComputedStyle(element).outlineWidth")
        assert float(outline.removesuffix("px")) >= 3


def test_what_has_the_focus_is_not_covered_by_the_emergency_strip(clinic):
    clinic.page.set_viewport_size({"width": 320, "height": 256})
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.press("Check symptoms")
    clinic.wait_for("How is the baclofen taken")
    for key in ["Tab"] * 15 + ["Shift+Tab"] * 15:
        clinic.page.keyboard.press(key)
        covered = clinic.page.evaluate("""() => { const root = document.querySelector("baclofen-chat").shadowRoot;
          const one = root.activeElement, strip = root.querySelector(".strip");
          if (!one || strip.contains(one) || one.matches(".middle")) return false;
          const box = one.getBoundingClientRect(), over = strip.getBoundingClientRect();
          return box.bottom <= 0 || box.top >= innerHeight || (box.top >= over.top && box.bottom <= over.bottom); }""")
        assert not covered, clinic.focused()


def test_what_can_be_pressed_is_called_by_the_words_that_stand_on_it(clinic):
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.press("Check symptoms")
    clinic.wait_for("How is the baclofen taken")
    clinic.press("Options")
    controls = clinic.page.locator("baclofen-chat :is(button, a):visible")
    names = controls.evaluate_all("all => all.map((one) => [one.ariaLabel ?? one.title, one.textContent.trim()])")
    assert len(names) >= 12
    assert all(other in ("", None) and words for other, words in names)


def test_a_screen_reader_is_told_each_reply_once_and_whole_with_its_choices(talking):
    talking.page.evaluate("""() => { spoken = [];
      const region = document.querySelector("baclofen-chat").shadowRoot.querySelector("[aria-live]");
      const hear = (changes) => { for (const change of changes) for (const node of change.addedNodes) spoken.push(node.textContent); };
      new MutationObserver(hear).observe(region, { childList: true }); }""")
    talking.press("Check symptoms")
    talking.wait_for("How is the baclofen taken")
    spoken = talking.page.evaluate("spoken")
    assert len(spoken) == 2
    assert spoken[1].startswith("Question 1 of")
    assert "Choices: By mouth (tablets or liquid), Through a pump" in spoken[1]
    assert talking.page.locator("ol.talk").evaluate("list => list.closest('[aria-live], [role=log]')") is None


def test_what_a_screen_reader_sees_is_what_stands_there(talking):
    expect(talking.page.locator("main")).to_match_aria_snapshot(
        """
        - main "Baclofen assistant":
          - heading "Baclofen assistant" [level=1]
          - button "Options"
          - group "Emergency? Call now:":
            - list:
              - listitem:
                - link "Call 911 (US, Canada)"
          - region "Conversation":
            - heading "Conversation" [level=2]
            - list:
              - listitem:
                - heading "Assistant" [level=3]
                - button "Check symptoms"
                - button "Ask a question"
                - button "Reach the clinic"
          - textbox "Your message"
          - button "Send"
        """
    )

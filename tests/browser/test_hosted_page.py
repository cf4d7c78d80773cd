"""The hosted page in a real browser: it greets, escalates, works by keyboard, and keeps to itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SMALLEST_TARGET = 44
DANGER = "my dad's pump is beeping and he's burning up and talking nonsense"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def tab_to(page, name: str, most: int = 40) -> None:
    """Moves the focus on by Tab to the last control with a name."""
    wanted = page.get_by_role("button", name=name, exact=True).last
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the button {name!r} cannot be reached by Tab")


def question(page) -> str:
    """The label of the last question, such as "Question 3 of 15"."""
    return page.locator("#talk li .label").filter(has_text="Question").last.inner_text()


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{violation['id']}: {[node['html'] for node in violation['nodes']]}" for violation in found]


def test_the_page_greets_with_three_choices(watched):
    assert "I am not a clinician" in watched.messages()[0]
    choices = watched.page.locator("#talk li button").all_inner_texts()
    assert choices == ["Check symptoms", "Ask a question", "Reach the clinic"]


def test_emergency_numbers_stand_at_the_top_as_links(watched):
    links = watched.page.locator("header a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["tel:911", "tel:999", "tel:112", "tel:000"]


def test_a_typed_danger_sign_shows_the_emergency_card_with_numbers_to_call(watched):
    watched.say(DANGER)
    card = watched.page.locator("li.emergency-level").last
    assert card.locator(".label").inner_text() == "Emergency"
    assert "a high fever" in card.inner_text()
    assert card.locator("a[href='tel:911']").is_visible()


def test_the_emergency_card_is_in_view(watched):
    watched.page.set_viewport_size({"width": 375, "height": 667})
    for _ in range(3):
        watched.say("what is baclofen used for?")
    watched.say(DANGER)
    box = watched.page.locator("li.emergency-level").last.locator(".label").bounding_box()
    header = watched.page.locator("header").bounding_box()
    form = watched.page.locator("#form").bounding_box()
    assert header["y"] + header["height"] - 1 <= box["y"]
    assert box["y"] + box["height"] <= form["y"] + 1


def test_a_screen_reader_is_told_the_reply(watched):
    watched.say("what is baclofen used for?")
    assert "spasticity" in watched.page.locator("#announcer[role=status]").inner_text()


def test_an_answered_question_cannot_be_answered_again(watched):
    watched.page.get_by_role("button", name="Check symptoms").click()
    watched.wait_for("How is the baclofen taken")
    assert watched.page.get_by_role("button", name="Check symptoms").count() == 0


def test_the_box_is_empty_after_sending(watched):
    watched.say("hello")
    assert watched.page.get_by_role("textbox", name="Your message").input_value() == ""


def test_what_was_typed_is_shown_as_text_and_never_as_markup(watched):
    watched.say("<img src=x onerror=alert(1)>")
    assert "<img src=x onerror=alert(1)>" in watched.page.locator("li.user").last.inner_text()
    assert watched.page.locator("#talk img").count() == 0


def test_the_checklist_can_be_done_by_keyboard_alone(watched):
    page = watched.page
    tab_to(page, "Check symptoms")
    page.keyboard.press("Enter")
    watched.wait_for("Question 1 of")
    tab_to(page, "By mouth (tablets or liquid)")
    page.keyboard.press("Enter")
    for number in range(2, 16):
        watched.wait_for(f"Question {number} of 15")
        tab_to(page, "No")
        page.keyboard.press("Enter")
    watched.wait_for("Summary for the emergency team or clinic")
    assert page.locator("#talk li").last.inner_text().count("\n") >= 15


def test_the_focused_control_can_be_seen(watched):
    tab_to(watched.page, "Check symptoms")
    outline = watched.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2


def test_a_message_can_be_sent_with_enter(watched):
    watched.page.get_by_role("textbox", name="Your message").fill("what is baclofen used for?")
    watched.page.keyboard.press("Enter")
    watched.wait_for("standard treatment")


@pytest.mark.parametrize("width", [320, 900])
def test_everything_to_press_is_large_enough(watched, width):
    watched.page.set_viewport_size({"width": width, "height": 800})
    watched.say(DANGER)
    for control in watched.page.locator("button:visible, a:visible:not(.skip), input:visible").all():
        box = control.bounding_box()
        assert box["height"] >= SMALLEST_TARGET, control.evaluate("element => element.outerHTML")
        assert box["width"] >= SMALLEST_TARGET, control.evaluate("element => element.outerHTML")


def test_after_a_reload_only_the_last_choices_can_be_pressed(watched):
    watched.say("what is baclofen used for?")
    watched.say("hello")
    watched.page.reload()
    watched.wait_for("I can answer questions about baclofen")
    pressable = watched.page.locator("#talk li:has(button)").all()
    assert [item.inner_text().splitlines()[1][:5] for item in pressable] == ["Hello"]
    assert "Tell me more" not in watched.page.locator("#talk").inner_text()


def test_reloading_keeps_the_talk_as_it_was(watched):
    watched.page.get_by_role("button", name="Check symptoms").click()
    watched.wait_for("How is the baclofen taken")
    before = watched.page.locator("#talk li").all_inner_texts()
    watched.page.reload()
    watched.wait_for("How is the baclofen taken")
    assert watched.page.locator("#talk li .label").all_inner_texts()[-1] == question(watched.page)
    assert re.fullmatch(r"Question 1 of \d+", question(watched.page))
    assert watched.page.locator("#talk li").all_inner_texts() == before


def test_after_a_reload_the_talk_goes_on(watched):
    watched.page.get_by_role("button", name="Check symptoms").click()
    watched.wait_for("How is the baclofen taken")
    watched.page.reload()
    watched.page.get_by_role("button", name="By mouth (tablets or liquid)").click()
    watched.wait_for("Question 2 of 15")


def test_end_and_forget_clears_the_talk(watched):
    watched.say("a very private sentence")
    watched.page.on("dialog", lambda dialog: dialog.accept())
    watched.page.get_by_role("button", name="End and forget").click()
    expect(watched.page.locator("#talk li")).to_have_count(1)
    watched.page.reload()
    watched.wait_for("I am an automated assistant")
    assert "private" not in watched.page.locator("body").inner_text()


def test_end_and_forget_can_be_called_off(watched):
    watched.say("what is baclofen used for?")
    watched.page.on("dialog", lambda dialog: dialog.dismiss())
    watched.page.get_by_role("button", name="End and forget").click()
    assert "standard treatment" in watched.messages()[-1]


def test_a_token_that_is_no_longer_valid_starts_a_new_talk(watched):
    watched.page.evaluate("sessionStorage.setItem('baclofen-assistant-token', 'a.b.c')")
    watched.page.reload()
    watched.wait_for("I am an automated assistant")
    watched.say("what is baclofen used for?")


def test_a_lost_connection_says_so_and_keeps_text_and_choices(watched):
    watched.page.route("**/message", lambda route: route.abort())
    watched.page.get_by_role("textbox", name="Your message").fill("what is baclofen used for?")
    watched.page.get_by_role("button", name="Send").click()
    watched.page.get_by_text("The assistant cannot be reached.").wait_for()
    assert watched.page.get_by_role("textbox", name="Your message").input_value() == "what is baclofen used for?"
    assert watched.page.get_by_role("button", name="Check symptoms").is_visible()


def test_a_lost_reply_is_asked_for_again_with_the_same_id(watched):
    ids = []

    def lose_the_first_reply(route):
        ids.append(route.request.post_data_json["id"])
        if len(ids) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    watched.page.route("**/message", lose_the_first_reply)
    watched.page.get_by_role("textbox", name="Your message").fill("what is baclofen used for?")
    watched.page.get_by_role("button", name="Send").click()
    watched.page.get_by_text("The assistant cannot be reached.").wait_for()
    watched.page.get_by_role("button", name="Send").click()
    watched.wait_for("standard treatment")
    assert ids[0] == ids[1]


def test_nothing_goes_wrong_behind_the_scenes(watched):
    watched.page.get_by_role("button", name="Check symptoms").click()
    watched.wait_for("Question 1 of")
    watched.say(DANGER)
    watched.page.reload()
    watched.wait_for("a high fever")
    assert watched.complaints == []


def test_no_other_host_is_asked_for_anything(watched, assistant):
    watched.say(DANGER)
    watched.page.reload()
    watched.wait_for("a high fever")
    assert watched.hosts == {urlsplit(assistant.url).netloc}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(watched, scheme):
    watched.page.emulate_media(color_scheme=scheme)
    watched.page.get_by_role("button", name="Check symptoms").click()
    watched.wait_for("Question 1 of")
    watched.say(DANGER)
    assert violations(watched.page) == []


def test_axe_finds_no_violation_on_a_small_screen_with_an_error(watched):
    watched.page.set_viewport_size({"width": 320, "height": 640})
    watched.page.route("**/message", lambda route: route.abort())
    watched.page.get_by_role("textbox", name="Your message").fill("hello")
    watched.page.keyboard.press("Enter")
    watched.page.get_by_text("The assistant cannot be reached.").wait_for()
    assert violations(watched.page) == []


@pytest.mark.parametrize("text", ["what is baclofen used for?", DANGER, "a" * 300], ids=["question", "danger", "long word"])
def test_a_narrow_screen_needs_no_sideways_scroll(watched, text):
    watched.page.set_viewport_size({"width": 320, "height": 640})
    watched.say(text)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_letters_of_twice_the_size_need_no_sideways_scroll(watched):
    watched.page.set_viewport_size({"width": 640, "height": 900})
    watched.page.evaluate("document.documentElement.style.fontSize = '200%'")
    watched.say(DANGER)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_printed_page_leaves_out_the_controls(watched):
    watched.say(DANGER)
    watched.page.emulate_media(media="print")
    assert watched.page.locator("#form").is_hidden()
    assert watched.page.locator("li.emergency-level").last.is_visible()

"""The hosted page: it greets, escalates, shows what was typed as text, and keeps to itself."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest

pytestmark = pytest.mark.browser
DANGER = "my dad's pump is beeping and he's burning up and talking nonsense"


def test_the_notice_comes_first_and_says_what_this_is(hosted):
    words = hosted.page.locator(".sheet").inner_text()
    assert "not a clinician" in words
    assert "not for emergencies" in words
    assert "kept on the clinic's server" in words
    assert "After 30 days it is deleted." in words


def test_nothing_is_sent_or_stored_before_the_notice_is_accepted(context, assistant):
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(urlsplit(request.url).path.rsplit("/", 1)[1]))
    page.goto(f"{assistant.url}/")
    page.get_by_role("button", name="Start the chat").wait_for()
    page.wait_for_timeout(500)
    assert not {"session", "message", "history", "health"} & set(asked)
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]


def test_the_page_greets_with_three_choices(talking):
    assert "I am not a clinician" in talking.replies.first.inner_text()
    assert talking.page.locator(".choice").all_inner_texts() == ["Check symptoms", "Ask a question", "Reach the clinic"]


def test_a_typed_danger_sign_shows_the_emergency_card_with_numbers_to_call(talking):
    talking.say(DANGER)
    card = talking.page.locator("li.message.level-emergency").last
    assert card.locator(".label").inner_text() == "Emergency"
    assert "a high fever" in card.inner_text()
    assert card.locator("a[href='tel:911']").is_visible()


def test_the_emergency_card_says_what_to_do_first_and_then_lists_under_headings(talking):
    talking.say(DANGER)
    card = talking.page.locator("li.message.level-emergency").first
    first = card.locator(".label + *")
    assert first.get_attribute("class") == "action"
    assert first.inner_text().startswith("Call ")
    assert card.locator("h4").all_inner_texts() == ["What to tell them", "What to have ready", "What not to do", "While you wait"]


@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (1280, 900)])
def test_the_emergency_card_is_in_view(talking, size):
    page = talking.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for _ in range(3):
        talking.say("what is baclofen used for?")
    talking.say(DANGER)
    label = page.locator("li.message.level-emergency").first.locator(".label").bounding_box()
    strip = page.locator(".strip").bounding_box()
    form = page.locator(".composer").bounding_box()
    assert strip["y"] + strip["height"] - 1 <= label["y"]
    assert label["y"] + label["height"] <= form["y"] + 1


def test_an_answered_question_cannot_be_answered_again(talking):
    talking.press("Check symptoms")
    talking.wait_for("How is the baclofen taken")
    assert talking.page.get_by_role("button", name="Check symptoms").count() == 0


def test_the_box_is_empty_after_sending(talking):
    talking.say("hello")
    assert talking.box.input_value() == ""


def test_what_was_typed_is_shown_as_text_and_never_as_markup(talking):
    talking.say("<img src=x onerror=alert(1)>")
    assert "<img src=x onerror=alert(1)>" in talking.own.last.inner_text()
    assert talking.page.locator("li.message img").count() == 0


def test_a_message_can_be_sent_with_the_button(talking):
    talking.box.fill("what is baclofen used for?")
    talking.press("Send")
    talking.wait_for("standard treatment")


def test_shift_and_enter_begin_a_line_and_send_nothing(talking):
    talking.box.press_sequentially("one")
    talking.box.press("Shift+Enter")
    talking.box.press_sequentially("two")
    assert talking.box.input_value() == "one\ntwo"
    assert talking.own.count() == 0


def test_no_more_than_two_thousand_characters_can_be_typed_and_the_rest_is_counted(talking):
    talking.box.fill("a" * 1900)
    assert talking.page.locator(".count").inner_text() == "100 characters left"
    assert talking.box.get_attribute("maxlength") == "2000"


def test_nothing_goes_wrong_behind_the_scenes(talking):
    talking.press("Check symptoms")
    talking.wait_for("How is the baclofen taken")
    talking.say(DANGER)
    talking.page.reload()
    talking.wait_for("a high fever")
    assert talking.complaints == []


def test_no_other_host_is_asked_for_anything(talking, assistant):
    talking.say(DANGER)
    talking.page.reload()
    talking.wait_for("a high fever")
    assert talking.hosts == {urlsplit(assistant.url).netloc}


def test_without_scripts_the_page_still_shows_numbers_to_call(browser, assistant):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{assistant.url}/")
    assert page.locator("a[href='tel:911']").is_visible()
    assert "call your clinic" in page.locator("body").inner_text()
    context.close()


def test_only_named_sites_may_frame_the_page(assistant, site_origin):
    policy = httpx.get(f"{assistant.url}/").headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {site_origin};" in policy

"""When something fails: nothing typed is lost, nothing is handled twice, and the numbers to call stay."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.assistant_process import AssistantProcess
from tests.browser.chat import Chat
from tests.browser.conftest import on_every_screen

pytestmark = pytest.mark.browser
QUESTION = "what is baclofen used for?"


def strip_is_there(chat: Chat) -> bool:
    """Whether the emergency links are in view."""
    link = chat.page.locator(".strip a[href='tel:911']")
    box = link.bounding_box()
    return link.is_visible() and box["y"] >= 0 and box["y"] + box["height"] <= chat.page.viewport_size["height"]


@on_every_screen
def test_a_lost_connection_says_so_and_keeps_the_message(talking):
    talking.page.route("**/message", lambda route: route.abort())
    talking.box.fill(QUESTION)
    talking.box.press("Enter")
    alert = talking.page.get_by_role("alert").filter(has_text="cannot be reached")
    alert.wait_for()
    assert QUESTION in talking.own.last.inner_text()
    assert "Not sent." in talking.own.last.inner_text()
    assert strip_is_there(talking)


def test_a_lost_reply_is_asked_for_again_with_the_same_id(talking):
    ids = []

    def lose_the_first_reply(route):
        ids.append(route.request.post_data_json["id"])
        if len(ids) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    talking.page.route("**/message", lose_the_first_reply)
    talking.box.fill(QUESTION)
    talking.box.press("Enter")
    talking.press("Try again")
    talking.wait_for("standard treatment")
    assert len(ids) == 2
    assert ids[0] == ids[1]
    talking.page.unroute("**/message")
    talking.page.reload()
    talking.wait_for("standard treatment")
    assert talking.own.count() == 1


def test_a_choice_that_was_lost_can_be_tried_again(talking):
    talking.page.route("**/message", lambda route: route.abort())
    talking.press("Check symptoms")
    talking.button("Try again").wait_for()
    talking.page.unroute("**/message")
    talking.press("Try again")
    talking.wait_for("How is the baclofen taken")


def test_what_was_typed_offline_goes_out_by_itself_when_the_network_is_back(talking):
    talking.page.context.set_offline(True)
    talking.box.fill(QUESTION)
    talking.box.press("Enter")
    talking.button("Try again").wait_for()
    assert strip_is_there(talking)
    talking.page.context.set_offline(False)
    talking.wait_for("standard treatment")


def test_the_numbers_to_call_are_there_before_consent_and_when_the_server_is_down(context, tmp_path):
    process = AssistantProcess(tmp_path / "state")
    process.start()
    chat = Chat(context.new_page())
    chat.page.goto(f"{process.url}/")
    chat.button("Start the chat").wait_for()
    process.kill()
    assert strip_is_there(chat)
    chat.press("Start the chat")
    chat.page.get_by_role("alert").filter(has_text="cannot be reached").wait_for()
    assert strip_is_there(chat)
    process.start()
    chat.press("Try again")
    chat.wait_for("I am an automated assistant")
    chat.say(QUESTION)
    process.kill()
    chat.box.fill("he has a seizure")
    chat.box.press("Enter")
    chat.button("Try again").wait_for()
    assert strip_is_there(chat)
    process.start()
    chat.press("Try again")
    chat.page.locator("li.message.level-emergency").first.wait_for()
    process.stop()


def test_a_server_with_another_version_asks_for_a_reload_and_keeps_the_numbers(talking):
    def newer(route):
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "assistant-interface": "2"})

    talking.page.route("**/message", newer)
    talking.box.fill(QUESTION)
    talking.box.press("Enter")
    talking.page.get_by_role("alert").filter(has_text="Please reload the page").wait_for()
    assert strip_is_there(talking)
    talking.page.unroute("**/message")
    talking.press("Reload the page")
    talking.wait_for("standard treatment")


def test_a_text_that_the_server_finds_too_long_is_kept_with_the_reason(talking):
    talking.page.locator("textarea").evaluate("box => box.removeAttribute('maxlength')")
    talking.box.fill("she has a seizure right now. " + "a" * 2_100)
    talking.box.press("Enter")
    talking.page.locator("li.message.level-emergency").first.wait_for()
    assert "Not accepted." in talking.own.last.inner_text()


def test_a_session_that_is_over_is_replaced_and_the_danger_sign_is_still_heard(talking):
    talking.change_kept("token", "a.b.c")
    talking.page.reload()
    talking.button("Start the chat").wait_for()
    assert "Your earlier chat has ended" in talking.page.locator(".sheet").inner_text()
    talking.start()
    talking.page.route(
        "**/message", lambda route: route.continue_(headers={**route.request.headers, "authorization": "Bearer a.b.c"}), times=1
    )
    talking.box.fill("she has a seizure right now")
    talking.box.press("Enter")
    talking.page.locator("li.message.level-emergency").first.wait_for()


def test_while_the_answer_takes_time_this_is_shown_and_told(talking):
    def slowly(route):
        time.sleep(3.5)
        route.continue_()

    talking.page.route("**/message", slowly)
    talking.box.fill(QUESTION)
    talking.box.press("Enter")
    expect(talking.page.locator(".typing")).to_have_text("The assistant is answering …")
    talking.page.locator("[aria-live]").filter(has_text="a little longer").wait_for(state="attached")
    talking.wait_for("standard treatment")
    expect(talking.page.locator(".typing")).to_be_hidden()

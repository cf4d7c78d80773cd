"""What stays and what goes: reload, page change, several tabs, the end."""

from __future__ import annotations

import json

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import on_every_screen
from tests.browser.site import page

pytestmark = pytest.mark.browser
QUESTION = "what is baclofen used for?"
PRIVATE = "a very private sentence about zebras"
KEPT = "JSON.stringify([{...sessionStorage}, {...localStorage}])"


def texts(chat: Chat) -> list[str]:
    return chat.page.locator("li.message").all_inner_texts()


@on_every_screen
def test_reloading_keeps_the_talk_as_it_was_and_it_goes_on(talking):
    talking.say(QUESTION)
    talking.say("check my symptoms")
    talking.wait_for("How is the baclofen taken")
    before = texts(talking)
    talking.page.reload()
    talking.wait_for("How is the baclofen taken")
    assert texts(talking) == before
    talking.press("By mouth (tablets or liquid)")
    talking.wait_for("Question 2 of 15")


def test_after_a_reload_only_the_last_choices_can_be_pressed(talking):
    talking.say(QUESTION)
    talking.say("hello")
    talking.page.reload()
    talking.wait_for("I can answer questions about baclofen")
    assert talking.page.locator("li.message:has(.choice)").count() == 1


def test_another_page_of_the_site_shows_the_same_talk_without_taking_the_focus(clinic, site):
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.say(QUESTION)
    clinic.page.goto(site.add("/second", page(f"<main><h1>Second</h1></main>{site.tag()}")))
    clinic.wait_for("standard treatment")
    assert clinic.page.evaluate("document.activeElement === document.body")


def test_what_is_kept_is_a_token_and_never_what_was_said(talking):
    talking.say(PRIVATE)
    kept = talking.page.evaluate(KEPT)
    assert "zebras" not in kept
    assert "token" in kept


def test_by_default_a_new_window_starts_anew(talking, assistant):
    talking.say(PRIVATE)
    other = Chat(talking.page.context.new_page())
    other.page.goto(f"{assistant.url}/")
    other.button("Start the chat").wait_for()
    assert other.page.locator("li.message").count() == 0


def open_inline(context, site, path: str, storage: str) -> Chat:
    attributes = f'layout="inline" storage="{storage}"'
    chat = Chat(context.new_page())
    chat.page.goto(site.add(path, page(f"<main><h1>Kept</h1>{site.element(attributes)}</main>")))
    return chat


def test_without_storage_a_reload_starts_anew_and_nothing_is_kept(context, site):
    chat = open_inline(context, site, "/none", "none")
    chat.start()
    chat.say(QUESTION)
    assert chat.page.evaluate(KEPT) == "[{},{}]"
    chat.page.reload()
    chat.button("Start the chat").wait_for()


def test_two_tabs_show_the_same_talk_and_end_together(context, site):
    first = open_inline(context, site, "/local", "local")
    first.start()
    second = open_inline(context, site, "/local", "local")
    second.wait_for("I am an automated assistant")
    first.say(QUESTION)
    second.wait_for("standard treatment")
    second.press("Options")
    second.press("End chat and clear")
    second.press("Yes, end and clear")
    first.page.get_by_text("It was ended in another window").wait_for()
    assert first.page.locator("li.message").count() == 0
    assert first.page.evaluate(KEPT) == "[{},{}]"


def test_a_kept_talk_is_forgotten_when_its_time_is_over(talking):
    talking.change_kept("until", 1)
    talking.page.reload()
    talking.button("Start the chat").wait_for()
    assert talking.page.evaluate(KEPT) == "[{},{}]"


@on_every_screen
def test_end_chat_and_clear_clears_device_and_server(talking, assistant):
    talking.say(PRIVATE)
    token = talking.page.evaluate("JSON.parse(sessionStorage['baclofen-chat']).token")
    talking.press("Options")
    talking.press("End chat and clear")
    expect(talking.page.get_by_role("heading", name="End chat and clear?")).to_be_visible()
    talking.press("Yes, end and clear")
    talking.page.get_by_text("It is cleared on this device and on the server.").wait_for()
    assert "close this window" in talking.page.locator(".sheet").inner_text()
    assert talking.page.evaluate(KEPT) == "[{},{}]"
    assert "zebras" not in talking.page.locator("baclofen-chat").inner_text()
    assert httpx.get(f"{assistant.url}/history", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    talking.press("Start a new chat")
    talking.start()
    assert talking.page.evaluate("JSON.parse(sessionStorage['baclofen-chat']).token") != token


def test_the_talk_can_be_downloaded(talking):
    talking.say(QUESTION)
    talking.press("Options")
    with talking.page.expect_download() as download:
        talking.press("Download the chat")
    assert download.value.suggested_filename == "baclofen-chat.json"
    kept = json.loads(download.value.path().read_text())
    assert [one["text"] for one in kept["messages"] if one["from"] == "user"] == [QUESTION]
    assert "standard treatment" in kept["messages"][-1]["text"]


def test_a_download_that_fails_is_said_and_can_be_tried_again(talking):
    talking.page.route("**/export", lambda route: route.abort())
    talking.press("Options")
    talking.press("Download the chat")
    talking.page.get_by_role("alert").filter(has_text="cannot be reached").wait_for()
    talking.page.unroute("**/export")
    with talking.page.expect_download():
        talking.press("Try again")
    expect(talking.page.get_by_role("alert")).to_have_text("")


def test_there_is_nothing_to_print_download_or_end_without_a_talk(hosted):
    hosted.press("Options")
    expect(hosted.button("Larger text")).to_be_visible()
    for name in ("Print the chat", "Download the chat", "End chat and clear"):
        expect(hosted.page.get_by_role("button", name=name)).to_have_count(0)


def test_ending_can_be_called_off(talking):
    talking.say(QUESTION)
    talking.press("Options")
    talking.press("End chat and clear")
    talking.press("No, keep the chat")
    assert "standard treatment" in talking.replies.last.inner_text()


def test_ending_without_the_server_clears_the_device_and_says_what_is_left(talking):
    talking.say(PRIVATE)
    talking.page.route("**/end", lambda route: route.abort())
    talking.press("Options")
    talking.press("End chat and clear")
    talking.press("Yes, end and clear")
    talking.page.get_by_text("it still has the chat").wait_for()
    assert talking.page.evaluate(KEPT) == "[{},{}]"
    talking.page.unroute("**/end")
    talking.press("Try again to delete it on the server")
    talking.page.get_by_text("It is cleared on this device and on the server.").wait_for()

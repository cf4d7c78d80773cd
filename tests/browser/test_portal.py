"""The example portal: its server signs its users in, and each user has a talk of their own."""

from __future__ import annotations

import jwt
import pytest
from playwright.sync_api import expect

from examples.server import sign_in_token
from tests.browser.chat import Chat
from tests.browser.conftest import SIGN_IN_KEY

pytestmark = pytest.mark.browser
QUESTION = "what is baclofen used for?"


@pytest.fixture
def portal(context, site) -> Chat:
    chat = Chat(context.new_page())
    chat.page.goto(f"{site.url}/portal")
    chat.button("Start the chat").wait_for()
    return chat


def sign_in(chat: Chat, which: str) -> None:
    chat.press(f"Sign in as the {which} patient")
    chat.page.get_by_text("You are signed in as").wait_for()


def start(chat: Chat) -> None:
    chat.press("Start the chat")
    chat.replies.first.wait_for()


def test_a_users_talk_comes_back_in_another_browser(portal, browser, site):
    sign_in(portal, "first")
    start(portal)
    portal.say(QUESTION)
    context = browser.new_context()
    other = Chat(context.new_page())
    other.page.goto(f"{site.url}/portal")
    sign_in(other, "first")
    start(other)
    other.wait_for("standard treatment")
    context.close()


def test_the_next_user_of_the_same_browser_sees_nothing_of_the_one_before(portal):
    sign_in(portal, "first")
    start(portal)
    portal.say(QUESTION)
    sign_in(portal, "second")
    expect(portal.page.locator("li.message")).to_have_count(0)
    start(portal)
    assert "standard treatment" not in portal.page.locator("baclofen-chat").inner_text()


def test_signing_out_takes_the_talk_off_the_screen_and_the_device(portal):
    sign_in(portal, "first")
    start(portal)
    portal.press("Sign out")
    assert portal.page.locator("li.message").count() == 0
    assert portal.page.evaluate("sessionStorage.length") == 0


def test_the_portal_hears_levels_and_no_word(portal):
    sign_in(portal, "second")
    start(portal)
    portal.say("she has a seizure right now")
    heard = portal.page.locator("#heard").inner_text()
    assert '"level":"emergency"' in heard
    assert "seizure" not in heard


def test_a_refused_token_is_said_and_the_person_can_go_on_without_it(portal):
    forged = sign_in_token("u-1f8a", SIGN_IN_KEY[::-1])
    portal.page.evaluate("token => document.querySelector('baclofen-chat').setToken(token)", forged)
    portal.press("Start the chat")
    portal.page.get_by_role("alert").filter(has_text="sign-in").wait_for()
    assert portal.page.locator(".strip a[href='tel:911']").is_visible()
    portal.press("Go on without signing in")
    portal.wait_for("I am an automated assistant")


def test_a_refused_token_can_be_replaced_by_the_portal(portal):
    expired = jwt.encode({"sub": "u-1f8a", "aud": "baclofen-assistant", "exp": 1}, SIGN_IN_KEY, algorithm="HS256")
    set_token = "token => document.querySelector('baclofen-chat').setToken(token)"
    portal.page.evaluate(set_token, expired)
    portal.press("Start the chat")
    portal.page.get_by_role("alert").filter(has_text="sign-in").wait_for()
    portal.page.evaluate(set_token, sign_in_token("u-1f8a", SIGN_IN_KEY))
    portal.replies.first.wait_for()


def test_the_sign_in_token_is_never_kept_and_never_in_an_address(portal):
    addresses = []
    portal.page.on("request", lambda request: addresses.append(request.url))
    token = sign_in_token("u-1f8a", SIGN_IN_KEY)
    portal.page.evaluate("token => document.querySelector('baclofen-chat').setToken(token)", token)
    start(portal)
    kept = portal.page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    assert token not in kept
    assert "u-1f8a" not in kept
    assert not any(token in address for address in addresses)

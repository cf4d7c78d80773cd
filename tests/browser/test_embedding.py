"""The widget on other sites' pages: one tag, several elements, strict policies, calls, events, an iframe."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import on_every_screen
from tests.browser.site import page

pytestmark = pytest.mark.browser
PRIVATE = "a very private sentence about zebras"
HEAR = """<script>heard = []; for (const name of ["ready", "opened", "closed", "level", "outcome", "ended", "error", "unread", "message"])
  document.addEventListener("baclofen-chat:" + name, (event) => heard.push([name, event.detail]));</script>"""
HOSTILE = """<style>html { font-size: 62.5%; } * { font-size: 9px !important; letter-spacing: 9px !important; }
  button, li, p, form, h3 { display: none !important; } div { position: fixed; top: -999px; } .panel, .launcher { opacity: 0; }
  body > * { display: none; opacity: 0.1; transform: translateX(50vw); filter: blur(9px); } main { display: block; }</style>"""


@pytest.fixture
def visit(context, site):
    """Opens a page of the other site."""

    def go(path: str, body: str, head: str = "", **headers: str) -> Chat:
        chat = Chat(context.new_page())
        chat.page.goto(site.add(path, page(body, head), **headers))
        return chat

    return go


def heard(chat: Chat) -> list:
    return list(chat.page.evaluate("heard"))


@on_every_screen
def test_a_clinics_page_with_the_one_tag_works(clinic, assistant, site):
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.say("what is baclofen used for?")
    clinic.wait_for("standard treatment")
    assert clinic.complaints == []
    assert clinic.hosts == {urlsplit(assistant.url).netloc, urlsplit(site.url).netloc}


@pytest.mark.parametrize("width", [320, 1280])
def test_the_tag_works_under_the_strictest_policy(visit, site, width):
    host = site.assistant.rsplit("/", 1)[0]
    policy = f"default-src 'none'; script-src {host}; connect-src {host}; require-trusted-types-for 'script'"
    chat = visit("/strict", f"<main><h1>Strict</h1></main>{site.tag()}", Content_Security_Policy=policy)
    chat.page.set_viewport_size({"width": width, "height": 700})
    chat.press("Baclofen assistant")
    chat.start()
    chat.press("Check symptoms")
    chat.wait_for("How is the baclofen taken")
    chat.say("she has a seizure")
    chat.press("Options")
    chat.press("Larger text")
    assert [complaint for complaint in chat.complaints if "data:," not in complaint] == []  # the test page's own icon


def test_two_tags_make_one_chat_and_no_error(visit, site):
    chat = visit("/twice", f"<main><h1>Twice</h1></main>{site.tag()}{site.tag()}")
    chat.button("Baclofen assistant").wait_for()
    chat.page.wait_for_load_state("networkidle")
    assert chat.page.locator("baclofen-chat").count() == 1
    assert chat.complaints == []


def test_several_elements_on_one_page_hold_talks_of_their_own(visit, site):
    body = "".join(site.element(f'layout="inline" storage-key="{name}" id="{name}"') for name in ("a", "b"))
    chat = visit("/several", f"<main><h1>Two</h1>{body}</main>")
    for name in ("a", "b"):
        chat.page.locator(f"#{name}").get_by_role("button", name="Start the chat").click()
        chat.page.locator(f"#{name} li.message").first.wait_for()
    box = chat.page.locator("#a").get_by_role("textbox")
    box.fill("what is baclofen used for?")
    box.press("Enter")
    chat.page.locator("#a li.message").filter(has_text="standard treatment").wait_for()
    assert chat.page.locator("#b li.message").count() == 1


@on_every_screen
def test_the_pages_own_styles_do_not_reach_the_widget(visit, site):
    chat = visit("/hostile", f"<main><h1>Loud</h1></main>{site.tag()}", HOSTILE)
    chat.press("Baclofen assistant")
    chat.start()
    styles = chat.page.locator("li.message p").first.evaluate("p => [getComputedStyle(p).fontSize, getComputedStyle(p).letterSpacing]")
    assert styles == ["16px", "normal"]
    boxes = [chat.button(name).bounding_box() for name in ("Check symptoms", "Ask a question")]
    assert [box["height"] >= 48 for box in boxes] == [True, True]
    assert boxes[1]["y"] - boxes[0]["y"] - boxes[0]["height"] >= 8
    panel, screen = chat.page.get_by_role("dialog").bounding_box(), chat.page.viewport_size
    assert panel["width"] >= min(432, screen["width"]) - 1
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= screen["width"]
    assert chat.page.locator("baclofen-chat").evaluate("one => getComputedStyle(one).opacity") == "1"


@on_every_screen
def test_events_tell_levels_and_never_a_word_of_what_was_said(visit, site):
    chat = visit("/events", f"<main><h1>Events</h1></main>{site.tag()}", HEAR)
    chat.press("Baclofen assistant")
    chat.start()
    chat.say(PRIVATE)
    chat.say("she has a seizure right now")
    events = heard(chat)
    assert [name for name, _ in events][:2] == ["ready", "opened"]
    assert ["level", {"level": "emergency", "kind": "emergency", "topic": None}] in events
    assert "zebras" not in str(events)
    assert "seizure" not in str(events)
    assert not any(name == "message" for name, _ in events)


def test_a_site_can_ask_for_the_assistants_texts(visit, site):
    chat = visit("/sharing", f"<main><h1>Events</h1></main>{site.tag(share_text='')}", HEAR)
    chat.press("Baclofen assistant")
    chat.start()
    texts = [detail["text"] for name, detail in heard(chat) if name == "message"]
    assert "I am an automated assistant" in texts[0]


def test_the_page_can_open_send_close_and_end(visit, site):
    chat = visit("/calls", f"<main><h1>Calls</h1></main>{site.tag()}", HEAR)
    chat.button("Baclofen assistant").wait_for()
    call = "document.querySelector('baclofen-chat')"
    chat.page.evaluate(f"{call}.send('what is baclofen used for?')")
    assert chat.own.count() == 0, "sent before the notice was accepted"
    chat.start()
    chat.wait_for("standard treatment")
    chat.page.evaluate(f"{call}.close()")
    expect(chat.button("Baclofen assistant")).to_be_visible()
    chat.page.evaluate(f"{call}.open()")
    chat.page.evaluate(f"{call}.end()")
    chat.page.get_by_text("It is cleared on this device and on the server.").wait_for()
    assert [name for name, _ in heard(chat) if name in ("opened", "closed", "ended")] == ["opened", "closed", "opened", "ended"]
    chat.page.evaluate(f"{call}.reset()")
    chat.button("Start the chat").wait_for()


@on_every_screen
def test_a_finished_checklist_tells_its_outcome(visit, site):
    chat = visit("/outcome", f"<main><h1>Outcome</h1></main>{site.tag()}", HEAR)
    chat.press("Baclofen assistant")
    chat.start()
    chat.press("Check symptoms")
    chat.press("By mouth (tablets or liquid)")
    for number in range(2, 16):
        chat.wait_for(f"Question {number} of 15")
        chat.press("No")
    chat.wait_for("Summary for the emergency team or clinic")
    assert ["outcome", {"level": "info"}] in heard(chat)


def test_without_scripts_the_clinics_page_shows_numbers_to_call(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/")
    expect(page.get_by_role("link", name="Call 911")).to_be_visible()
    context.close()


def test_a_link_on_the_page_opens_the_chat(clinic):
    clinic.page.get_by_role("link", name="Open the baclofen assistant").click()
    clinic.button("Start the chat").wait_for()
    assert "Baclofen assistant" in clinic.focused()


def test_a_site_that_is_not_named_gets_no_talk_but_the_numbers_to_call(context, site):
    address = site.add("/other", page(f"<main><h1>Other</h1></main>{site.tag()}"))
    chat = Chat(context.new_page())
    chat.page.goto(address.replace("localhost", "127.0.0.1"))
    chat.press("Baclofen assistant")
    chat.press("Start the chat")
    chat.page.get_by_text("The assistant cannot be reached.").wait_for()
    assert chat.page.locator(".strip a[href='tel:911']").is_visible()


FRAME = """<main><h1>Frame</h1>
<iframe title="Baclofen assistant" src="{url}/" width="400" height="700" allow="clipboard-write"></iframe></main>
<script>told = []; frame = document.querySelector("iframe"); origin_ = "{origin}";
addEventListener("message", (event) => {{ if (event.origin === origin_ && event.data.from === "baclofen-chat") told.push(event.data); }});
frame.addEventListener("load", () => frame.contentWindow.postMessage({{ to: "baclofen-chat", type: "hello" }}, origin_));
tell = (type, value) => frame.contentWindow.postMessage({{ to: "baclofen-chat", type, value }}, origin_);</script>"""


def test_the_hosted_page_in_an_iframe_exchanges_messages_with_the_page_around_it(visit, assistant):
    origin = assistant.url.rsplit("/", 1)[0]
    chat = visit("/frame", FRAME.format(url=assistant.url, origin=origin))
    frame = chat.page.frame_locator("iframe")
    frame.get_by_role("button", name="Start the chat").click()
    frame.locator("li.message").first.wait_for()
    chat.page.evaluate("tell('send', 'she has a seizure right now')")
    frame.locator("li.message.level-emergency").first.wait_for()
    chat.page.wait_for_function("told.some((one) => one.type === 'level' && one.level === 'emergency')")
    types = set(chat.page.evaluate("told.map((one) => one.type)"))
    assert {"ready", "level", "height"} <= types
    assert "seizure" not in str(chat.page.evaluate("told"))
    chat.page.wait_for_timeout(600)  # what has just moved under a finger takes no press
    frame.get_by_role("button", name="Close").click()
    chat.page.wait_for_function("told.some((one) => one.type === 'closed')")


def test_the_page_around_the_iframe_can_give_it_the_height_that_it_needs(visit, assistant):
    origin = assistant.url.rsplit("/", 1)[0]
    chat = visit("/height", FRAME.format(url=assistant.url, origin=origin))
    frame = chat.page.frame_locator("iframe")
    frame.get_by_role("button", name="Start the chat").click()
    frame.get_by_role("button", name="Check symptoms").wait_for()
    chat.page.evaluate("addEventListener('message', (event) => { if (event.data.type === 'height') frame.height = event.data.height; })")
    chat.page.evaluate("tell('send', 'she has a seizure right now')")
    frame.locator("li.message.level-emergency").first.wait_for()
    chat.page.wait_for_function("frame.height > 1000")
    everything_is_seen = (
        "new Promise((seen) => { const look = () => one.scrollHeight <= one.clientHeight ? seen(true) : setTimeout(look, 50); look(); })"
    )
    assert frame.locator(".middle").evaluate(f"one => {everything_is_seen}")


def test_a_site_that_is_not_named_cannot_frame_the_hosted_page(context, site, assistant):
    address = site.add("/framed", page(f'<iframe src="{assistant.url}/"></iframe>'))
    chat = Chat(context.new_page())
    chat.page.goto(address)
    chat.page.frame_locator("iframe").get_by_role("button", name="Start the chat").wait_for()
    chat.page.goto(address.replace("localhost", "127.0.0.1"))
    assert chat.page.frames[1].url.startswith("chrome-error:")


def test_a_site_can_ask_for_a_tick_before_anything_is_sent(visit, site):
    chat = visit("/tick", f"<main><h1>Tick</h1></main>{site.tag(notice='tick', privacy_url='https://clinic.example/privacy')}")
    chat.press("Baclofen assistant")
    chat.press("Start the chat")
    assert chat.replies.count() == 0
    assert chat.page.get_by_role("link", name="Privacy policy").get_attribute("href") == "https://clinic.example/privacy"
    chat.page.wait_for_timeout(600)
    chat.page.get_by_text("I have read this").click()
    assert chat.page.get_by_role("checkbox", name="I have read this").is_checked()
    chat.page.wait_for_timeout(600)
    chat.start()


def test_a_site_can_ask_for_a_second_look_at_each_answer(visit, site):
    chat = visit("/confirm", f"<main><h1>Confirm</h1></main>{site.tag(confirm_answers='')}")
    chat.press("Baclofen assistant")
    chat.start()
    chat.press("Check symptoms")
    chat.press("No, go back")
    assert chat.own.count() == 0
    chat.press("Check symptoms")
    chat.press("Yes, send it")
    chat.wait_for("How is the baclofen taken")


def test_a_site_can_use_its_own_words(visit, site):
    chat = visit("/words", f"<main><h1>Words</h1></main>{site.tag(text_launcher='Ask about baclofen')}")
    chat.press("Ask about baclofen")
    chat.button("Start the chat").wait_for()

"""How it looks: dark, high contrast, little motion, right to left, on paper; and what can be copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import on_every_screen
from tests.browser.site import page

pytestmark = pytest.mark.browser
DANGER = "my dad's pump is beeping and he's burning up and talking nonsense"


def colours(chat: Chat) -> list[str]:
    return chat.page.locator("li.message").first.evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color]")


def inline(context, site, path: str, attributes: str) -> Chat:
    attributes = f'layout="inline" {attributes}'
    chat = Chat(context.new_page())
    chat.page.goto(site.add(path, page(f"<p>Beside the chat</p><main><h1>Clinic</h1>{site.element(attributes)}</main>")))
    return chat


def summary(chat: Chat) -> None:
    chat.say(DANGER)
    chat.press("Summary for the emergency team")
    chat.wait_for("Summary for the emergency team or clinic")


def test_it_is_dark_where_the_person_wants_it(talking):
    light = colours(talking)
    talking.page.emulate_media(color_scheme="dark")
    dark = colours(talking)
    assert [light[0], dark[0]] == ["rgb(255, 255, 255)", "rgb(26, 38, 45)"]
    assert light[1] != dark[1]


def test_a_page_can_choose_the_theme_and_its_colours(context, site):
    chat = inline(context, site, "/themed", 'theme="dark" id="themed"')
    chat.page.add_style_tag(content="#themed { --baclofen-chat-accent: rgb(1, 2, 3); }")
    chat.button("Start the chat").wait_for()
    assert chat.button("Start the chat").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(1, 2, 3)"
    chat.start()
    assert colours(chat)[0] == "rgb(26, 38, 45)"


def test_in_forced_colours_levels_and_buttons_keep_a_border(talking):
    talking.page.emulate_media(forced_colors="active")
    talking.say(DANGER)
    card = talking.page.locator("li.message.level-emergency").first
    assert card.evaluate("one => getComputedStyle(one).borderTopWidth") == "5px"
    assert talking.button("Send").evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"


def test_with_more_contrast_lines_are_as_strong_as_text(talking):
    talking.page.emulate_media(contrast="more")
    message = talking.page.locator("li.message").first
    assert message.evaluate("one => getComputedStyle(one).borderTopColor === getComputedStyle(one).color")


@pytest.mark.parametrize(("motion", "expected"), [("reduce", "none"), ("no-preference", "breathe")])
def test_nothing_moves_for_people_who_want_no_motion(talking, motion, expected):
    talking.page.emulate_media(reduced_motion=motion)
    talking.page.locator(".typing").evaluate("one => one.hidden = false")
    assert talking.page.locator(".typing i").evaluate("one => getComputedStyle(one).animationName") == expected
    assert talking.page.evaluate("document.querySelector('baclofen-chat').shadowRoot.getAnimations().length") == (expected != "none")


def test_where_the_widget_has_no_words_in_a_language_its_english_is_marked_as_english(context, site):
    chat = inline(context, site, "/welsh", 'lang="cy"')
    chat.start()
    assert chat.page.locator(".root").get_attribute("lang") == "en"
    assert chat.replies.first.locator("p").first.get_attribute("lang") == "en"


ENDS = """one => { const text = one.firstChild, letter = document.createRange();
  const left = (at) => (letter.setStart(text, at), letter.setEnd(text, at + 1), letter.getBoundingClientRect().x);
  return [left(0), left(text.length - 1)]; }"""


@on_every_screen
def test_right_to_left_everything_is_mirrored_and_english_text_stays_readable(context, site):
    chat = inline(context, site, "/rtl", 'lang="ar"')
    chat.start()
    box, send = chat.box.bounding_box(), chat.button("Send").bounding_box()
    assert send["x"] < box["x"]
    chat.say("hello")
    own, reply = chat.own.last.bounding_box(), chat.replies.last.bounding_box()
    assert own["x"] < reply["x"]
    assert chat.replies.last.locator("p").last.evaluate("one => getComputedStyle(one).direction") == "ltr"
    chat.press("Check symptoms")
    chat.wait_for("How is the baclofen taken")
    ends = chat.button("What does this mean?").evaluate(ENDS)
    assert ends[0] < ends[1], "the question mark stands before its question"


def test_a_level_is_said_in_words_and_drawn_and_not_by_colour_alone(talking):
    talking.say("i have missed several doses of baclofen")
    label = talking.page.locator("li.message.level-urgent .label").first
    assert label.inner_text() == "Urgent: call today"
    assert label.locator("svg").count() == 1


def test_the_progress_of_the_checklist_is_shown_in_words_and_as_a_bar(talking):
    talking.press("Check symptoms")
    talking.press("By mouth (tablets or liquid)")
    talking.wait_for("Question 2 of 15")
    bar = talking.page.locator(".bar").last
    share = bar.locator("i").evaluate("one => one.offsetWidth / one.parentElement.clientWidth")
    assert share == pytest.approx(2 / 15, abs=0.01)


def test_the_summary_can_be_copied(talking):
    talking.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    summary(talking)
    talking.press("Copy")
    talking.page.locator("[aria-live]").filter(has_text="Copied.").wait_for(state="attached")
    expect(talking.page.locator(".tools p").last).to_have_text("Copied.")
    copied = talking.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Summary for the emergency team or clinic (baclofen):")
    assert "high fever" in copied


def test_the_summary_can_be_copied_where_there_is_no_clipboard(talking):
    summary(talking)
    talking.page.evaluate(
        """() => { Object.defineProperty(navigator, "clipboard", { value: undefined }); const original = document.execCommand;
        document.execCommand = (command) => { asked = command; return original.call(document, command); }; }"""
    )
    talking.press("Copy")
    talking.page.locator("[aria-live]").filter(has_text="Copied.").wait_for(state="attached")
    assert talking.page.evaluate("asked") == "copy"
    assert "Copy" in talking.focused()


def test_the_summary_can_be_saved_as_a_file(talking):
    summary(talking)
    with talking.page.expect_download() as download:
        talking.press("Download")
    assert "high fever" in download.value.path().read_text()


PAPER = """() => { window.print = () => { const shown = (one) => one.checkVisibility();
  const root = document.querySelector("baclofen-chat").shadowRoot;
  const those = (where, which) => [...where.querySelectorAll(which)].filter(shown);
  printed = { messages: those(root, "li.message").map((one) => one.textContent), page: those(document, "h1, p").length,
    controls: those(root, "button, textarea").length }; dispatchEvent(new Event("afterprint")); }; }"""


@on_every_screen
def test_only_the_summary_is_printed_without_the_page_around_it(clinic):
    clinic.press("Baclofen assistant")
    clinic.start()
    summary(clinic)
    clinic.page.evaluate(PAPER)
    clinic.page.emulate_media(media="print")
    clinic.button("Print")
    clinic.page.evaluate("document.querySelector('baclofen-chat').shadowRoot.querySelectorAll('.tools button')[1].click()")
    printed = clinic.page.evaluate("printed")
    assert len(printed["messages"]) == 1
    assert "Summary for the emergency team or clinic" in printed["messages"][0]
    assert [printed["page"], printed["controls"]] == [0, 0]
    clinic.page.emulate_media(media="screen")
    expect(clinic.page.get_by_role("heading", name="Living with spasticity")).to_be_visible()


def test_a_dark_chat_is_dark_letters_on_light_paper(context, site):
    chat = inline(context, site, "/ink", 'theme="dark"')
    chat.start()
    chat.page.locator("baclofen-chat").evaluate("one => one.setAttribute('printing', 'talk')")
    chat.page.emulate_media(media="print")
    assert colours(chat) == ["rgb(255, 255, 255)", "rgb(20, 37, 46)"]


def test_the_whole_talk_can_be_printed(clinic):
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.say("what is baclofen used for?")
    clinic.press("Options")
    clinic.page.evaluate(PAPER)
    clinic.page.emulate_media(media="print")
    clinic.page.evaluate("document.querySelector('baclofen-chat').shadowRoot.querySelectorAll('.options button')[2].click()")
    assert len(clinic.page.evaluate("printed")["messages"]) == clinic.page.locator("li.message").count()


def test_printing_the_clinics_page_itself_leaves_the_chat_out(clinic):
    clinic.press("Baclofen assistant")
    clinic.start()
    clinic.page.emulate_media(media="print")
    expect(clinic.page.locator("baclofen-chat li.message").first).to_be_hidden()
    expect(clinic.page.get_by_role("heading", name="Living with spasticity")).to_be_visible()

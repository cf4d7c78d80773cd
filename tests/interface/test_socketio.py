"""The socket for Rasa's widgets, with a raw client: never silent, bounded, commands filtered, nobody else's conversation."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import websockets

from bot.conversation.session_tokens import Tokens
from tests.interface.conftest import CLINIC, RawSocket
from tests.talk import Talk

SEIZURE = "my dad is having a seizure right now"


async def drain(socket: RawSocket) -> list[dict]:
    """What else is said in the next second."""
    heard = []
    while True:
        try:
            heard.append((await socket.hear(1.0))[1])
        except asyncio.TimeoutError:
            return heard


async def test_a_session_opens_with_a_token_of_the_server_and_the_greeting(open_assistant):
    async with RawSocket(open_assistant) as socket:
        greeting = await socket.open_session()
        assert "automated assistant" in greeting[0]
        assert socket.token.count(".") == 2


async def test_a_message_is_answered(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        assert "spasticity" in (await socket.say("what is baclofen used for?"))["text"]


async def test_buttons_come_as_quick_replies_and_act(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        asked = await socket.say("/check_symptoms")
        texts = [asked, *await drain(socket)]
        replies = texts[-1]["quick_replies"]
        assert [reply["title"] for reply in replies][:2] == ["By mouth (tablets or liquid)", "Through a pump"]
        assert (await socket.say(replies[0]["payload"]))["text"] != asked["text"]


async def test_a_danger_sign_escalates(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        assert "911" in (await socket.say(SEIZURE))["text"]


@pytest.mark.parametrize("typed", ["/restart", '/affirm{"x":1}', "/greet@1.0 I can't breathe", "/session_start"])
async def test_a_typed_command_does_not_act(open_assistant, typed):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        await socket.say("/check_symptoms")
        await drain(socket)
        await socket.say(typed)
        await drain(socket)
        last = Talk(open_assistant.url, socket.token).history()[-1]["meta"]
        assert last["level"] == "emergency" if "breathe" in typed else last["step"]["item"] == "route"


@pytest.mark.parametrize("message", ["", " ", 5, ["a"], {"a": 1}, "\u200b", "\x00", "😀", "a" * 900_000])
async def test_any_message_gets_a_reply(open_assistant, message):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        await socket.say(message)


@pytest.mark.parametrize("data", [None, 5, "hello", [], {}, {"session_id": 5, "message": "hello"}, {"session_id": None}])
async def test_a_message_in_a_strange_form_gets_a_reply(open_assistant, data):
    async with RawSocket(open_assistant) as socket:
        await socket.emit("user_uttered", data)
        assert (await socket.hear())[0] == "session_confirm"
        assert (await socket.hear())[1]["text"]


async def test_an_empty_init_payload_is_no_message(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        await socket.emit("user_uttered", {"session_id": socket.token, "customData": {}})
        assert await socket.hear() == ("session_confirm", socket.token)
        assert await socket.hear_nothing()


async def test_a_text_that_is_too_long_is_checked_for_danger(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        first = await socket.say(f"{SEIZURE}. " * 100)
        assert "911" in first["text"]
        assert any("too long" in message["text"] for message in await drain(socket))


async def test_a_client_comes_back_to_its_conversation(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        await socket.say("what is baclofen used for?")
        token = socket.token
    async with RawSocket(open_assistant) as socket:
        assert await socket.open_session(token) == []
    assert [message["text"] for message in Talk(open_assistant.url, token).history() if message["from"] == "user"] == [
        "what is baclofen used for?"
    ]


@pytest.mark.parametrize("session_id", ["made-up", "0" * 32, 5, {"a": 1}, "a.b.c"])
async def test_an_id_that_a_client_makes_up_opens_nothing(open_assistant, session_id):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session(session_id)
        assert socket.token != session_id


async def test_nobody_hears_anothers_conversation(open_assistant):
    async with RawSocket(open_assistant) as patient, RawSocket(open_assistant) as stranger:
        await patient.open_session()
        conversation = Tokens((open_assistant.state_dir / "token-secret").read_text().strip(), 1).conversation_of(f"Bearer {patient.token}")
        for guess in (conversation, patient.token[:-2], patient.token.rsplit(".", 1)[0]):
            await stranger.emit("session_request", {"session_id": guess})
            await stranger.emit("user_uttered", {"message": "hello", "session_id": guess})
        heard = await drain(stranger)
        assert patient.token not in heard
        await patient.say("what is baclofen used for?")
        assert await stranger.hear_nothing()


async def test_two_tabs_of_a_conversation_both_hear_the_reply(open_assistant):
    async with RawSocket(open_assistant) as first, RawSocket(open_assistant) as second:
        await first.open_session()
        await second.open_session(first.token)
        await first.say("what is baclofen used for?")
        assert (await second.hear())[0] == "bot_uttered"


async def test_the_token_of_an_ended_conversation_begins_a_new_one(open_assistant):
    async with RawSocket(open_assistant) as socket:
        await socket.open_session()
        await socket.say("hello")
        await drain(socket)
        ended = socket.token
        Talk(open_assistant.url, ended).client.post(f"{open_assistant.url}/end", headers={"Authorization": f"Bearer {ended}"})
        await socket.emit("user_uttered", {"message": "hello", "session_id": ended})
        event, token = await socket.hear()
        assert (event, token != ended) == ("session_confirm", True)


async def test_one_message_too_many_is_told_to_wait_unless_it_tells_of_danger(strict_assistant):
    async with RawSocket(strict_assistant) as socket:
        await socket.open_session()
        for _ in range(3):
            await socket.say("hello")
            await drain(socket)
        assert "a lot of messages" in (await socket.say("hello"))["text"]
        assert "911" in (await socket.say(SEIZURE))["text"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_page_of_another_origin_gets_no_socket(open_assistant, origin):
    with pytest.raises(websockets.exceptions.InvalidStatusCode):
        async with RawSocket(open_assistant, origin=origin):
            pass


async def test_a_page_of_an_allowed_origin_gets_one(open_assistant):
    async with RawSocket(open_assistant, origin=CLINIC) as socket:
        assert await socket.open_session()


@pytest.mark.parametrize(
    "frame", ["", "9", "4", "42", "42{", '42["user_uttered"', '42["no_such_event", 1]', '42["user_uttered"]', "43", "4x"]
)
async def test_a_broken_frame_does_not_hurt_the_others(open_assistant, frame):
    async with RawSocket(open_assistant) as socket:
        try:
            await socket.send_raw(frame)
            await socket.send_raw("42[]")
        except websockets.exceptions.ConnectionClosed:
            pass
    async with RawSocket(open_assistant) as socket:
        assert await socket.open_session()


async def test_a_client_without_web_sockets_is_served_by_polling(open_assistant):
    url = f"http://127.0.0.1:{open_assistant.port}/socket.io/"
    async with httpx.AsyncClient(timeout=20) as client:
        opened = await client.get(url, params={"EIO": "4", "transport": "polling"})
        place = {"EIO": "4", "transport": "polling", "sid": opened.text.split('"sid":"')[1].split('"')[0]}
        await client.post(url, params=place, content="40")
        await client.post(url, params=place, content='42["session_request",{}]')
        heard = ""
        while "bot_uttered" not in heard:
            heard += (await client.get(url, params=place)).text
        assert "session_confirm" in heard


def test_by_default_there_is_no_socket(assistant):
    assert httpx.get(f"http://127.0.0.1:{assistant.port}/socket.io/?EIO=4&transport=polling").status_code == 404

"""The gateway refuses messages that are too long or too many, and danger in them still brings its card. No model is needed for that."""

from __future__ import annotations

import pytest

from bot.conversation.errors import ApiError
from bot.conversation.gateway import MessageGateway
from bot.conversation.incoming import MAX_CHARACTERS, Incoming, typed
from bot.settings import read_settings

ADDRESS = "10.0.0.1"
DANGER = "my dad is having a seizure"


@pytest.fixture
def gateway(tmp_path):
    settings = read_settings().copy(
        update={"state_dir": tmp_path, "messages_per_minute": 2, "sessions_per_minute": 1, "address_messages_per_minute": 100}
    )
    return MessageGateway(settings)


async def say(gateway, text, conversation_id="a"):
    return await gateway.handle(None, conversation_id, ADDRESS, typed("message-1", text))


async def use_up_the_limit(gateway):
    for _ in range(2):
        await say(gateway, "hello")


def kinds(reply):
    return [message["meta"]["kind"] for message in reply.messages]


async def test_a_message_within_the_limits_is_not_refused(gateway):
    reply = await say(gateway, "hello")
    assert reply.refusal is None
    assert kinds(reply) == ["fallback"]


async def test_a_message_too_many_is_refused_without_a_reply(gateway):
    await use_up_the_limit(gateway)
    reply = await say(gateway, "hello")
    assert (reply.refusal.status, reply.refusal.code) == (429, "rate_limited")
    assert reply.messages == []


async def test_a_refusal_says_when_to_try_again(gateway):
    await use_up_the_limit(gateway)
    reply = await say(gateway, "hello")
    assert 1 <= int(reply.refusal.headers["Retry-After"]) <= 60


async def test_danger_over_the_limit_is_answered(gateway):
    await use_up_the_limit(gateway)
    reply = await say(gateway, DANGER)
    assert reply.refusal is None
    assert kinds(reply) == ["emergency"]


async def test_a_button_that_confirms_danger_over_the_limit_is_answered(gateway):
    await use_up_the_limit(gateway)
    reply = await gateway.handle(None, "a", ADDRESS, Incoming("message-1", "/danger_confirmed", is_button=True))
    assert kinds(reply) == ["emergency"]


async def test_a_text_too_long_is_refused_without_a_reply(gateway):
    reply = await say(gateway, "hello " * MAX_CHARACTERS)
    assert (reply.refusal.status, reply.refusal.code) == (413, "too_long")
    assert reply.messages == []


async def test_a_text_too_long_with_danger_is_refused_and_brings_the_card(gateway):
    reply = await say(gateway, f"{DANGER} " * MAX_CHARACTERS)
    assert reply.refusal.code == "too_long"
    assert kinds(reply) == ["emergency"]
    assert reply.refusal.message.startswith(reply.messages[0]["text"])


def test_an_address_may_open_so_many_sessions(gateway):
    gateway.count_session(ADDRESS)
    with pytest.raises(ApiError) as refused:
        gateway.count_session(ADDRESS)
    assert refused.value.code == "rate_limited"


def test_a_token_leads_to_its_conversation(gateway):
    token, conversation_id = gateway.tokens.issue()
    assert gateway.conversation_of(None, f"Bearer {token}") == conversation_id
    assert gateway.conversation_of_token(None, token) == conversation_id


def test_a_request_without_a_valid_token_is_refused(gateway):
    for header in (None, "", "Bearer x"):
        with pytest.raises(ApiError) as refused:
            gateway.conversation_of(None, header)
        assert refused.value.status == 401


def test_a_refusal_lists_the_messages_that_the_person_gets():
    response = ApiError(413, "too_long", "Too long.").response([{"id": "1"}])
    assert response.status == 413
    assert response.body == b'{"error":{"code":"too_long","message":"Too long.","messages":[{"id":"1"}]}}'


def test_a_refusal_without_messages_lists_none():
    assert ApiError(401, "unauthorized", "Ended.").response().body == b'{"error":{"code":"unauthorized","message":"Ended."}}'

"""A turn always ends with a reply, whatever happens to Rasa."""

from __future__ import annotations

import asyncio
import time

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content.responses import clinic_values
from bot.conversation.replies import Replies
from bot.conversation.turn import ConversationService, store_of
from bot.nlu import alarm_by_rules
from bot.rasa_compat.content_importer import project_domain
from bot.storage.lock_store import ConversationLocks
from bot.storage.tracker_store import ConversationStore

DOMAIN = project_domain()
SECONDS = 0.3
DANGER = "my dad is having a seizure"
CRISIS = "I want to kill myself"


class FaultyAgent:
    """An agent with a real store that handles messages as a test says."""

    def __init__(self, store, fault):
        self.tracker_store = store
        self.processor = None
        self.lock_store = ConversationLocks()
        self.handled = 0
        self._fault = fault

    async def handle_message(self, message: UserMessage):
        self.handled += 1
        await self._fault(message)

    async def parse_message(self, text):
        raise RuntimeError("broken on purpose")


async def raises(message):
    raise RuntimeError("broken on purpose")


async def hangs(message):
    await asyncio.sleep(60)


async def says_nothing(message):
    return None


async def says_hello(message):
    await message.output_channel.send_response("x", {"text": "hello", "custom": {"kind": "answer", "level": "info"}})


@pytest.fixture
def store(tmp_path):
    return ConversationStore(DOMAIN, host=f"sqlite:///{tmp_path / 'conversations.db'}")


@pytest.fixture
def conversations(content):
    return ConversationService(content, Replies(content), SECONDS)


@pytest.fixture(params=[raises, hangs, says_nothing, None], ids=["raises", "hangs", "says nothing", "is not there"])
def faulty_agent(request, store):
    return FaultyAgent(store, request.param) if request.param else None


async def test_a_fault_gets_a_reply_with_the_emergency_line(conversations, faulty_agent, content):
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", "hello there", False)
    assert [message["meta"]["kind"] for message in reply] == ["fallback"]
    assert clinic_values(content.clinic)["emergency_number"] in reply[0]["text"]


async def test_a_fault_does_not_hide_a_danger_sign(conversations, faulty_agent):
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", DANGER, False)
    assert [message["meta"]["kind"] for message in reply] == ["emergency"]
    assert "a seizure" in reply[0]["text"]
    assert reply[0]["meta"]["actions"]


async def test_a_fault_does_not_hide_self_harm(conversations, faulty_agent):
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", CRISIS, False)
    assert [message["meta"]["kind"] for message in reply] == ["crisis"]


async def test_a_fault_does_not_hide_yes_by_button_to_a_danger_sign(conversations, faulty_agent):
    payload = '/danger_confirmed{"seizure": "yes", "danger_reason": "a seizure"}'
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", payload, True)
    assert [message["meta"]["kind"] for message in reply] == ["emergency"]
    assert "a seizure" in reply[0]["text"]


async def test_a_fault_does_not_hide_yes_to_it_is_happening_now(conversations, faulty_agent):
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", "/danger_confirmed", True)
    assert [message["meta"]["kind"] for message in reply] == ["emergency"]


async def test_a_fault_makes_no_alarm_of_the_button_no(conversations, faulty_agent):
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", '/answer_checklist{"seizure": "no"}', True)
    assert [message["meta"]["kind"] for message in reply] == ["fallback"]


async def test_a_replys_id_derives_from_the_messages(conversations, faulty_agent):
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", "hello", False)
    assert [message["id"] for message in reply] == ["message-1-1"]


async def test_a_text_with_a_danger_sign_is_handled_if_only_alarms_are(conversations, faulty_agent):
    assert [m["meta"]["kind"] for m in await conversations.handle_if_alarm(faulty_agent, "x", "message-1", DANGER)] == ["emergency"]


async def test_a_text_without_an_alarm_is_not_handled_if_only_alarms_are(conversations, faulty_agent):
    assert await conversations.handle_if_alarm(faulty_agent, "x", "message-1", "hello") == []
    assert faulty_agent is None or faulty_agent.handled == 0


async def test_rasas_reply_is_returned(conversations, store):
    reply = await conversations.handle_turn(FaultyAgent(store, says_hello), "x", "message-1", "hello", False)
    assert [message["text"] for message in reply] == ["hello"]


async def test_the_reply_depends_on_the_slots_that_the_turn_has_saved(conversations, store):
    async def raises_an_alarm(message):
        tracker = await store.get_or_create_tracker(message.sender_id)
        tracker.update(SlotSet("alarm", "emergency"))
        await store.save(tracker)
        await says_hello(message)

    reply = await conversations.handle_turn(FaultyAgent(store, raises_an_alarm), "x", "message-1", "hello", False)
    assert [message["meta"]["level"] for message in reply] == ["info", "emergency"]


async def test_rasa_may_take_the_lock_that_the_turn_holds(conversations, store):
    async def locks(message):
        async with agent.lock_store.lock(message.sender_id):
            await says_hello(message)

    agent = FaultyAgent(store, locks)
    reply = await conversations.handle_turn(agent, "x", "message-1", "hello", False)
    assert [message["text"] for message in reply] == ["hello"]


async def test_a_hanging_rasa_is_given_up_in_time(conversations, store):
    began = time.monotonic()
    await conversations.handle_turn(FaultyAgent(store, hangs), "x", "message-1", "hello", False)
    assert time.monotonic() - began < SECONDS * 3


async def test_messages_behind_a_hanging_one_do_not_wait_longer(conversations, store):
    agent = FaultyAgent(store, hangs)
    began = time.monotonic()
    replies = await asyncio.gather(*(conversations.handle_turn(agent, "x", f"message-{n}", DANGER, False) for n in range(4)))
    assert time.monotonic() - began < SECONDS * 3
    assert [reply[0]["meta"]["kind"] for reply in replies] == ["emergency"] * 4


async def test_a_hanging_conversation_does_not_hold_up_another(conversations, store):
    hanging = asyncio.ensure_future(conversations.handle_turn(FaultyAgent(store, hangs), "x", "message-1", "hello", False))
    await asyncio.sleep(0)
    began = time.monotonic()
    await conversations.handle_turn(FaultyAgent(store, says_hello), "y", "message-2", "hello", False)
    assert time.monotonic() - began < SECONDS
    await hanging


async def test_broken_rules_besides_still_bring_the_emergency_line(conversations, faulty_agent, monkeypatch):
    def broken():
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(alarm_by_rules, "danger_rules", broken)
    reply = await conversations.handle_turn(faulty_agent, "x", "message-1", DANGER, False)
    assert [message["meta"]["kind"] for message in reply] == ["fallback"]


async def test_a_broken_database_still_escalates(conversations, store, tmp_path):
    store.engine.dispose()
    (tmp_path / "conversations.db").write_bytes(b"this is no database" * 100)
    reply = await conversations.handle_turn(FaultyAgent(store, says_hello), "x", "message-1", DANGER, False)
    assert reply[0]["meta"]["kind"] in ("emergency", "fallback")
    assert reply[0]["text"]


async def test_a_fault_is_logged_without_the_persons_words(conversations, store, caplog):
    await conversations.handle_turn(FaultyAgent(store, raises), "x", "message-1", "a very private sentence", False)
    assert "RuntimeError" in caplog.text
    assert "private" not in caplog.text


async def save(store, *events):
    await store.save(DialogueStateTracker.from_events("x", events, slots=DOMAIN.slots))


def said(message_id, text="hi"):
    return UserUttered(text, message_id=message_id)


async def test_history_repeats_the_emergency_line_where_it_was_shown(conversations, store):
    await save(store, said("message-1"), SlotSet("alarm", "emergency"), BotUttered("card", {"custom": {"level": "emergency"}}))
    tracker = await store.retrieve("x")
    tracker.update(said("message-2"))
    tracker.update(BotUttered("hello"))
    await store.save(tracker)
    shown = await conversations.history(FaultyAgent(store, raises), "x")
    assert [message["id"] for message in shown] == ["message-1", "message-1-1", "message-2", "message-2-1", "message-2-2"]
    assert shown[-1]["meta"]["level"] == "emergency"


async def test_a_new_session_does_not_change_earlier_replies(conversations, store):
    opened = [said("message-1"), SlotSet("alarm", "emergency"), BotUttered("hello")]
    await save(store, *opened, SessionStarted(), said("message-2"), BotUttered("hello"))
    shown = await conversations.history(FaultyAgent(store, raises), "x")
    assert [message["id"] for message in shown] == ["message-1", "message-1-1", "message-1-2", "message-2", "message-2-1"]


async def test_a_known_message_gets_its_own_reply_again(conversations, store):
    await save(store, said("message-1"), BotUttered("first"), said("message-2"), BotUttered("second"))
    agent = FaultyAgent(store, says_hello)
    for number, text in ((1, "first"), (2, "second")):
        reply = await conversations.handle_turn(agent, "x", f"message-{number}", "hi", False)
        assert [message["text"] for message in reply] == [text]
    assert agent.handled == 0


async def test_an_unknown_conversation_has_no_history(conversations, store):
    assert await conversations.history(FaultyAgent(store, raises), "nobody") == []


def test_another_kind_of_store_is_refused():
    with pytest.raises(TypeError, match=r"endpoints\.yml"):
        store_of(FaultyAgent(object(), raises))

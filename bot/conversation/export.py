"""Collects everything that is kept of one conversation, for the person who had it."""

from __future__ import annotations

import time
from typing import Any

from rasa.core.agent import Agent

from bot import __version__
from bot.clinical.checklist import only_answers
from bot.content import Content
from bot.conversation.timestamps import iso8601
from bot.conversation.turn import ConversationService, store_of

VERSION = 1
DOWNLOAD_HEADERS = {"Content-Disposition": 'attachment; filename="baclofen-chat.json"'}
_SECONDS_PER_DAY = 86_400


async def export_of(conversations: ConversationService, agent: Agent, conversation_id: str, content: Content) -> dict[str, Any]:
    """Collects a conversation as data that another program can read.

    Args:
        conversations: The conversations of this process.
        agent: Rasa's agent.
        conversation_id: Id of the conversation.
        content: The content, for the retention and the checklist's items.

    Returns:
        The data. `version` goes up with each change that could break a reader.
    """
    tracker = await store_of(agent).retrieve_full_tracker(conversation_id)
    events = list(tracker.events) if tracker else []
    last = events[-1].timestamp if events else None
    days = content.clinic.retention_days
    return {
        "version": VERSION,
        "assistant_version": __version__,
        "exported_at": iso8601(time.time()),
        "kept_until": iso8601(last + days * _SECONDS_PER_DAY) if last else None,
        "checklist_answers": only_answers(content, tracker.current_slot_values()) if tracker else {},
        "messages": await conversations.history(agent, conversation_id),
    }

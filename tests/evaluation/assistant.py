"""The assistant in this process: model, rules, actions and reply, everything but HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

from rasa.core.agent import Agent

from bot.content import Content, load_content
from bot.conversation.replies import Replies
from bot.conversation.turn import ConversationService, store_of
from bot.nlu.evidence import MessageEvidence
from bot.nlu.safety_guard import SafetyGuard
from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.serving.training import train_if_needed
from bot.settings import CONTENT_DIR
from bot.storage.lock_store import ConversationLocks
from bot.storage.tracker_store import ConversationStore
from tests.talk import Turn


class Assistant:
    """Answers messages and tells what the guard heard in them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        model = train_if_needed(say)
        self.content: Content = load_content(CONTENT_DIR)
        self._folder = TemporaryDirectory()
        store = ConversationStore(host=f"sqlite:///{self._folder.name}/talks.db")
        self.agent = Agent.load(str(model), tracker_store=store, lock_store=ConversationLocks(), action_endpoint=InProcessActionEndpoint())
        self.conversations = ConversationService(self.content, Replies(self.content), reply_seconds=30)
        self.heard: MessageEvidence | None = None
        self.guard = self._watched_guard()

    def _watched_guard(self) -> SafetyGuard:
        """The model's own guard, which from now on also tells what it heard."""
        nodes = self.agent.processor.graph_runner._instantiated_nodes.values()
        guard = next(node._component for node in nodes if isinstance(node._component, SafetyGuard))
        hear = guard._evidence

        def remember(message: Any, text: str) -> MessageEvidence:
            self.heard = hear(message, text)
            return self.heard

        guard._evidence = remember
        return guard

    async def send(self, conversation: str, text: str, is_button: bool = False) -> Turn:
        """Sends one message of a talk."""
        return Turn(await self.conversations.handle_turn(self.agent, conversation, uuid.uuid4().hex, text, is_button))

    async def ask(self, text: str) -> tuple[Turn, MessageEvidence | None]:
        """Sends a first message and forgets the talk."""
        conversation = uuid.uuid4().hex
        self.heard = None
        turn = await self.send(conversation, text)
        self.forget(conversation)
        return turn, self.heard

    def forget(self, conversation: str) -> None:
        """Deletes a talk."""
        store_of(self.agent).forget(conversation)

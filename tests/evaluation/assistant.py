"""The assistant in this process: model, rules, actions and reply, everything but HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

from rasa.core.agent import Agent

from bot.content import Content, load_content
from bot.local_actions import LocalActions
from bot.lock_store import ConversationLocks
from bot.nlu.decision import Heard
from bot.nlu.guard import SafetyGuard
from bot.settings import CONTENT_DIR
from bot.tracker_store import ConversationStore
from bot.training import train_if_needed
from bot.web.conversation import Conversations, store_of
from bot.web.replies import Replies
from tests.talk import Turn


class Assistant:
    """Answers messages and tells what the guard heard in them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        model = train_if_needed(say)
        self.content: Content = load_content(CONTENT_DIR)
        self._folder = TemporaryDirectory()
        store = ConversationStore(host=f"sqlite:///{self._folder.name}/talks.db")
        self.agent = Agent.load(str(model), tracker_store=store, lock_store=ConversationLocks(), action_endpoint=LocalActions())
        self.conversations = Conversations(self.content, Replies(self.content), reply_seconds=30)
        self.heard: Heard | None = None
        self.guard = self._watched_guard()

    def _watched_guard(self) -> SafetyGuard:
        """The model's own guard, which from now on also tells what it heard."""
        nodes = self.agent.processor.graph_runner._instantiated_nodes.values()
        guard = next(node._component for node in nodes if isinstance(node._component, SafetyGuard))
        hear = guard._heard

        def remember(message: Any, text: str) -> Heard:
            self.heard = hear(message, text)
            return self.heard

        guard._heard = remember
        return guard

    async def send(self, conversation: str, text: str, is_button: bool = False) -> Turn:
        """Sends one message of a talk."""
        return Turn(await self.conversations.turn(self.agent, conversation, uuid.uuid4().hex, text, is_button))

    async def ask(self, text: str) -> tuple[Turn, Heard | None]:
        """Sends a first message and forgets the talk."""
        conversation = uuid.uuid4().hex
        self.heard = None
        turn = await self.send(conversation, text)
        self.forget(conversation)
        return turn, self.heard

    def forget(self, conversation: str) -> None:
        """Deletes a talk."""
        store_of(self.agent).forget(conversation)

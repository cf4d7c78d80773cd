"""Shapes Rasa's responses into the messages of the interface, and makes sure that every reply has one. Pure functions."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.clinical.checklist import only_answers, progress
from bot.clinical.triage import highest, open_alarm
from bot.content import response_names
from bot.content.intents import question_of
from bot.content.models import Content
from bot.content.responses import Responses, build_responses, payload

Message = dict[str, Any]
_DEFAULT_META = {"kind": "answer", "level": "none"}
_ALARM_LINES = {"emergency": response_names.EMERGENCY_LINE, "crisis": response_names.CRISIS_LINE}


@dataclass(frozen=True)
class ConversationState:
    """What a reply depends on besides Rasa's responses.

    Attributes:
        alarm: `emergency`, `crisis` or None.
        findings: Checklist answers so far.
    """

    alarm: str | None
    findings: Mapping[str, str]

    @classmethod
    def from_slots(cls, content: Content, slots: Mapping[str, Any]) -> ConversationState:
        """Reads the state from a conversation's slots."""
        return cls(open_alarm(slots.get("alarm")), only_answers(content, slots))


def _single_braces(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def level_of(messages: Iterable[Message]) -> str:
    """The highest level of a reply's messages."""
    return highest(*(message["meta"]["level"] for message in messages))


class Replies:
    """Builds messages from the content, without Rasa, a model or a database."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._responses: Responses = build_responses(content)

    def payloads(self) -> frozenset[str]:
        """Every payload that a button of the assistant can send."""
        shown = {
            _single_braces(button["payload"])
            for variants in self._responses.values()
            for response in variants
            for button in response.get("buttons", [])
        }
        questions = {f"/{question_of(topic)}" for topic in self._content.answers}
        changes = {payload("change_item", item=item) for item in self._content.items}
        return frozenset(shown | questions | changes | {"/change_answer", "/check_symptoms", "/talk_to_human"})

    def fixed(self, name: str, **values: str) -> Message:
        """A fixed response as a message, with its placeholders filled.

        Args:
            name: One of `bot.content.response_names`.
            **values: Values of the placeholders that depend on the conversation, such as `danger_reason`.
        """
        response = copy.deepcopy(self._responses[name][-1])
        for key, value in values.items():
            response["text"] = response["text"].replace(f"{{{key}}}", value)
        for button in response.get("buttons", []):
            button["payload"] = _single_braces(button["payload"])
        return self.shape(response)

    @staticmethod
    def shape(response: Mapping[str, Any]) -> Message:
        """One of Rasa's responses as a message of the interface, still without an id."""
        meta = {**_DEFAULT_META, **(response.get("custom") or {})}
        return {"text": response.get("text") or "", "buttons": list(response.get("buttons") or []), "meta": meta}

    def _with_step(self, message: Message, state: ConversationState) -> Message:
        step = message["meta"].get("step")
        if step:
            n, of = progress(self._content, state.findings, step["item"])
            message["meta"] = {**message["meta"], "step": {"item": step["item"], "n": n, "of": of}}
        return message

    def finish(self, responses: Iterable[Mapping[str, Any]], state: ConversationState, message_id: str) -> list[Message]:
        """Completes the messages of a reply.

        Args:
            responses: What Rasa sent, in order.
            state: The state of the conversation after the turn.
            message_id: Id of the person's message. The ids of the reply derive from it, so a repeated message gets the same ones.

        Returns:
            At least one message with text. While an alarm is open, one of them carries the emergency line.
        """
        shaped = (self.shape(response) for response in responses)
        messages = [self._with_step(message, state) for message in shaped if message["text"]]
        if not messages:
            messages = [self.fixed(response_names.OUTAGE)]
        if state.alarm in _ALARM_LINES and level_of(messages) != "emergency":
            messages.append(self.fixed(_ALARM_LINES[state.alarm]))
        return [{"id": f"{message_id}-{number}", **message} for number, message in enumerate(messages, 1)]

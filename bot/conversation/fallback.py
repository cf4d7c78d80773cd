"""Replies without Rasa: danger that the rules find still escalates, and everything else gets the outage text."""

from __future__ import annotations

import json

from bot.content import Content, response_names
from bot.content.intents import CRISIS, DANGER_CONFIRMED
from bot.content.responses import payload
from bot.conversation.replies import Message, Replies
from bot.nlu.alarm_by_rules import alarm_by_rules
from bot.nlu.checklist_answers import says_yes
from bot.nlu.text import clean
from bot.observability import metrics, outages
from bot.policies.safety_policy import alarm_answer
from bot.storage.bounded_dict import BoundedDict

_MAX_CONVERSATIONS_REMEMBERED = 10_000
_UNNAMED_SIGN = "a danger sign"


class FallbackReplies:
    """Builds replies from the content and the rules, without Rasa, model or database."""

    def __init__(self, content: Content, replies: Replies) -> None:
        self._content = content
        self._replies = replies
        self._alarm_by_yes: BoundedDict[str] = BoundedDict(_MAX_CONVERSATIONS_REMEMBERED)

    def note_question(self, conversation_id: str, messages: list[Message]) -> None:
        """Remembers which alarm a plain "yes" to a reply would raise, if it would raise one.

        Args:
            conversation_id: Id of the conversation.
            messages: The reply that the person sees now. Its buttons count by their payloads: their titles are content.
        """
        buttons = [button for message in messages for button in message["buttons"]]
        alarms = [button["payload"] for button in buttons if self._alarm_of_button(button["payload"])]
        if alarms:  # a "yes" to several signs does not say which
            self._alarm_by_yes.put(conversation_id, alarms[0] if len(alarms) == 1 else payload(DANGER_CONFIRMED))
        else:
            self._alarm_by_yes.drop(conversation_id)

    def reply(self, conversation_id: str, message_id: str, text: str, is_button: bool) -> list[Message]:
        """The reply when Rasa has none.

        Args:
            conversation_id: Id of the conversation.
            message_id: The client's id of the message.
            text: What was typed, or a button's payload.
            is_button: Whether `text` is a payload.

        Returns:
            One message.
        """
        card = self.alarm_card(message_id, text, is_button)
        if not card and not is_button and says_yes(clean(text)):
            card = self.alarm_card(message_id, self._alarm_by_yes.get(conversation_id) or "", is_button=True)
        metrics.count_fallback(metrics.RULES_ALONE if card else metrics.OUTAGE)
        return card or [_with_id(message_id, self._replies.fixed(response_names.OUTAGE))]

    def alarm_card(self, message_id: str, text: str, is_button: bool) -> list[Message]:
        """The fixed card for the danger that the rules alone find in a message; empty if they find none."""
        card = self._alarm_of_button(text) if is_button else self._alarm_of_text(text)
        return [_with_id(message_id, card)] if card else []

    def _alarm_of_button(self, payload: str) -> Message | None:
        intent, brace, values = payload.removeprefix("/").partition("{")
        answer = alarm_answer(intent)
        if answer is None:
            return None
        if answer == response_names.CRISIS:
            return self._replies.fixed(answer)
        reason = json.loads(brace + values).get("danger_reason") if brace else None
        return self._replies.fixed(answer, danger_reason=reason or _UNNAMED_SIGN)

    def _alarm_of_text(self, text: str) -> Message | None:
        try:
            with outages.watch("rules"):
                alarm = alarm_by_rules(self._content, text)
        except Exception:  # without rules there is still the outage text with the emergency line
            return None
        if alarm is None:
            return None
        if alarm.intent == CRISIS:
            return self._replies.fixed(response_names.CRISIS)
        return self._replies.fixed(response_names.EMERGENCY, danger_reason=dict(alarm.entities)["danger_reason"])


def _with_id(message_id: str, message: Message) -> Message:
    return {"id": f"{message_id}-1", **message}

"""Rasa component, last in the pipeline: looks for danger in every message, whatever the intent and whatever question is open.

It never throws. If a part fails, the rest still decides, and a message that nothing could judge is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Optional, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.clinical.triage import open_alarm
from bot.content import Content, installed_content, response_names
from bot.content.intents import FALLBACK, POSSIBLE_DANGER
from bot.nlu.alarm_by_rules import alarm_of_mentions
from bot.nlu.danger_rules import danger_rules
from bot.nlu.decision import decide
from bot.nlu.evidence import DialogueState, Interpretation, MessageEvidence
from bot.nlu.intent_classifier import DANGER_SCORES
from bot.nlu.language import foreign_language
from bot.nlu.mentions import Mention
from bot.nlu.rule_files import rules_digest
from bot.nlu.text import clean
from bot.nlu.zones import Thresholds
from bot.observability import outages

ASKED_IF_HAPPENING = frozenset({response_names.HAPPENING_NOW, response_names.DANGER_SCREEN})
T = TypeVar("T")


def dialogue_state_of(tracker: Optional[DialogueStateTracker]) -> DialogueState:
    """Where a conversation stands, read from Rasa's tracker; a fresh conversation for None."""
    if tracker is None:
        return DialogueState()
    last_turn = []
    for event in reversed(tracker.events):
        if event.type_name == "user":
            break
        if isinstance(event, BotUttered):
            last_turn.append(event.metadata.get("utter_action"))
    in_form = tracker.active_loop_name is not None
    return DialogueState(
        open_item=tracker.get_slot("requested_slot") if in_form else None,
        asked_if_happening=any(name in ASKED_IF_HAPPENING for name in last_turn),
        asked_about_self_harm=response_names.SELF_HARM_QUESTION in last_turn,
        alarm=open_alarm(tracker.get_slot("alarm")),
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyGuard(GraphComponent):
    """Unites rules and classifier into the decision what a message is taken as."""

    def __init__(self, config: dict[str, Any], content: Content) -> None:
        names = {field.name for field in fields(Thresholds)}
        self._thresholds = Thresholds(**{name: value for name, value in config.items() if name in names})
        self._content = content
        danger_rules()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Thresholds (see `Thresholds`) and the hash of the rule files."""
        return {"rules": rules_digest()}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyGuard:
        """Creates the guard with the rules and the content."""
        return cls(config, installed_content())

    def process(self, messages: list[Message], tracker: Optional[DialogueStateTracker] = None) -> list[Message]:
        """Judges each message and writes the decision into it."""
        state = self._part("dialogue state", lambda: dialogue_state_of(tracker), DialogueState())
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith("/"):  # a button: Rasa reads its payload after the pipeline
                self._judge(message, text, state)
        return messages

    def _judge(self, message: Message, text: str, state: DialogueState) -> None:
        cleaned = self._part("cleaning", lambda: clean(text), text)
        evidence = self._part("hearing", lambda: self._evidence(message, cleaned), MessageEvidence(cleaned, FALLBACK, 0.0))
        self._write(message, self._decision(evidence, state))

    def _decision(self, evidence: MessageEvidence, state: DialogueState) -> Interpretation:
        interpretation = self._part("decision", lambda: decide(self._content, evidence, state, self._thresholds), None)
        if interpretation is not None:
            return interpretation
        return alarm_of_mentions(self._content, evidence.mentions) or Interpretation(POSSIBLE_DANGER, 1.0)

    def _evidence(self, message: Message, text: str) -> MessageEvidence:
        intent = message.get(INTENT) or {}
        ranking = message.get(INTENT_RANKING_KEY) or []
        chosen = [entry for entry in ranking if entry.get(INTENT_NAME_KEY) != FALLBACK]
        scores = message.get(DANGER_SCORES)
        no_mentions: tuple[Mention, ...] = ()
        return MessageEvidence(
            text=text,
            intent=intent.get(INTENT_NAME_KEY) or FALLBACK,
            confidence=float(intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0),
            runner_up=chosen[0][INTENT_NAME_KEY] if chosen else "",
            mentions=self._part("rules", lambda: tuple(danger_rules().find(text)), no_mentions),
            danger=scores.danger if scores else None,
            crisis=scores.crisis if scores else None,
            signs=scores.signs if scores else {},
            statements=scores.statements if scores else (),
            language=self._part("language", lambda: foreign_language(text), None),
        )

    @staticmethod
    def _part(name: str, run: Callable[[], T], otherwise: T) -> T:
        try:
            result = run()
        except Exception as error:  # the guard must outlive any fault of its parts
            outages.record_failure(f"guard: {name}", error)
            return otherwise
        outages.record_success(f"guard: {name}")
        return result

    @staticmethod
    def _write(message: Message, decision: Interpretation) -> None:
        intent = {INTENT_NAME_KEY: decision.intent, PREDICTED_CONFIDENCE_KEY: decision.confidence}
        ranking = [entry for entry in message.get(INTENT_RANKING_KEY) or [] if entry.get(INTENT_NAME_KEY) != decision.intent]
        entities = [{"entity": name, "value": value, "start": 0, "end": 0, "extractor": "SafetyGuard"} for name, value in decision.entities]
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [intent, *ranking], add_to_output=True)
        message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True)

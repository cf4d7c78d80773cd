"""Rasa component: turns figures and drug names in a message into entities."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.featurizer import CLEAN_TEXT
from bot.nlu.measurements import find_measurements
from bot.nlu.text import clean

_ENTITY_KINDS = {"temperature", "blood_pressure", "pulse", "drug"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent, EntityExtractorMixin):
    """Adds temperatures (°C), blood pressures, pulses and drug names as entities; positions refer to the cleaned text."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> FactExtractor:
        """Creates the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities found to each message."""
        for message in messages:
            text = message.get(CLEAN_TEXT) or clean(message.get(TEXT) or "")
            found = [
                {"entity": fact.kind, "value": fact.value, "start": fact.start, "end": fact.end, "extractor": "FactExtractor"}
                for fact in find_measurements(text)
                if fact.kind in _ENTITY_KINDS
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

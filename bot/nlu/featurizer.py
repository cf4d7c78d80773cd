"""Rasa component: encodes a message and its clauses in one run of the sentence encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.minilm import WEIGHTS_SHA256, SentenceEncoder, sentence_encoder
from bot.nlu.text import clean, split_clauses

CLEAN_TEXT = "clean_text"
CLAUSES = "clauses"
CLAUSE_VECTORS = "clause_vectors"
_TRAINING_BATCH = 256


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds a sentence vector to each message, and the vectors of its clauses when somebody talks."""

    def __init__(self, config: dict[str, Any], encoder: SentenceEncoder) -> None:
        super().__init__("SentenceFeaturizer", config)
        self._encoder = encoder

    @staticmethod
    def required_components() -> list[type]:
        """No tokenizer is needed: the encoder brings its own."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's settings; `weights` takes part in the fingerprint."""
        return {**DenseFeaturizer.get_default_config(), "weights": WEIGHTS_SHA256}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceFeaturizer:
        """Creates the component with the process's one encoder."""
        return cls(config, sentence_encoder())

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check."""

    def _add(self, message: Message, vector: np.ndarray[Any, Any]) -> None:
        message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def process(self, messages: list[Message]) -> list[Message]:
        """Encodes each message with its clauses in one run."""
        for message in messages:
            text = clean(message.get(TEXT) or "")
            clauses = split_clauses(text)
            vectors = self._encoder.encode([text, *clauses])
            message.set(CLEAN_TEXT, text)
            message.set(CLAUSES, clauses)
            message.set(CLAUSE_VECTORS, vectors[1:])
            self._add(message, vectors[0])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encodes all training examples."""
        examples = [message for message in training_data.training_examples if message.get(TEXT)]
        texts = [clean(message.get(TEXT)) for message in examples]
        for message, text, vector in zip(examples, texts, self._encoder.encode(texts, _TRAINING_BATCH)):
            message.set(CLEAN_TEXT, text)
            self._add(message, vector)
        return training_data

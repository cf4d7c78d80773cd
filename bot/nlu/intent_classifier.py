"""Rasa component: one linear classifier over sentence vectors and word pieces, for the message and for each of its clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import load_content
from bot.nlu.featurizer import CLAUSE_VECTORS, CLAUSES, CLEAN_TEXT
from bot.nlu.intent_model import IntentModel
from bot.settings import CONTENT_DIR

DANGER_SCORES = "danger_scores"
CRISIS_INTENT = "crisis"
_FILE = "intent_model.safetensors"
_RANKING_LENGTH = 10


@dataclass(frozen=True)
class DangerScores:
    """What the classifier says about danger, as the highest value over the message and its clauses, 0 to 1.

    Attributes:
        danger: Probability of any danger sign.
        crisis: Probability of self-harm.
        signs: Probability by danger sign.
    """

    danger: float
    crisis: float
    signs: dict[str, float]


def danger_scores(probabilities: npt.NDArray[np.float32], intents: Sequence[str], sign_of_intent: dict[str, str]) -> DangerScores:
    """Sums the danger intents' probabilities for each row and takes the highest row.

    Args:
        probabilities: Rows for message and clauses, columns for intents.
        intents: Names of the columns.
        sign_of_intent: Danger sign by intent.
    """
    columns = [index for index, intent in enumerate(intents) if intent in sign_of_intent]
    danger = probabilities[:, columns]
    signs = {sign_of_intent[intents[column]]: float(danger[:, place].max()) for place, column in enumerate(columns)}
    crisis = [index for index, intent in enumerate(intents) if intent == CRISIS_INTENT]
    crisis_score = float(probabilities[:, crisis].max()) if crisis else 0.0
    return DangerScores(float(danger.sum(axis=1).max()) if columns else 0.0, crisis_score, signs)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Ranks the intents of a message and scores danger over its clauses."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: IntentModel | None = None) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        triage = load_content(CONTENT_DIR).triage
        self._sign_of_intent = {sign.intent: name for name, sign in triage.danger_signs.items()}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Inverse strength of the regularisation and the number of solver steps."""
        return {"C": 10.0, "max_iter": 30}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LinearIntentClassifier:
        """Creates an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model to the training examples."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(CLEAN_TEXT) for example in examples]
        vectors = np.vstack([_sentence_vector(example) for example in examples])
        intents = [example.get(INTENT) for example in examples]
        self._model = IntentModel.fit(texts, vectors, intents, self._config["C"], self._config["max_iter"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / _FILE)
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> LinearIntentClassifier:
        """Loads a trained classifier."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder / _FILE))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the intent, the ranking and the danger scores to each message."""
        assert self._model is not None, "the classifier is used before it was trained or loaded"
        for message in messages:
            texts = [message.get(CLEAN_TEXT), *message.get(CLAUSES)]
            vectors = np.vstack([_sentence_vector(message), message.get(CLAUSE_VECTORS)])
            probabilities = self._model.predict(texts, vectors)
            order = np.argsort(-probabilities[0])[:_RANKING_LENGTH]
            ranking = [
                {INTENT_NAME_KEY: self._model.intents[index], PREDICTED_CONFIDENCE_KEY: float(probabilities[0, index])} for index in order
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(DANGER_SCORES, danger_scores(probabilities, self._model.intents, self._sign_of_intent))
        return messages


def _sentence_vector(message: Message) -> npt.NDArray[np.float32]:
    _, sentence = message.get_dense_features(TEXT)
    assert sentence is not None, "SentenceFeaturizer must stand before the classifier in config.yml"
    features: npt.NDArray[np.float32] = sentence.features
    return features

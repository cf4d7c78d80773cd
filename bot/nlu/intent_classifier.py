"""Rasa component: intents and danger from the encoder's heads and an n-gram model, for the message and for its clauses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import installed_content
from bot.content.intents import CRISIS, holds_danger
from bot.nlu.featurizer import CLAUSES, HEAD_SCORES, PASSAGES, labelled_texts
from bot.nlu.ngrams.model import NgramModel
from bot.nlu.scores import Probabilities, combine, danger_columns, log_odds, read_as_one, sigmoid
from bot.observability.progress import say

DANGER_SCORES = "danger_scores"
_FILE = "ngrams.safetensors"
_NAMES_FILE = "intents.json"
_RANKING_LENGTH = 10


@dataclass(frozen=True)
class DangerScores:
    """What the classifier says about danger, each 0 to 1.

    Attributes:
        danger: Probability that the message holds a danger sign: what the whole says, raised a little by its most alarming clause.
        crisis: Probability of self-harm, of the whole message.
        signs: Probability by danger sign, of the whole message.
    """

    danger: float
    crisis: float
    signs: dict[str, float]


def danger_scores(
    probabilities: Probabilities, intents: Sequence[str], sign_of_intent: dict[str, str], clause_share: float = 0.0
) -> DangerScores:
    """Condenses the probabilities of a message (first row) and its clauses (further rows).

    A clause alone lacks its context ("my neighbour told me: ..."), so clauses weigh little beside the whole.

    Args:
        probabilities: What the models say.
        intents: Names of the intents.
        sign_of_intent: Danger sign by intent.
        clause_share: Weight of the most alarming clause, 0 to 1.
    """
    danger_intents = [intents[place] for place in danger_columns(tuple(intents))]
    signs = {
        sign_of_intent[name]: float(probabilities.signs[0, place]) for place, name in enumerate(danger_intents) if name in sign_of_intent
    }
    crisis = float(probabilities.intents[0, list(intents).index(CRISIS)]) if CRISIS in intents else 0.0
    whole = probabilities.danger[:1]
    clause = max(probabilities.danger[1:], default=whole[0])
    mixed = sigmoid((1 - clause_share) * log_odds(whole) + clause_share * log_odds(np.array([clause], np.float32)))
    return DangerScores(float(max(whole[0], mixed[0])), crisis, signs)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageClassifier(GraphComponent, IntentClassifier):
    """Ranks the intents of a message and scores danger over its clauses."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        ngrams: NgramModel | None = None,
        intents: Sequence[str] = (),
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._ngrams = ngrams
        self._intents = list(intents)
        triage = installed_content().triage
        self._sign_of_intent = {sign.intent: name for name, sign in triage.danger_signs.items()}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Weights of the n-gram model beside the encoder, and of clauses beside the whole message."""
        return {"ngram_share": 0.3, "ngram_share_of_danger": 0.5, "clause_share": 0.1, "seed": 0}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> MessageClassifier:
        """Creates an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> MessageClassifier:
        """Loads a trained classifier."""
        with model_storage.read_from(resource) as folder:
            names = json.loads((folder / _NAMES_FILE).read_text(encoding="utf-8"))
            return cls(config, model_storage, resource, NgramModel.load(folder / _FILE), names)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the n-gram model to the training examples; the encoder's heads are trained with the encoder."""
        texts, intents = labelled_texts(training_data)
        say(f"      N-gram model: learning from {len(texts)} examples ...")
        names = sorted(set(intents))
        numbers = np.array([names.index(intent) for intent in intents])
        danger = np.array([holds_danger(intent) for intent in intents], np.float32)
        with self._storage.write_to(self._resource) as folder:
            NgramModel.fit(texts, numbers, danger, self._config["seed"]).save(folder / _FILE)
            (folder / _NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the intent, the ranking and the danger scores to each message."""
        assert self._ngrams is not None, "the classifier is used before it was trained or loaded"
        for message in messages:
            ngrams = self._ngrams.scores([*message.get(PASSAGES), *message.get(CLAUSES)])
            shares = self._config["ngram_share"], self._config["ngram_share_of_danger"]
            found = combine(message.get(HEAD_SCORES), ngrams, self._intents, *shares)
            probabilities = read_as_one(found, len(message.get(PASSAGES)))
            order = np.argsort(-probabilities.intents[0])[:_RANKING_LENGTH]
            ranking = [
                {INTENT_NAME_KEY: self._intents[index], PREDICTED_CONFIDENCE_KEY: float(probabilities.intents[0, index])} for index in order
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            scores = danger_scores(probabilities, self._intents, self._sign_of_intent, self._config["clause_share"])
            message.set(DANGER_SCORES, scores)
        return messages

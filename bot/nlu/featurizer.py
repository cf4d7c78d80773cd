"""Rasa component: the sentence encoder, fine-tuned on the training examples. It runs once for a message and its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.agent import Agent
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder.onnx_model import OnnxEncoder
from bot.nlu.encoder.prefetch import Encoding, Reader, result_for
from bot.nlu.encoder.tuned_weights import Options, TunedWeights, checked_in, checked_in_layers, fine_tune, mark_of, refit
from bot.nlu.encoder.weights import WEIGHTS_SHA256
from bot.nlu.text import clean, split_clauses, split_passages, without_instructions
from bot.observability.progress import say

CLEAN_TEXT = "clean_text"
PASSAGES = "passages"
CLAUSES = "clauses"
HEAD_SCORES = "head_scores"
_MODEL_FILE = "encoder.onnx"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds the scores of all heads for the message and for each of its clauses; the message's own are its sentence features too."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, encoder: OnnxEncoder | None = None) -> None:
        super().__init__("SentenceEncoder", config)
        self._config = config
        self._storage = storage
        self._resource = resource
        self._encoder = encoder

    @staticmethod
    def required_components() -> list[type]:
        """No tokenizer is needed: the encoder brings its own."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The encoder's settings; the checksum of the published weights takes part in the fingerprint."""
        return {**DenseFeaturizer.get_default_config(), "weights": WEIGHTS_SHA256, "tuned_layers": 6, "epochs": 3, "seed": 0}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoder:
        """Creates an untrained encoder."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> SentenceEncoder:
        """Loads a trained encoder."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, OnnxEncoder((folder / _MODEL_FILE).read_bytes()))

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check."""

    def train(self, training_data: TrainingData) -> Resource:
        """Takes the checked-in encoder and heads if they belong to these examples, else fits what is missing.

        Raises:
            EncoderUnavailableError: The published weights are missing or wrong.
        """
        texts, intents = labelled_texts(training_data)
        options = options_of(self._config)
        tuned = checked_in(mark_of(texts, intents, options), options) or self._trained(texts, intents, options)
        say(f"      Sentence encoder: ready for {len(texts)} examples.")
        with self._storage.write_to(self._resource) as folder:
            (folder / _MODEL_FILE).write_bytes(tuned.model())
        return self._resource

    @staticmethod
    def _trained(texts: list[str], intents: list[str], options: Options) -> TunedWeights:
        """What no checked-in file has: new heads on the checked-in layers, or all of it if other options are set."""
        layers = checked_in_layers(options)
        if layers is not None:
            say("      The examples have changed: fitting the heads anew, up to three minutes ('make encoder' keeps them) ...")
            return refit(texts, intents, layers, options)
        say("      The options have changed: fine-tuning the encoder, up to half an hour ('make encoder' keeps it) ...")
        return fine_tune(texts, intents, options)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples as they are: nothing that is trained after the encoder reads its features."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encodes each message, unless that was done ahead."""
        for message in messages:
            typed = message.get(TEXT) or ""
            reading = result_for(typed) or self.read(typed)
            message.set(CLEAN_TEXT, reading.text)
            message.set(PASSAGES, reading.passages)
            message.set(CLAUSES, reading.clauses)
            message.set(HEAD_SCORES, reading.scores)
            message.add_features(Features(reading.scores[:1], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def read(self, typed: str) -> Encoding:
        """Encodes a message, in passages if it is very long, and its clauses. May run in any thread."""
        assert self._encoder is not None, "the encoder is used before it was trained or loaded"
        text = without_instructions(clean(typed))
        passages, clauses = split_passages(text), split_clauses(text)
        return Encoding(typed, text, passages, clauses, self._encoder.scores([*passages, *clauses]))


def options_of(config: Mapping[str, Any]) -> Options:
    """How a component's configuration says that the encoder is fine-tuned."""
    return Options(**{name: config[name] for name in ("tuned_layers", "epochs", "seed")})


def labelled_texts(training_data: TrainingData) -> tuple[list[str], list[str]]:
    """The cleaned texts of the training examples and their intents."""
    examples = [example for example in training_data.intent_examples if example.get(TEXT)]
    return [clean(example.get(TEXT)) for example in examples], [example.get(INTENT) for example in examples]


def reader_of(agent: Agent) -> Reader | None:
    """The reading of an agent's encoder, for `bot.nlu.encoder.prefetch`; None if it has no model with one.

    Args:
        agent: Rasa's agent.
    """
    if agent.processor is None:
        return None
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    return next((node._component.read for node in nodes if isinstance(node._component, SentenceEncoder)), None)

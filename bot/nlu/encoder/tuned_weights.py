"""The result of fine-tuning: the upper layers and the heads, and the copy of it that is checked in.

Fine-tuning takes some minutes, so its result lies beside this module in `tuned/` (`make encoder` makes it anew). It is used only
while it belongs to the present training examples and options; otherwise training fine-tunes again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from bot.nlu.encoder.onnx_model import Heads, build_model
from bot.nlu.encoder.weights import WEIGHTS_SHA256, FloatArray, published_weights
from bot.settings import ROOT

CHECKED_IN = Path(__file__).parent / "tuned"
_ARRAYS_FILE = "encoder.safetensors"
_MARK_FILE = "mark.json"
_HEADS_FILE = "heads.safetensors"
FEATURE_CACHE = ROOT / ".rasa" / "encoder-features.npz"
_HEAD_PREFIX = "head."


@dataclass(frozen=True)
class Options:
    """How to fine-tune; the defaults are the measured choice (docs/evaluation.md)."""

    tuned_layers: int = 6
    epochs: int = 3
    batch: int = 32
    encoder_rate: float = 2e-4
    head_rate: float = 2e-3
    weight_decay: float = 0.01
    dropout: float = 0.2
    layer_dropout: float = 0.1
    smoothing: float = 0.05
    warm_up: float = 0.08
    clip_norm: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class TunedWeights:
    """The tuned layers by their published names, and the heads; all in half precision."""

    layers: dict[str, FloatArray]
    heads: Heads

    def model(self) -> bytes:
        """The whole encoder as ONNX, on top of the published weights.

        Raises:
            EncoderUnavailableError: The published weights are missing or wrong.
        """
        return build_model({**published_weights(), **self.layers}, self.heads)

    def save(self, folder: Path, mark: str, options: Options) -> None:
        """Writes the arrays in half precision, and what they belong to."""
        folder.mkdir(parents=True, exist_ok=True)
        heads = {"weights": self.heads.weights, "bias": self.heads.bias, "pool": self.heads.pool}
        arrays = {**self.layers, **{_HEAD_PREFIX + name: value for name, value in heads.items()}}
        save_file({name: value.astype(np.float16) for name, value in arrays.items()}, folder / _ARRAYS_FILE)
        (folder / _MARK_FILE).write_text(json.dumps({"layers": layers_mark(options)}) + "\n", encoding="utf-8")
        save_heads(self.heads, mark, folder)

    @classmethod
    def load(cls, folder: Path) -> TunedWeights:
        """Reads what `save` wrote."""
        arrays = {name: value.astype(np.float32) for name, value in load_file(folder / _ARRAYS_FILE).items()}
        heads = Heads(*(arrays.pop(_HEAD_PREFIX + name) for name in ("weights", "bias", "pool")))
        return cls(arrays, heads)


def mark_of(texts: Sequence[str], intents: Sequence[str], options: Options) -> str:
    """A hash of what the heads depend on: examples, options and published weights."""
    parts = [WEIGHTS_SHA256, asdict(options), sorted(zip(texts, intents))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def layers_mark(options: Options) -> str:
    """A hash of what the tuned layers depend on besides the examples: they stay useful when examples are added."""
    return hashlib.sha256(json.dumps([WEIGHTS_SHA256, asdict(options)], sort_keys=True).encode()).hexdigest()


def save_heads(heads: Heads, mark: str, folder: Path = CHECKED_IN) -> None:
    """Writes heads in half precision beside the layers that they stand on, and what they belong to."""
    save_file({"weights": heads.weights.astype(np.float16), "bias": heads.bias.astype(np.float16)}, folder / _HEADS_FILE)
    marks = json.loads((folder / _MARK_FILE).read_text(encoding="utf-8"))
    (folder / _MARK_FILE).write_text(json.dumps({**marks, "heads": mark}) + "\n", encoding="utf-8")


def checked_in_layers(options: Options, folder: Path = CHECKED_IN) -> TunedWeights | None:
    """The checked-in layers with whatever heads they were tuned with, if the options made them; else None."""
    stored = _marks(folder)
    return TunedWeights.load(folder) if stored.get("layers") == layers_mark(options) else None


def checked_in(mark: str, options: Options, folder: Path = CHECKED_IN) -> TunedWeights | None:
    """The checked-in layers with the checked-in heads, if the heads belong to the mark; else None."""
    tuned = checked_in_layers(options, folder)
    if tuned is None or _marks(folder).get("heads") != mark:
        return None
    arrays = {name: value.astype(np.float32) for name, value in load_file(folder / _HEADS_FILE).items()}
    return TunedWeights(tuned.layers, Heads(arrays["weights"], arrays["bias"], tuned.heads.pool))


def _marks(folder: Path) -> dict[str, str]:
    try:
        stored = json.loads((folder / _MARK_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def refit(texts: Sequence[str], intents: Sequence[str], tuned: TunedWeights, options: Options) -> TunedWeights:
    """Fits the heads anew to labelled texts; the layers stay.

    Args:
        texts: Cleaned texts.
        intents: Their intents.
        tuned: The fine-tuned encoder.
        options: How the encoder was fine-tuned.
    """
    from bot.nlu.encoder.head_training import features_of, fit_heads  # TensorFlow is needed here only

    features = features_of(texts, tuned.layers, tuned.heads.pool, FEATURE_CACHE)
    return TunedWeights(tuned.layers, fit_heads(features, intents, tuned.heads.pool, options))


def fine_tune(texts: Sequence[str], intents: Sequence[str], options: Options) -> TunedWeights:
    """Fine-tunes on labelled texts: up to half an hour on two cores.

    Args:
        texts: Cleaned texts.
        intents: Their intents.
        options: How to fine-tune.
    """
    from bot.nlu.encoder.training import EncoderTrainer, targets_of  # TensorFlow is needed here only

    targets = targets_of(intents)
    trainer = EncoderTrainer(int(targets.intent.max()) + 1, targets.signs.shape[1], options)
    trainer.train(texts, targets)
    return trainer.result()

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

CHECKED_IN = Path(__file__).parent / "tuned"
_ARRAYS_FILE = "encoder.safetensors"
_MARK_FILE = "mark.json"
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

    def save(self, folder: Path, mark: str) -> None:
        """Writes the arrays in half precision, and what they belong to."""
        folder.mkdir(parents=True, exist_ok=True)
        heads = {"weights": self.heads.weights, "bias": self.heads.bias, "pool": self.heads.pool}
        arrays = {**self.layers, **{_HEAD_PREFIX + name: value for name, value in heads.items()}}
        save_file({name: value.astype(np.float16) for name, value in arrays.items()}, folder / _ARRAYS_FILE)
        (folder / _MARK_FILE).write_text(json.dumps({"mark": mark}) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TunedWeights:
        """Reads what `save` wrote."""
        arrays = {name: value.astype(np.float32) for name, value in load_file(folder / _ARRAYS_FILE).items()}
        heads = Heads(*(arrays.pop(_HEAD_PREFIX + name) for name in ("weights", "bias", "pool")))
        return cls(arrays, heads)


def mark_of(texts: Sequence[str], intents: Sequence[str], options: Options) -> str:
    """A hash of what fine-tuning depends on: examples, options and published weights."""
    parts = [WEIGHTS_SHA256, asdict(options), sorted(zip(texts, intents))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def checked_in(mark: str, folder: Path = CHECKED_IN) -> TunedWeights | None:
    """The checked-in result if it belongs to the mark, else None."""
    try:
        stored = json.loads((folder / _MARK_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return TunedWeights.load(folder) if stored.get("mark") == mark else None


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

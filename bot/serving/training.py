"""Trains a model when content, data or code changed, and finds the one that fits them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import AssistantError
from bot.observability.progress import only_own_lines
from bot.rasa_compat.model_fingerprint import fingerprint
from bot.settings import MODEL_DIR, ROOT, read_settings

if TYPE_CHECKING:
    from bot.nlu.encoder.tuned_weights import Options

_MODELS_KEPT = 3
Say = Callable[[str], None]
_ENCODER = "bot.nlu.featurizer.SentenceEncoder"


class TrainingFailedError(AssistantError):
    """Rasa made no model; its own messages say why."""


class ModelMismatchError(AssistantError):
    """The model that should be here is not; the message says what to do."""


def model_file(made_from: str | None = None) -> Path:
    """Where the model of a fingerprint lies, by default of the present one."""
    return MODEL_DIR / f"assistant-{made_from or fingerprint()}.tar.gz"


def refuse_other_model() -> None:
    """Makes sure that content, data and code make the model that `ASSISTANT_MODEL` names, if it names one.

    Raises:
        ModelMismatchError: They make another one.
    """
    name, expected = model_file().name.removesuffix(".tar.gz"), read_settings().model
    if expected and expected != name:
        raise ModelMismatchError(
            f"ASSISTANT_MODEL names {expected}, but the content, data and code here make {name}. Deploy the image of that model."
        )


def fitting_model() -> str:
    """The name of the model that fits content, data and code.

    Raises:
        ModelMismatchError: It is not there, or it is not the one that `ASSISTANT_MODEL` names.
    """
    refuse_other_model()
    file = model_file()
    if not file.exists():
        raise ModelMismatchError(f"There is no {file.name} in {MODEL_DIR.name}/. Train it before: make train.")
    return file.name.removesuffix(".tar.gz")


def encoder_options() -> Options:
    """How config.yml says that the encoder is fine-tuned.

    Raises:
        TrainingFailedError: config.yml names no encoder.
    """
    from ruamel.yaml import YAML

    from bot.nlu.featurizer import SentenceEncoder, options_of

    pipeline = YAML(typ="safe", pure=True).load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    component = next((entry for entry in pipeline if entry["name"] == _ENCODER), None)
    if component is None:
        raise TrainingFailedError(f"config.yml names no {_ENCODER} in its pipeline.")
    return options_of({**SentenceEncoder.get_default_config(), **component})


def _remove_old_models() -> None:
    models = sorted(MODEL_DIR.glob("assistant-*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in models[_MODELS_KEPT:]:
        file.unlink()


def train_if_needed(say: Say = print, force: bool = False) -> Path:
    """Trains a model unless one fits what is there.

    Args:
        say: Called with each line of progress.
        force: Train in any case.

    Returns:
        The model's file.

    Raises:
        ContentErrors: A content file is wrong.
        EncoderUnavailableError: The encoder's weights are missing or are not the published ones.
        TrainingFailedError: Rasa made no model.
    """
    from bot.content import installed_content
    from bot.nlu.encoder.weights import verify_weights, weights_folder

    target = model_file()
    if target.exists() and not force:
        say(f"The model {target.name} fits content, data and code: nothing to train.")
        return target
    say("[1/3] Checking the content ...")
    installed_content()
    say("[2/3] Checking the encoder's weights ...")
    verify_weights(weights_folder())
    say("[3/3] Training (one to two minutes) ...")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rasa.model_training import train

    with only_own_lines():
        result = train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / "data")],
            output=str(MODEL_DIR),
            fixed_model_name=target.name.removesuffix(".tar.gz"),
            force_training=force,
        )
    if result.model is None or not target.exists():
        raise TrainingFailedError("Training made no model; the messages above say why.")
    _remove_old_models()
    say(f"Trained {target.name}.")
    return target

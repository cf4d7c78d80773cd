"""Fine-tuning by hand and fine-tuning in a training obey the same configuration."""

from __future__ import annotations

import pytest

from bot.serving import training
from bot.serving.training import TrainingFailedError, encoder_options

PIPELINE = "pipeline:\n  - name: {name}\n    epochs: 5\n    tuned_layers: 2\n"


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "ROOT", tmp_path)
    return tmp_path / "config.yml"


def test_what_config_yml_says_is_obeyed(config):
    config.write_text(PIPELINE.format(name="bot.nlu.featurizer.SentenceEncoder"), encoding="utf-8")
    assert (encoder_options().epochs, encoder_options().tuned_layers, encoder_options().seed) == (5, 2, 0)


def test_a_pipeline_without_the_encoder_is_an_error(config):
    config.write_text(PIPELINE.format(name="WhitespaceTokenizer"), encoding="utf-8")
    with pytest.raises(TrainingFailedError, match="SentenceEncoder"):
        encoder_options()

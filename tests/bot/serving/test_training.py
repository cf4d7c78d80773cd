"""When a model is trained, and which one fits."""

from __future__ import annotations

import pytest

from bot.rasa_compat import model_fingerprint
from bot.rasa_compat.model_fingerprint import fingerprint
from bot.serving import training
from bot.serving.training import ModelMismatchError, fitting_model, model_file, train_if_needed


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project with the files that go into a model."""
    for name in ("content", "data", "bot", "actions"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yml").write_text("a: 1", encoding="utf-8")
    for name in ("config.yml", "domain.yml", "requirements.lock"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    monkeypatch.setattr(training, "ROOT", tmp_path)
    monkeypatch.setattr(model_fingerprint, "ROOT", tmp_path)
    monkeypatch.setattr(training, "MODEL_DIR", tmp_path / "models")
    (tmp_path / "models").mkdir()
    monkeypatch.delenv("ASSISTANT_CLINIC_FILE", raising=False)
    return tmp_path


def test_a_model_is_named_by_its_fingerprint(project):
    assert model_file().name == f"assistant-{fingerprint()}.tar.gz"


def test_a_model_that_fits_is_not_trained_again(project):
    model_file().write_bytes(b"")
    said = []
    assert train_if_needed(said.append) == model_file()
    assert "nothing to train" in said[0]


def test_only_the_newest_models_are_kept(project):
    import os

    for number in range(5):
        file = model_file(str(number))
        file.write_bytes(b"")
        os.utime(file, (number, number))
    training._remove_old_models()
    assert sorted(file.name for file in (project / "models").iterdir()) == [model_file(str(number)).name for number in (2, 3, 4)]


def test_a_model_that_is_not_there_is_named(project):
    with pytest.raises(ModelMismatchError, match="Train it before"):
        fitting_model()


def test_the_model_that_fits_is_named(project):
    model_file().parent.mkdir(exist_ok=True)
    model_file().touch()
    assert fitting_model() == f"assistant-{fingerprint()}"


def test_another_model_than_the_deployment_names_is_refused(project, monkeypatch):
    model_file().parent.mkdir(exist_ok=True)
    model_file().touch()
    monkeypatch.setenv("ASSISTANT_MODEL", "assistant-0123456789abcdef")
    with pytest.raises(ModelMismatchError, match="assistant-0123456789abcdef"):
        fitting_model()

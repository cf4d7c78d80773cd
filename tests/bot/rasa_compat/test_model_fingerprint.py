"""A model is named by what it is made from, and by nothing else."""

from __future__ import annotations

import pytest

from bot.rasa_compat import model_fingerprint
from bot.rasa_compat.model_fingerprint import fingerprint

CODE = '"""A docstring."""\n\nLIMIT = 3  # a comment\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project with the files that go into a model, and some that do not."""
    for name in ("content/answers.yml", "content/clinic.yml", "data/nlu/topics.yml", "config.yml", "domain.yml", "requirements.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a: 1", encoding="utf-8")
    for name in ("bot/nlu/text.py", "bot/storage/engine.py", "actions/report.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CODE, encoding="utf-8")
    monkeypatch.setattr(model_fingerprint, "ROOT", tmp_path)
    return tmp_path


def changes(project, name, text):
    before = fingerprint()
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text(text, encoding="utf-8")
    return fingerprint() != before


def test_it_stays_while_nothing_changes(project):
    assert fingerprint() == fingerprint()


@pytest.mark.parametrize("name", ["content/answers.yml", "data/nlu/topics.yml", "config.yml", "domain.yml", "requirements.lock"])
def test_it_follows_every_input(project, name):
    assert changes(project, name, "a: 2")


def test_it_follows_code_that_understands(project):
    assert changes(project, "bot/nlu/text.py", CODE.replace("3", "4"))


def test_it_follows_a_renamed_file(project):
    before = fingerprint()
    (project / "data/nlu/topics.yml").rename(project / "data/nlu/questions.yml")
    assert fingerprint() != before


@pytest.mark.parametrize("code", [CODE.replace("a comment", "another"), CODE.replace("A docstring", "Another"), "LIMIT = 3\n"])
def test_comments_and_docstrings_do_not_matter(project, code):
    assert not changes(project, "bot/nlu/text.py", code)


@pytest.mark.parametrize(
    "name", ["bot/storage/engine.py", "actions/report.py", "bot/nlu/notes.txt", "bot/nlu/__pycache__/x.py", "content/clinic.yml"]
)
def test_what_is_in_no_model_does_not_matter(project, name):
    assert not changes(project, name, "LIMIT = 5")


def test_the_note_in_a_model_tells_what_it_was_made_from(project):
    assert model_fingerprint.note()[model_fingerprint.NOTE] == [{"text": fingerprint()}]

"""A copy of the content that a test may spoil, and what the loader says about it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content import ContentErrors, load_content
from bot.settings import CONTENT_DIR


class Copy:
    """A copy of the content folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name):
        return self.folder / f"{name}.yml"

    def edit(self, name, old, new):
        """Replaces a text that stands there exactly once; returns its line."""
        text = self.file(name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}.yml"
        self.file(name).write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def append(self, name, text):
        """Adds text at the end; returns its first line."""
        before = self.file(name).read_text(encoding="utf-8")
        self.file(name).write_text(before + text, encoding="utf-8")
        return before.count("\n") + 1

    def load(self, clinic_file=None):
        return load_content(self.folder, clinic_file)

    def errors(self, clinic_file=None):
        """What the loader says is wrong; fails if it says nothing."""
        with pytest.raises(ContentErrors) as caught:
            self.load(clinic_file)
        return caught.value.errors

    def only_error(self, clinic_file=None):
        errors = self.errors(clinic_file)
        assert len(errors) == 1, "\n".join(map(str, errors))
        assert errors[0].remedy
        return errors[0]


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "content"
    shutil.copytree(CONTENT_DIR, folder)
    return Copy(folder)


@pytest.fixture
def clinic_file(tmp_path):
    """Writes a clinic's own file."""

    def write(text):
        file = tmp_path / "our-clinic.yml"
        file.write_text(text, encoding="utf-8")
        return file

    return write

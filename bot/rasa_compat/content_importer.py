"""Feeds the content into Rasa: the domain file holds names and slots, the texts come from `content/`."""

from __future__ import annotations

from typing import Optional

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file

from bot.content import installed_content
from bot.content.responses import build_responses
from bot.rasa_compat.model_fingerprint import note
from bot.settings import ROOT


class ContentImporter(RasaFileImporter):
    """Reads the project's files as Rasa does, and adds the responses made from the content.

    Raises (from `get_domain`):
        ContentErrors: A content file is wrong; training stops with file, line and remedy.
    """

    _domain: Optional[Domain] = None
    _nlu_data: Optional[TrainingData] = None

    def get_domain(self) -> Domain:
        """The domain file with the content's responses."""
        if self._domain is None:
            content = installed_content()
            names = read_yaml_file(self._domain_path or str(ROOT / "domain.yml"))
            self._domain = Domain.from_dict({**names, "responses": {**build_responses(content), **note()}})
        return self._domain

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """The training examples, read once: Rasa asks twice, and copies what it gets."""
        if self._nlu_data is None:
            self._nlu_data = super().get_nlu_data(language)
        return self._nlu_data

"""Feeds the content into Rasa: domain.yml and data/stories/ hold what does not follow from `content/`, this importer adds the rest."""

from __future__ import annotations

from typing import Any, Optional

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file

from bot.content import domain_parts, installed_content
from bot.content.responses import build_responses
from bot.rasa_compat.model_fingerprint import note
from bot.settings import ROOT


def whole_domain(domain: dict[str, Any]) -> dict[str, Any]:
    """The domain as Rasa gets it.

    Args:
        domain: domain.yml as read.

    Returns:
        The domain with what follows from the content, its responses, and the note of what the model was made from.
    """
    content = installed_content()
    return {**domain_parts.with_content(domain, content), "responses": {**build_responses(content), **note()}}


def project_domain() -> Domain:
    """The project's domain, as a model gets it."""
    return Domain.from_dict(whole_domain(read_yaml_file(str(ROOT / "domain.yml"))))


class ContentImporter(RasaFileImporter):
    """Reads the project's files as Rasa does, and adds what follows from the content.

    Raises (from `get_domain`):
        ContentErrors: A content file is wrong; training stops with file, line and remedy.
    """

    _domain: Optional[Domain] = None
    _nlu_data: Optional[TrainingData] = None

    def get_domain(self) -> Domain:
        """The domain with intents, slots, form and responses of the content."""
        if self._domain is None:
            self._domain = Domain.from_dict(whole_domain(read_yaml_file(self._domain_path or str(ROOT / "domain.yml"))))
        return self._domain

    def get_stories(self, exclusion_percentage: Optional[int] = None) -> StoryGraph:
        """The rules and stories of the files, and the rules that follow from the content."""
        written: StoryGraph = super().get_stories(exclusion_percentage)
        steps = YAMLStoryReader(self.get_domain()).read_from_parsed_yaml(
            {"version": "3.1", "rules": domain_parts.rules(installed_content())}
        )
        return written.merge(StoryGraph(steps))

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """The training examples, read once: Rasa asks twice, and copies what it gets."""
        if self._nlu_data is None:
            self._nlu_data = super().get_nlu_data(language)
        return self._nlu_data

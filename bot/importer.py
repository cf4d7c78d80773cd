"""Feeds the content into Rasa: the domain file holds names and slots, the texts come from `content/`."""

from __future__ import annotations

from typing import Optional

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter

from bot.content import load_content
from bot.content.responses import build_responses
from bot.settings import CONTENT_DIR, read_settings


class ContentImporter(RasaFileImporter):
    """Reads the project's files as Rasa does, and adds the responses made from the content.

    Raises (from `get_domain`):
        ContentErrors: A content file is wrong; training stops with file, line and remedy.
    """

    _domain: Optional[Domain] = None

    def get_domain(self) -> Domain:
        """The domain file with the content's responses."""
        if self._domain is None:
            content = load_content(CONTENT_DIR, read_settings().clinic_file)
            texts = Domain.from_dict({"responses": build_responses(content)})
            self._domain = super().get_domain().merge(texts)
        return self._domain

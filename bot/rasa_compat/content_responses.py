"""Rasa's response generator, with the responses of the installed content.

A model carries the responses of the content that it was trained with. A clinic's telephone numbers are in them, so the model's own are not
used: a clinic changes its details without training. endpoints.yml names this class.
"""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from bot.content import installed_content
from bot.content.responses import build_responses


class ContentResponses(TemplatedNaturalLanguageGenerator):
    """Generates messages from the installed content."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        """Builds the responses.

        Args:
            endpoint_config: Rasa's configuration of the generator; there is nothing to configure.
            domain: Rasa's domain; its responses are not used.
        """
        self._installed = build_responses(installed_content())

    @property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The responses by name."""
        return self._installed

    @responses.setter
    def responses(self, _of_the_model: dict[str, list[dict[str, Any]]]) -> None:
        """Keeps the installed responses: Rasa sets the model's own whenever it loads a model."""

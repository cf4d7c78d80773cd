"""The base of the assistant's own errors."""

from __future__ import annotations


class AssistantError(Exception):
    """An error of the assistant's own. Its message says what is wrong and what to do, and quotes nothing that a person typed."""

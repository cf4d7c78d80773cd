"""The content of this installation, loaded once in a process."""

from __future__ import annotations

from functools import lru_cache

from bot.content.loader import load_content
from bot.content.models import Content
from bot.settings import CONTENT_DIR, read_settings


@lru_cache(maxsize=1)
def installed_content() -> Content:
    """The project's content with the clinic's own file, if one is set.

    Raises:
        ContentErrors: Something is wrong in it.
    """
    return load_content(CONTENT_DIR, read_settings().clinic_file)

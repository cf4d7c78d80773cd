"""What the assistant may say: the content files as checked, typed data. Imports neither Rasa nor its SDK."""

from bot.content.errors import ContentError, ContentErrors
from bot.content.installed import installed_content
from bot.content.loader import load_content
from bot.content.models import Content

__all__ = ["Content", "ContentError", "ContentErrors", "installed_content", "load_content"]

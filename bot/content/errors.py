"""Errors that tell the person who edits content where to look and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import AssistantError


@dataclass(frozen=True)
class ContentError:
    """One thing that is wrong in a content file.

    Attributes:
        file: The file's name as the editor knows it.
        line: Line number, counted from 1.
        problem: What is wrong.
        remedy: What to do about it.
    """

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.problem} -> {self.remedy}"


class ContentErrors(AssistantError):
    """All that is wrong with the content, so that an editor can mend it in one go."""

    def __init__(self, errors: list[ContentError]) -> None:
        self.errors = errors
        listed = "\n".join(f"  {error}" for error in errors)
        super().__init__(f"The content has {len(errors)} error(s):\n{listed}")

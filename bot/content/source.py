"""Reads YAML files and remembers on which line each value stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from bot.content.errors import ContentError, ContentErrors

Position = tuple[str | int, ...]


@dataclass
class Source:
    """A content file's data with the line of each value.

    Attributes:
        name: The file's name for error messages.
        data: The parsed value, a mapping.
        lines: Line (counted from 1) by position, such as `("answers", 3, "topic")`.
    """

    name: str
    data: dict[str, Any]
    lines: dict[Position, int] = field(default_factory=dict)

    def line_of(self, position: Position) -> int:
        """The line of a value, or of the nearest enclosing one that is known."""
        while position and position not in self.lines:
            position = position[:-1]
        return self.lines.get(position, 1)

    def error(self, position: Position, problem: str, remedy: str) -> ContentError:
        """Describes a problem at a position of this file."""
        return ContentError(self.name, self.line_of(position), problem, remedy)


def _yaml() -> YAML:
    """A safe YAML 1.2 reader: in 1.1, which PyYAML speaks, a bare `on`, `yes` or `no` would be a truth value."""
    return YAML(typ="safe", pure=True)


def _record_lines(node: Node, position: Position, lines: dict[Position, int]) -> None:
    lines[position] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        for key, value in node.value:
            _record_lines(value, (*position, str(key.value)), lines)
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            _record_lines(value, (*position, index), lines)


def read_source(path: Path, name: str | None = None) -> Source:
    """Reads one YAML mapping.

    Args:
        path: The file.
        name: How to call the file in errors; its own name by default.

    Raises:
        ContentErrors: The file is missing, is not UTF-8 YAML, or is not a mapping.
    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
        node = _yaml().compose(text)
        data = _yaml().load(text)
    except FileNotFoundError:
        raise ContentErrors([ContentError(name, 1, "the file is missing", f"restore it at {path}")]) from None
    except OSError as error:
        raise ContentErrors([ContentError(name, 1, f"the file cannot be read ({error.strerror})", f"mend or replace {path}")]) from None
    except UnicodeDecodeError:
        raise ContentErrors([ContentError(name, 1, "the file is not UTF-8 text", "save it as UTF-8")]) from None
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = mark.line + 1 if mark else 1
        problem = error.problem if isinstance(error, MarkedYAMLError) and error.problem else "this is not valid YAML"
        raise ContentErrors([ContentError(name, line, str(problem), "check the indentation and the quotes there")]) from None
    if not isinstance(data, dict) or node is None:
        raise ContentErrors([ContentError(name, 1, "the file holds no mapping", "start it with a key such as 'answers:'")])
    source = Source(name, data)
    try:
        _record_lines(node, (), source.lines)
    except RecursionError:
        raise ContentErrors([ContentError(name, 1, "a value contains itself", "take out the '&' and '*' marks")]) from None
    return source

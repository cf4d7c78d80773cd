"""Loads the content files, checks their shape and hands them to the cross-checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, parse_obj_as

from bot.content.checks import check_content
from bot.content.errors import ContentError, ContentErrors
from bot.content.models import (
    Answer,
    Button,
    Card,
    ChecklistItem,
    Choice,
    Claim,
    Clinic,
    Content,
    FixedMessage,
    Triage,
)
from bot.content.source import Position, Source, read_source

FILES = ("claims", "answers", "checklist", "triage", "advice", "messages", "languages", "clinic", "vocabulary")


_TOP_KEYS = {
    "claims": {"sections", "claims"},
    "answers": {"answers"},
    "checklist": {"choice_sets", "items"},
    "advice": {"cards"},
    "messages": {"button_set", "messages"},
    "languages": {"texts"},
    "vocabulary": {"drug_names", "disease_names"},
}


class _Reader:
    """Turns parts of a source into models and collects what is wrong."""

    def __init__(self) -> None:
        self.errors: list[ContentError] = []

    def parse(self, kind: Any, source: Source, position: Position, data: Any) -> Any:
        """Parses one value, or records its errors and returns None."""
        try:
            return parse_obj_as(kind, data)
        except ValidationError as error:
            for detail in error.errors():
                inner = tuple(part for part in detail["loc"] if part != "__root__")
                named = " > ".join(str(part) for part in (*position, *inner))
                self.errors.append(
                    source.error(
                        (*position, *inner), f"{named}: {detail['msg']}", "correct the value; docs/content-guide.md shows the shape"
                    )
                )
            return None

    def top_keys(self, name: str, source: Source) -> None:
        """Records keys at the top of a file that nothing reads."""
        known = _TOP_KEYS.get(name)
        for key in source.data if known else ():
            if known and key not in known:
                self.errors.append(source.error((key,), f"nothing reads the key '{key}'", f"use one of {', '.join(sorted(known))}"))

    def keyed(self, kind: type[BaseModel], source: Source, key: str, id_field: str) -> dict[str, Any]:
        """Parses a list of items into a dictionary by id; a repeated id is an error."""
        found: dict[str, Any] = {}
        listed = source.data.get(key)
        for index, data in enumerate(listed if isinstance(listed, list) else []):
            item = self.parse(kind, source, (key, index), data)
            if item is None:
                continue
            item_id = getattr(item, id_field)
            if item_id in found:
                self.errors.append(source.error((key, index), f"'{item_id}' stands there twice", "remove or rename one of them"))
            found[item_id] = item
        if not found:
            self.errors.append(source.error((key,), f"'{key}' is missing, empty or no list", f"add the list '{key}:'"))
        return found

    def mapped(self, kind: Any, source: Source, key: str) -> dict[str, Any]:
        """Parses a mapping of names to items."""
        data = source.data.get(key)
        if not isinstance(data, dict) or not data:
            self.errors.append(source.error((key,), f"'{key}' is missing, empty or no mapping", f"add the mapping '{key}:'"))
            return {}
        parsed = {name: self.parse(kind, source, (key, name), value) for name, value in data.items()}
        return {name: value for name, value in parsed.items() if value is not None}


def _expand_groups(source: Source) -> dict[str, Any]:
    """Replaces the names of item groups in the decision table by their items."""
    data = dict(source.data)
    groups = data.pop("groups", {}) or {}
    if not isinstance(groups, dict) or not isinstance(data.get("rules"), list):
        return data
    rules = []
    for index, rule in enumerate(data["rules"]):
        if not isinstance(rule, dict) or not isinstance(rule.get("when"), list):
            rules.append(rule)
            continue
        conditions = []
        for condition in rule["when"]:
            items = condition.get("any_of") if isinstance(condition, dict) else None
            if isinstance(items, str):
                if items not in groups:
                    raise ContentErrors(
                        [source.error(("rules", index, "when"), f"there is no group '{items}'", f"use one of {', '.join(groups)}")]
                    )
                items = groups[items]
            conditions.append({**condition, "any_of": items} if isinstance(condition, dict) else condition)
        rules.append({**rule, "when": conditions})
    data["rules"] = rules
    return data


def _merged_clinic(base: Source, override: Path | None) -> tuple[Source, dict[str, Any]]:
    if override is None:
        return base, dict(base.data)
    source = read_source(override, str(override))
    return source, {**base.data, **source.data}


def load_content(folder: Path, clinic_file: Path | None = None) -> Content:
    """Loads and checks all content.

    Args:
        folder: The folder with the content files.
        clinic_file: A clinic's own file, whose keys replace those of `clinic.yml`.

    Raises:
        ContentErrors: Something is wrong; each error names file, line and remedy.
    """
    sources: dict[str, Source] = {}
    errors: list[ContentError] = []
    for name in FILES:
        try:
            sources[name] = read_source(folder / f"{name}.yml")
        except ContentErrors as error:
            errors.extend(error.errors)
    if errors:
        raise ContentErrors(errors)

    reader = _Reader()
    for name, source in sources.items():
        reader.top_keys(name, source)
    claims = reader.keyed(Claim, sources["claims"], "claims", "id")
    answers = reader.keyed(Answer, sources["answers"], "answers", "topic")
    items = reader.keyed(ChecklistItem, sources["checklist"], "items", "id")
    choice_sets = reader.mapped(list[Choice], sources["checklist"], "choice_sets")
    triage = reader.parse(Triage, sources["triage"], (), _expand_groups(sources["triage"]))
    cards = reader.mapped(Card, sources["advice"], "cards")
    messages = reader.mapped(FixedMessage, sources["messages"], "messages")
    buttons = reader.mapped(Button, sources["messages"], "button_set")
    languages = reader.mapped(str, sources["languages"], "texts")
    clinic_source, clinic_data = _merged_clinic(sources["clinic"], clinic_file)
    clinic = reader.parse(Clinic, clinic_source, (), clinic_data)
    if reader.errors:
        raise ContentErrors(reader.errors)
    if clinic_file is not None:
        sources["clinic_override"] = clinic_source

    content = Content(
        claims=claims,
        answers=answers,
        items=items,
        choice_sets=choice_sets,
        triage=triage,
        cards=cards,
        messages=messages,
        buttons=buttons,
        languages=languages,
        clinic=clinic,
    )
    problems = check_content(content, sources)
    if problems:
        raise ContentErrors(problems)
    return content

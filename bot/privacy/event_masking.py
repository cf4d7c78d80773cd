"""Masks personal details in Rasa's events before they are stored or published; until then guard and classifier see what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import Event, UserUttered

from bot.observability import outages
from bot.privacy.masking import mask

WITHHELD = "[not stored]"
_MARK = "masked"


def _masked(text: str) -> str:
    """The text as it may be stored; if masking fails, nothing of it."""
    try:
        masked = mask(text)
    except Exception as error:  # a conversation goes on, but what cannot be masked is not kept
        outages.record_failure("masking", error)
        return WITHHELD
    outages.record_success("masking")
    return masked


def _masked_entities(entities: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entities with masked values, without positions: they would point into a text that is gone."""
    kept = ({name: value for name, value in entity.items() if name not in ("start", "end", "text")} for entity in entities)
    return [
        {name: _masked(value) if name == "value" and isinstance(value, str) else value for name, value in entity.items()} for entity in kept
    ]


def load_rules() -> None:
    """Reads the lists now, so that no person waits for them."""
    mask("")


def mask_events(events: Iterable[Event]) -> None:
    """Masks what people typed, in place; what is masked already is left alone.

    Args:
        events: Events of a conversation, oldest first.
    """
    for event in events:
        if isinstance(event, UserUttered) and event.text and not event.text.startswith("/") and not event.metadata.get(_MARK):
            _mask_message(event)


def _mask_message(event: UserUttered) -> None:
    text = _masked(event.text or "")
    event.metadata = {**event.metadata, _MARK: True}
    if text == event.text:
        return
    event.text = text
    event.entities = _masked_entities(event.entities)
    event.parse_data = {**event.parse_data, "text": text, "entities": _masked_entities(event.parse_data.get("entities") or [])}

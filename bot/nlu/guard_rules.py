"""Danger signs by rule: medspaCy finds them in patients' words, ConText says if they are negated, asked about, past or of others.

The rules are data (`rules/targets.yml`, `rules/context.yml`). Rules are evidence, not a verdict: the decision (`decision.py`)
unites them with the classifier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import medspacy  # noqa: F401  registers the doc extensions that ConText writes to
import spacy
from loguru import logger as loguru_logger
from medspacy.context import ConText, ConTextRule
from spacy.language import Language
from spacy.tokens import Doc, Span

from bot.nlu.facts import Fact, find_facts
from bot.nlu.mentions import CRISIS, NAMED, Mention
from bot.nlu.rule_files import read_rules

loguru_logger.disable("medspacy")
loguru_logger.disable("PyRuSH")
loguru_logger.disable("PyFastNER")

FACT_SIGNS = {
    "temperature": "high_fever",
    "blood_pressure": "fast_heart_or_high_bp",
    "pulse": "fast_heart_or_high_bp",
    "breaths": "oversedation",
}
_QUALIFIERS = {"NEGATED_EXISTENCE": "negated", "HYPOTHETICAL": "hypothetical", "HISTORICAL": "historical", "FAMILY": "other_person"}
_NEW_SUBJECT = "NEW_SUBJECT"
_STATEMENT_END = re.compile(r"[.!?;\n]+(?=\s|$)|\s[-–—]+\s|\.{2,}")


class GuardRules:
    """Finds mentions in a cleaned text."""

    def __init__(self, targets: dict[str, Any], context: dict[str, Any]) -> None:
        self._patterns = list(self._compile(targets))
        self._nlp: Language = spacy.blank("en")
        self._context = ConText(self._nlp, rules=None, prune_on_modifier_overlap=True)
        self._context.add(list(self._context_rules(context)))

    @staticmethod
    def _compile(targets: dict[str, Any]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
        for kind, plural in (("danger_sign", "danger_signs"), ("situation", "situations"), (NAMED, "named_signs")):
            for name, patterns in targets[plural].items():
                for pattern in patterns:
                    yield kind, name, re.compile(pattern, re.IGNORECASE)
        for pattern in targets["crisis"]:
            yield CRISIS, CRISIS, re.compile(pattern, re.IGNORECASE)

    @staticmethod
    def _context_rules(context: dict[str, Any]) -> Iterator[ConTextRule]:
        for category, directions in context["modifiers"].items():
            for direction, settings in directions.items():
                ends = {_NEW_SUBJECT} if category == "NEGATED_EXISTENCE" else None
                for words in settings["words"]:
                    yield ConTextRule(words, category, direction=direction.upper(), max_scope=settings["scope"], terminated_by=ends)
        for pattern in context["year_patterns"]:
            yield ConTextRule("in a year", "HISTORICAL", pattern=pattern, direction="BACKWARD", max_scope=12)
        for words in context["terminators"]:
            yield ConTextRule(words, "TERMINATE", direction="TERMINATE")
        for words in context["new_subjects"]:
            yield ConTextRule(words, _NEW_SUBJECT, direction="FORWARD", max_scope=1)

    def _document(self, text: str) -> Doc:
        doc = self._nlp.make_doc(text)
        ends = {match.start() for match in _STATEMENT_END.finditer(text)}
        start_next = True
        for token in doc:
            token.is_sent_start = start_next
            start_next = any(token.idx <= end < token.idx + len(token.text_with_ws) for end in ends)
        return doc

    def _spans(self, doc: Doc) -> Iterator[tuple[Span, str, str]]:
        text = doc.text
        for kind, name, pattern in self._patterns:
            for match in pattern.finditer(text):
                span = doc.char_span(match.start(), match.end(), label=name, alignment_mode="expand")
                if span is not None and len(span):
                    yield span, kind, name

    def _fact_spans(self, doc: Doc, facts: list[Fact]) -> Iterator[tuple[Span, str, str]]:
        for fact in facts:
            if fact.dangerous and fact.kind in FACT_SIGNS:
                span = doc.char_span(fact.start, fact.end, label=fact.kind, alignment_mode="expand")
                if span is not None:
                    yield span, "danger_sign", FACT_SIGNS[fact.kind]

    def find(self, text: str) -> list[Mention]:
        """Finds all mentions with what qualifies them.

        Args:
            text: A cleaned text (see `bot.nlu.text.clean`).

        Returns:
            Mentions in order of position; one sign can be mentioned more than once.
        """
        if not text.strip():
            return []
        doc = self._document(text)
        found = [*self._spans(doc), *self._fact_spans(doc, find_facts(text))]
        mentions = [self._mention(doc, span, kind, name) for span, kind, name in found]
        return sorted(set(mentions), key=lambda mention: (mention.start, mention.name))

    def _mention(self, doc: Doc, span: Span, kind: str, name: str) -> Mention:
        doc.ents = (span,)
        doc._.context_graph = None
        self._context(doc)
        modifiers = doc._.context_graph.edges
        inside = {m.category for _, m in modifiers if not self._within(span, m)}
        qualifiers = frozenset(_QUALIFIERS[category] for category in inside if category in _QUALIFIERS)
        question = "?" in doc.text[span.start_char : span.sent.end_char]
        return Mention(name, kind, span.start_char, qualifiers, question)

    @staticmethod
    def _within(span: Span, modifier: Any) -> bool:
        """A sign's own words, such as "not" in "not breathing", do not qualify it."""
        start, end = modifier.modifier_span
        return bool(start >= span.start and end <= span.end)


@lru_cache(maxsize=1)
def guard_rules() -> GuardRules:
    """The process's one set of rules.

    Raises:
        OSError: A rule file cannot be read.
    """
    return GuardRules(read_rules("targets.yml"), read_rules("context.yml"))

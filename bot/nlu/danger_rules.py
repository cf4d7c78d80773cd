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

from bot.nlu.measurements import Measurement, find_measurements
from bot.nlu.mentions import CRISIS, NAMED, Mention
from bot.nlu.rule_files import read_rules
from bot.nlu.text import without_accents

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
_PRESENT = r"(?:'s|'m|'re|\s+(?:is|am|are|has|have|keeps?|can'?t|cannot|won'?t))"
_PERSON = r"(?:he|she|it|i|they|we|dad|mum|mom|my\s+\w+|his\s+\w+|her\s+\w+)"
_NEW_STATEMENT = re.compile(
    rf"[,:;]\s*(?:(?:and|but|so)\s+)?(?:{_PERSON}{_PRESENT}|is|am|are|having|has|got|today|tonight|still|now)\b", re.IGNORECASE
)
_NEW_PERSON = re.compile(rf"\band\s+{_PERSON}{_PRESENT}", re.IGNORECASE)
_NEW_OWN_PERSON = re.compile(rf"\band\s+(?:i|we|dad|mum|mom|my\s+\w+){_PRESENT}", re.IGNORECASE)
_PRESENT_BEFORE = re.compile(rf"(?:{_PRESENT}|\bhaving)\s+(?:\w+\s+){{0,2}}$", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:today|tonight|now|still|currently|this\s+(?:morning|afternoon|evening))\b", re.IGNORECASE)
_LIST_LINK = re.compile(r"\s*(?:(?:\w+\s+){0,2}(?:or|nor)\b\s*)?(?:any\s*|an?\s*)?", re.IGNORECASE)
_NO_NOUN = re.compile(r"\w+(?:ing|ed)\b|un\w+|limp|delirious|incoherent|stiff|rigid", re.IGNORECASE)
_LIST_GOES_ON = re.compile(r"(?:\s*,\s*(?:\w+\s*){1,3}){0,4},?\s*\b(?:or|nor)\b(?!\s+(?:something|whatever|so|maybe|not)\b)", re.IGNORECASE)
_COMPLAINTS = re.compile(
    r"\b(?:pains?|aches?|cough|colds?|rash|nausea|vomiting|sickness|headaches?|dizziness|chills|infections?|uti|constipation|sores?|spasms?|stiffness"
    r"|swelling|bleeding|itching|tingling|sweating|temperature)\b",
    re.IGNORECASE,
)
_LONE_ANSWER = re.compile(r"\s*[,:–-]\s*", re.IGNORECASE)
_WORDS_AROUND = 30
# Many people type no question mark. A helping verb opens a question only before its subject: "is having a fit" leaves "he" out.
_ASKS = re.compile(
    r"\W*(?:(?:hi|hello|hey|so|and|but|ok|please|just wondering|quick question)\W+)*"
    r"(?:(?:what(?:'?s)?|why|how|which|whats|hows|when)\b"
    r"|(?:does|do|did|can|could|is|are|will|would|should)\s+(?:baclofen|it|this|that|the|a|an|there|you|people|someone|one|missing|stopping|taking"
    r"|withdrawal|fever|seizures?|confusion|hallucinations?|spasms?)\b)",
    re.IGNORECASE,
)
_STATEMENT_END = re.compile(r"\n+|[.!?;]+(?=\s|$)|\s[-–—]+\s|\.{2,}")


class DangerRules:
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

    def _fact_spans(self, doc: Doc, facts: list[Measurement]) -> Iterator[tuple[Span, str, str]]:
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
        text = without_accents(text)
        doc = self._document(text)
        found = [*self._spans(doc), *self._fact_spans(doc, find_measurements(text))]
        known: dict[tuple[str, int, int], frozenset[str]] = {}
        mentions = [self._mention(doc, span, kind, name, known) for span, kind, name in found]
        return sorted(set(mentions), key=lambda mention: (mention.start, mention.name))

    def _mention(self, doc: Doc, span: Span, kind: str, name: str, known: dict[tuple[str, int, int], frozenset[str]]) -> Mention:
        question = "?" in doc.text[span.start_char : span.sent.end_char] or _ASKS.match(span.sent.text) is not None
        return Mention(name, kind, span.start_char, self._qualifiers(doc, span, known), question)

    def _qualifiers(self, doc: Doc, span: Span, known: dict[tuple[str, int, int], frozenset[str]]) -> frozenset[str]:
        """What speaks against a sign, looking no further around it than words can reach, and at the same words once only.

        ConText looks at every modifier of a document for every sign, which takes seconds where a long text repeats "no fever".
        """
        first = max(0, span.start - _WORDS_AROUND)
        around = doc[first : span.end + _WORDS_AROUND]
        key = (around.text, span.start - first, span.end - first)
        if key not in known:
            part = doc if len(around) == len(doc) else around.as_doc()
            known[key] = self._qualifiers_in(part, Span(part, span.start - first, span.end - first, label=span.label))
        return known[key]

    def _qualifiers_in(self, doc: Doc, span: Span) -> frozenset[str]:
        doc.ents = (span,)
        doc._.context_graph = None
        self._context(doc)
        modifiers = doc._.context_graph.edges
        inside = {m.category for _, m in modifiers if not self._within(span, m) and self._reaches(doc, span, m)}
        return frozenset(_QUALIFIERS[category] for category in inside if category in _QUALIFIERS)

    def _reaches(self, doc: Doc, span: Span, modifier: Any) -> bool:
        """Whether a modifier speaks about the sign and not about another statement next to it.

        ConText counts words only. "No change, still confused" and "having a fit, pump is fine" must leave the sign present.
        """
        start, end = modifier.modifier_span
        if end <= span.start:
            between = doc[end : span.start].text
            if modifier.category == "NEGATED_EXISTENCE":
                return not re.search("[,:]", between) or self._is_list(doc, span, modifier)
            up_to_sign = doc[end : span.end].text
            if modifier.category == "HISTORICAL" and "," in between and _TODAY.search(doc[end : span.sent.end].text):
                return False
            new_person = _NEW_OWN_PERSON if modifier.category == "FAMILY" else _NEW_PERSON
            return not (_NEW_STATEMENT.search(up_to_sign) or new_person.search(up_to_sign))
        between = doc.text[span.end_char : doc[start].idx]
        apart = re.search(r"[,:]|\band\b", between, re.IGNORECASE)
        if modifier.category == "NEGATED_EXISTENCE":
            return not apart or bool(_LONE_ANSWER.fullmatch(between) and end in (span.sent.end, span.sent.end - 1))
        if modifier.category == "HISTORICAL":
            return not (apart and _PRESENT_BEFORE.search(doc.text[: span.start_char]))
        return not apart

    def _is_list(self, doc: Doc, span: Span, modifier: Any) -> bool:
        """Whether a negation goes on over a comma, as in "no fever, seizures or confusion"."""
        start, end = modifier.modifier_span
        between, after = doc[end : span.start].text, doc.text[span.end_char :]
        if doc[start].lower_ in ("no", "without") and _NO_NOUN.match(span.text):
            return False
        first, *pieces = re.split("[,:]", between)
        named = _COMPLAINTS.search(first) or any(pattern.search(first) for kind, _, pattern in self._patterns if kind != "situation")
        closed = re.search(r"\b(?:or|nor)\b", between.rpartition(",")[0], re.IGNORECASE)
        linked = _LIST_LINK.fullmatch(pieces[-1])
        goes_on = re.search(r"\b(?:or|nor)\b", pieces[-1], re.IGNORECASE) or _LIST_GOES_ON.match(after)
        return bool(named and linked and goes_on and not closed)

    @staticmethod
    def _within(span: Span, modifier: Any) -> bool:
        """A sign's own words, such as "not" in "not breathing", do not qualify it."""
        start, end = modifier.modifier_span
        return bool(start >= span.start and end <= span.end)


@lru_cache(maxsize=1)
def danger_rules() -> DangerRules:
    """The process's one set of rules.

    Raises:
        OSError: A rule file cannot be read.
    """
    return DangerRules(read_rules("targets.yml"), read_rules("context.yml"))

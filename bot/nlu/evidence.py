"""What was found in a message, where the conversation stands, and what the message is taken as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.nlu.mentions import CRISIS, DANGER_SIGN, Mention


@dataclass(frozen=True)
class StatementScore:
    """What the classifier says about one statement of a message, read alone.

    Attributes:
        text: The statement.
        danger: Probability that it holds a danger sign, 0 to 1.
        crisis: Probability of self-harm, 0 to 1.
    """

    text: str
    danger: float
    crisis: float


@dataclass(frozen=True)
class MessageEvidence:
    """What was found in a message.

    Attributes:
        text: The cleaned text.
        intent: The classifier's choice after the fallback.
        runner_up: The classifier's choice before the fallback.
        confidence: Its probability, 0 to 1.
        mentions: What the rules found.
        danger: Probability that the message holds a danger sign, or None if the classifier failed.
        crisis: The same for self-harm.
        signs: Probability by danger sign.
        statements: The message's statements, each read alone; none if it is one statement.
        language: Code of the language if it is surely not English.
    """

    text: str
    intent: str
    confidence: float
    runner_up: str = ""
    mentions: tuple[Mention, ...] = ()
    danger: float | None = None
    crisis: float | None = None
    signs: Mapping[str, float] = field(default_factory=dict)
    statements: tuple[StatementScore, ...] = ()
    language: str | None = None

    @property
    def likely_intent(self) -> str:
        """The classifier's first choice, however unsure it was."""
        return self.runner_up or self.intent

    @property
    def has_sign(self) -> bool:
        """Whether a rule finds a danger sign present."""
        return any(mention.kind == DANGER_SIGN and mention.present for mention in self.mentions)

    @property
    def has_stated_sign(self) -> bool:
        """Whether a rule finds a danger sign present in a statement that is no question."""
        return any(mention.kind == DANGER_SIGN and mention.present and not mention.question for mention in self.mentions)

    @property
    def has_self_harm(self) -> bool:
        """Whether a rule finds thoughts of self-harm, present or not."""
        return any(mention.kind == CRISIS for mention in self.mentions)

    @property
    def has_present_self_harm(self) -> bool:
        """Whether a rule finds thoughts of self-harm present."""
        return any(mention.kind == CRISIS and mention.present for mention in self.mentions)

    @property
    def words(self) -> int:
        """How many words the message has."""
        return sum(any(char.isalpha() for char in part) for part in self.text.split())

    def statements_with(self, kind: str) -> list[StatementScore]:
        """The statements in which a rule finds something of a kind present."""
        starts = [mention.start for mention in self.mentions if mention.kind == kind and mention.present]
        found, begin = [], 0
        for statement in self.statements:
            place = self.text.find(statement.text, begin)
            if place < 0:  # a statement that was joined from several lies somewhere after the last one
                place, end = begin, begin + len(statement.text)
            else:
                end = begin = place + len(statement.text)
            if any(place <= start <= end for start in starts):
                found.append(statement)
        return found


@dataclass(frozen=True)
class DialogueState:
    """Where the conversation stands.

    Attributes:
        open_item: The checklist item that was asked last, or None.
        asked_if_happening: Whether the last question was the danger screen or "is this happening now?".
        asked_about_self_harm: Whether the last question was about thoughts of self-harm.
        alarm: `emergency` or `crisis` while one is open.
    """

    open_item: str | None = None
    asked_if_happening: bool = False
    asked_about_self_harm: bool = False
    alarm: str | None = None


@dataclass(frozen=True)
class Interpretation:
    """What the message is taken as.

    Attributes:
        intent: A Rasa intent.
        confidence: 0 to 1.
        entities: Values by entity name, in order.
    """

    intent: str
    confidence: float
    entities: tuple[tuple[str, str], ...] = ()

"""The shape of the content files, as strict pydantic models."""

from __future__ import annotations

from typing import Literal, Optional

from pydantic import BaseModel, Extra, Field

Level = Literal["emergency", "urgent", "soon", "info", "none"]
Severity = Literal["no", "somewhat", "not_sure", "yes"]
Kind = Literal["answer", "question", "outcome", "emergency", "crisis", "clarify", "fallback", "smalltalk", "notice"]

SAFETY_NET = "net"
# Ids that the interface promises to every portal: the content must have them, and may have more.
INTERFACE_TOPICS: tuple[str, ...] = (
    "mechanism",
    "uses",
    "routes",
    "why_worse",
    "withdrawal_why",
    "withdrawal_symptoms",
    "pump_risks",
    "paradoxical_dose",
    "triggers",
    "interactions",
    "kidney",
    "usual_vs_worsening",
    "timeline",
    "side_effects",
    "treatment",
    "prevention",
    "missed_dose",
    "dose_change",
    "more_information",
)
INTERFACE_ITEMS: tuple[str, ...] = (
    "route",
    "missed_dose",
    "pump_problem",
    "dose_increase",
    "rebound_spasticity",
    "high_fever",
    "altered_mental_state",
    "fast_heart_or_high_bp",
    "seizure",
    "muscle_breakdown",
    "oversedation",
    "infection",
    "constipation",
    "pressure_sore",
    "sedatives",
    "kidney_disease",
)
MESSAGES: tuple[str, ...] = (
    "welcome",
    "smalltalk_greet",
    "smalltalk_thank",
    "smalltalk_goodbye",
    "smalltalk_bot_challenge",
    "smalltalk_capabilities",
    "handoff",
    "out_of_scope",
    "out_of_scope_medical",
    "no_problem_noted",
    "happening_now",
    "not_happening",
    "possible_danger",
    "clarify",
    "clarify_give_up",
    "nothing_open",
    "checklist_intro",
    "checklist_not_understood",
    "checklist_stuck",
    "checklist_stopped",
    "checklist_unfinished",
    "checklist_at_start",
    "change_which",
    "nothing_to_change",
    "started_over",
    "help_on_the_way",
    "barrier",
    "emergency_line",
    "crisis_line",
    "outage",
    "too_long",
    "rate_limited",
    "sign_in_refused",
    "session_ended",
    "non_english",
)
BUTTONS: tuple[str, ...] = ("check", "ask", "human", "help_coming", "cannot_call", "start_over_now", "back", "stop")


class Strict(BaseModel):
    """A model that refuses unknown keys, so that a misspelt key is an error and not silence."""

    class Config:  # noqa: D106
        extra = Extra.forbid
        allow_mutation = False


class Review(Strict):
    """A clinician's signature; both parts are empty until somebody signs."""

    by: str = ""
    on: str = ""

    @property
    def signed(self) -> bool:
        """Whether a name and a date are both there."""
        return bool(self.by.strip() and self.on.strip())


class Claim(Strict):
    """One fact of the source document in a sentence of our own."""

    id: str = Field(regex=r"^c\d{2,3}$")
    section: str
    text: str = Field(min_length=10)


class Sentence(Strict):
    """One sentence of an answer and the claims that it rests on (`net` is the generic safety net)."""

    say: str = Field(min_length=1)
    claims: list[str] = Field(min_items=1)


class Answer(Strict):
    """The curated answer to one topic."""

    topic: str
    question: str
    short: list[Sentence] = Field(min_items=1)
    more: list[Sentence] = []
    follow_ups: list[str] = Field(min_items=2, max_items=3)
    reviewed: Review = Review()

    @property
    def claim_ids(self) -> list[str]:
        """The claims of the short answer, in order, without the safety net."""
        return list(dict.fromkeys(c for s in self.short for c in s.claims if c != SAFETY_NET))


class Choice(Strict):
    """One answer that a checklist question offers."""

    value: str
    title: str


class AskedWhen(Strict):
    """Asks an item only when an earlier item's answer is one of some values."""

    item: str
    any_of: list[str]


class ChecklistItem(Strict):
    """One question of the symptom checklist."""

    id: str
    kind: Literal["background", "danger_sign", "situation", "trigger", "modifier"]
    choices: str
    asked_when: Optional[AskedWhen] = None
    question: str
    help: str
    reason: str
    topic: str
    reviewed: Review = Review()


class Condition(Strict):
    """Holds when at least one of the items reaches a severity."""

    any_of: list[str]
    at_least: Severity


class TriageRule(Strict):
    """A row of the decision table: all conditions hold, then at least this level."""

    id: str
    level: Level
    when: list[Condition] = Field(min_items=1)


class DangerSign(Strict):
    """A danger sign that a message can report, and the intent under which its examples stand."""

    label: str
    finding: Optional[str] = None
    intent: str


class ReportableSituation(Strict):
    """A situation that a message can report, with the level and the topic that it leads to."""

    level: Level
    label: str
    finding: Optional[str] = None
    topic: str
    intent: str


class Triage(Strict):
    """The decision table and what single messages can report."""

    rules: list[TriageRule]
    danger_signs: dict[str, DangerSign]
    situations: dict[str, ReportableSituation]
    reviewed: Review = Review()


class Card(Strict):
    """What a level's advice says: the action first."""

    action: str
    why: str
    say: list[str]
    bring: list[str]
    do_not: list[str]
    while_waiting: list[str]
    then: str
    honest: str
    reviewed: Review = Review()

    @property
    def parts(self) -> list[str]:
        """The card's lines in the order in which they are shown."""
        return [line for _, line in self._named_parts]

    @property
    def part_names(self) -> list[str]:
        """What each of the lines is, so that a page can show the card under headings."""
        return [name for name, _ in self._named_parts]

    @property
    def _named_parts(self) -> list[tuple[str, str]]:
        names = ("action", "why", "say", "bring", "do_not", "while_waiting", "then", "honest")
        values = ((name, getattr(self, name)) for name in names)
        return [(name, line) for name, value in values for line in ([value] if isinstance(value, str) else value) if line]


class Button(Strict):
    """A button with the payload that it sends."""

    title: str
    payload: str = Field(regex=r"^/[a-z_]+$")


class FixedMessage(Strict):
    """A short text that is not a medical answer."""

    kind: Kind
    level: Level
    text: str
    topic: Optional[str] = None
    call: Optional[Literal["clinic"]] = None
    buttons: list[str] = []


class Call(Strict):
    """A number that can be called with one touch."""

    label: str
    tel: str = Field(regex=r"^\+?\d{2,15}$")


class CallGroup(Strict):
    """How to say a number in a sentence, and the calls that it offers."""

    say: str = Field(min_length=1)
    short: str = ""
    calls: list[Call] = Field(min_items=1)


class Line(Strict):
    """A clinic's telephone line; without a number `say` tells where to find it."""

    say: str = ""
    hours: str = ""
    tel: str = Field("", regex=r"^(\+?\d{2,15})?$")

    @property
    def spoken(self) -> str:
        """The line with its hours, as it stands in a sentence."""
        return f"{self.say} ({self.hours})" if self.say and self.hours else self.say


class Clinic(Strict):
    """The clinic's own details."""

    name: str = Field(min_length=1)
    languages: list[str]
    emergency: CallGroup
    crisis: CallGroup
    clinic_line: Line
    pump_line: Line
    privacy: str
    retention_days: int = Field(gt=0, le=3650)


class Content(Strict):
    """All content, checked."""

    claims: dict[str, Claim]
    answers: dict[str, Answer]
    items: dict[str, ChecklistItem]
    choice_sets: dict[str, list[Choice]]
    triage: Triage
    cards: dict[str, Card]
    messages: dict[str, FixedMessage]
    buttons: dict[str, Button]
    languages: dict[str, str]
    clinic: Clinic

    @property
    def reviews(self) -> list[Review]:
        """The signature fields of everything that a clinician has to sign."""
        found = [answer.reviewed for answer in self.answers.values()]
        found += [item.reviewed for item in self.items.values()]
        found += [card.reviewed for card in self.cards.values()]
        return [*found, self.triage.reviewed]

    def choices_of(self, item_id: str) -> list[Choice]:
        """The answers that a checklist question offers, in the order shown."""
        return self.choice_sets[self.items[item_id].choices]

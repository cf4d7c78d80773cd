"""What the rules can find in a message."""

from __future__ import annotations

from dataclasses import dataclass, field

CRISIS = "crisis"
DANGER_SIGN = "danger_sign"
SITUATION = "situation"
NAMED = "named"


@dataclass(frozen=True)
class Mention:
    """A danger sign, situation or thought of self-harm that the words of a message name.

    Attributes:
        name: Id of the sign or situation, or `crisis`.
        kind: `danger_sign`, `situation`, `crisis`, or `named` for a sign's bare name, which says nothing about anybody.
        start: Position of the first character.
        qualifiers: Those of `negated`, `hypothetical`, `historical`, `other_person` that apply; none means present.
        question: Whether the statement that holds it ends as a question.
    """

    name: str
    kind: str
    start: int
    qualifiers: frozenset[str] = field(default_factory=frozenset)
    question: bool = False

    @property
    def present(self) -> bool:
        """Whether nothing speaks against the sign being there now."""
        return not self.qualifiers

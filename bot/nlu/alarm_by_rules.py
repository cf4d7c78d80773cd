"""The alarm that the rules raise on their own: for a message that no model has read, and for one that cannot be handled.

The guard uses it when the decision fails, the turn when Rasa fails, and the gateway when it refuses a message.
"""

from __future__ import annotations

from bot.content.intents import CRISIS
from bot.content.models import Content
from bot.nlu.danger_rules import danger_rules
from bot.nlu.decision import emergency_of
from bot.nlu.evidence import Interpretation
from bot.nlu.mentions import CRISIS as CRISIS_MENTION
from bot.nlu.mentions import DANGER_SIGN, Mention
from bot.nlu.text import clean


def alarm_of_mentions(content: Content, mentions: tuple[Mention, ...]) -> Interpretation | None:
    """The alarm that some mentions raise; None if they raise none.

    Self-harm counts whatever qualifies it: no model is there to say that it was meant in another way.

    Args:
        content: The content, for the names of the signs.
        mentions: What the rules found in a message.
    """
    if any(mention.kind == CRISIS_MENTION for mention in mentions):
        return Interpretation(CRISIS, 1.0)
    signs = [mention.name for mention in mentions if mention.kind == DANGER_SIGN and mention.present]
    return emergency_of(content, list(dict.fromkeys(signs)), 1.0) if signs else None


def alarm_by_rules(content: Content, text: str) -> Interpretation | None:
    """The alarm that a message raises by rules alone; None if it raises none.

    Args:
        content: The content, for the names of the signs.
        text: What was typed.

    Returns:
        An interpretation with the intent `crisis` or `emergency`; the latter with the entity `danger_reason`.
    """
    return alarm_of_mentions(content, tuple(danger_rules().find(clean(text))))

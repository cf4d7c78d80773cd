"""Rasa policy: an alarm comes before everything, also before an open form.

Rasa lets an active form act before any rule. This policy therefore predicts the alarm's steps itself: the fixed text, leave the
form, listen. None of these needs a custom action, a database or the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_DEACTIVATE_LOOP_NAME, ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import response_names
from bot.content.intents import CRISIS, EMERGENCY, is_danger_sign

PRIORITY = 10
ANSWERS = {CRISIS: response_names.CRISIS, EMERGENCY: response_names.EMERGENCY}


def alarm_answer(intent: str | None) -> str | None:
    """The response that an intent's alarm calls for, or None if it is no alarm."""
    if intent is None:
        return None
    return ANSWERS.get(EMERGENCY if is_danger_sign(intent) else intent)


def next_alarm_step(intent: str | None, done: Sequence[str], loop_is_active: bool) -> str | None:
    """The next action of an alarm, or None if there is no alarm.

    Args:
        intent: The intent of the last message.
        done: Actions since that message, in order.
        loop_is_active: Whether a form is open.
    """
    answer = alarm_answer(intent)
    if answer is None:
        return None
    if answer not in done:
        return answer
    return str(ACTION_DEACTIVATE_LOOP_NAME if loop_is_active else ACTION_LISTEN_NAME)


def _actions_since_message(events: Sequence[Event]) -> list[str]:
    done: list[str] = []
    for event in reversed(events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.append(event.action_name)
    return done[::-1]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyPolicy(Policy):
    """Predicts the steps of an alarm; abstains from everything else. It learns nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Priority above Rasa's own policies."""
        return {"priority": PRIORITY, "max_history": None}

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Learns nothing."""
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> SafetyPolicy:
        """Creates the policy: nothing of it is stored."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: Optional[dict[str, Any]] = None, **kwargs: Any
    ) -> PolicyPrediction:
        """Predicts the next step of an alarm with certainty, or nothing."""
        message = tracker.latest_message
        intent = message.intent.get("name") if message else None
        step = next_alarm_step(intent, _actions_since_message(list(tracker.events)), tracker.active_loop_name is not None)
        probabilities = self._default_predictions(domain)
        if step is None:
            return self._prediction(probabilities)
        probabilities[domain.index_for_action(step)] = 1.0
        return PolicyPrediction(probabilities, type(self).__name__, self.priority, is_no_user_prediction=True)

"""Rasa's rule policy with an index: it compares the rules that fit the last action and intent with the last few states only.

The original compares every rule with every state of the whole conversation, twice, and writes all states out for a log that nobody
reads. The predictions are the same: a test compares them over whole conversations. config.yml names this policy in Rasa's place.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Optional

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker, is_prev_action_listen_in_state
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_NONE = ""


class RuleIndex:
    """The rules of one table, by the action and the intent that went before.

    Attributes:
        longest: States of the longest rule.
        needs_text: Whether a rule may follow a message without naming its intent.
    """

    def __init__(self, table: dict[str, str]) -> None:
        self.longest = 0
        self.needs_text = False
        self._buckets: dict[tuple[str, str], list[tuple[str, list[State]]]] = defaultdict(list)
        for key in table:
            states: list[State] = json.loads(key)
            self.longest = max(self.longest, len(states))
            self.needs_text |= is_prev_action_listen_in_state(states[-1]) and not _intent(states[-1])
            self._buckets[_last_action(states[-1]), _intent(states[-1])].append((key, states[::-1]))

    def candidates(self, state: State) -> list[tuple[str, list[State]]]:
        """Rules whose last action and intent may be those of the state, each with its states, last one first."""
        action, intent = _last_action(state), _intent(state)
        found = self._buckets.get((action, _NONE), [])
        return found if intent == _NONE else [*found, *self._buckets.get((action, intent), [])]


def _last_action(state: State) -> str:
    return str((state.get(PREVIOUS_ACTION) or {}).get(ACTION_NAME) or _NONE)


def _intent(state: State) -> str:
    return str((state.get(USER) or {}).get(INTENT) or _NONE)


def last_states(tracker: DialogueStateTracker, domain: Domain, count: int) -> list[State]:
    """The last states of a conversation, as `tracker.past_states` gives them.

    Args:
        tracker: The conversation.
        domain: The domain.
        count: How many states at most.
    """
    events = tracker.applied_events()
    before = sum(isinstance(event, ActionExecuted) for event in events) + 1 - count
    replayed = tracker.init_copy()
    states: list[State] = []
    for event in events:
        if isinstance(event, ActionExecuted):
            before -= 1
            if before < 0:
                states.append(domain.get_active_state(replayed))
        replayed.update(event)
    states.append(domain.get_active_state(replayed))
    return states


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IndexedRulePolicy(RulePolicy):
    """A rule policy that learns as Rasa's does, and finds its rules by index once it is loaded."""

    _indexes: Optional[dict[int, RuleIndex]] = None

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> IndexedRulePolicy:
        """Loads the trained rules and makes their index."""
        policy: IndexedRulePolicy = super().load(config, model_storage, resource, execution_context, **kwargs)
        policy.make_index()
        return policy

    def make_index(self) -> None:
        """Makes the index of the learned rules; until then, as in training, the policy finds rules as Rasa's own does."""
        tables = [self.lookup[name] for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)]
        self._indexes = {id(table): RuleIndex(table) for table in tables}

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        if self._indexes is None:
            keys: set[str] = super()._get_possible_keys(lookup, states)
            return keys
        fitting: set[str] = set()
        for key, rule in self._indexes[id(lookup)].candidates(states[-1]):
            if all(self._fits(rule_state, state) for rule_state, state in zip(rule, reversed(states))):
                fitting.add(key)
        return fitting

    def _fits(self, rule_state: State, state: State) -> bool:
        rule_opens, opens = not rule_state.get(PREVIOUS_ACTION), not state.get(PREVIOUS_ACTION)
        if rule_opens or opens:
            return rule_opens and opens
        return bool(self._does_rule_match_state(rule_state, state))

    def _prediction_states(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: Optional[dict[str, Any]] = None,
    ) -> list[State]:
        if self._indexes is None:
            whole: list[State] = super()._prediction_states(tracker, domain, use_text_for_last_user_input, rule_only_data)
            return whole
        longest = max(index.longest for index in self._indexes.values())
        states = [last_states(tracker, domain, longest + 1)]
        self.featurizer._choose_last_user_input(states, use_text_for_last_user_input)
        return states[0]

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[Optional[str], Optional[str], bool]:
        goes_by_text = use_text_for_last_user_input and self._indexes is not None
        if goes_by_text and (tracker.latest_action_name != ACTION_LISTEN_NAME or not self._some_rule_needs_text()):
            return None, None, False
        found: tuple[Optional[str], Optional[str], bool] = super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
        return found

    def _some_rule_needs_text(self) -> bool:
        return any(index.needs_text for index in (self._indexes or {}).values())

    def format_tracker_states(self, states: list[dict[str, Any]]) -> str:
        """Formats nothing: Rasa writes the states for debugging only, at a cost for each message."""
        return ""

"""Makes Rasa's rule policy look at what a rule can depend on, and at nothing else: the last few states, and rules that fit the last action.

The original compares every rule with every state of the whole talk, twice, and writes all states out for a log that nobody reads. The
predictions are the same (a test compares them over whole talks).
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Optional

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
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
    """The last states of a talk, as `tracker.past_states` gives them.

    Args:
        tracker: The talk.
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


class IndexedRulePolicy(RulePolicy):
    """Not a policy of its own: its methods take the place of those of Rasa's policy (`use_indexed_rules`)."""

    def _book(self, table: dict[str, str]) -> RuleIndex:
        books: dict[int, RuleIndex] = self.__dict__.setdefault("_books", {})
        if id(table) not in books:
            books[id(table)] = RuleIndex(table)
        return books[id(table)]

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        fitting: set[str] = set()
        for key, rule in self._book(lookup).candidates(states[-1]):
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
        longest = max(self._book(self.lookup[table]).longest for table in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
        states = [last_states(tracker, domain, longest + 1)]
        self.featurizer._choose_last_user_input(states, use_text_for_last_user_input)
        return states[0]

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[Optional[str], Optional[str], bool]:
        if use_text_for_last_user_input and (tracker.latest_action_name != ACTION_LISTEN_NAME or not self._some_rule_needs_text()):
            return None, None, False
        found: tuple[Optional[str], Optional[str], bool] = _FIND(self, tracker, domain, use_text_for_last_user_input)
        return found

    def _some_rule_needs_text(self) -> bool:
        return any(self._book(self.lookup[table]).needs_text for table in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))

    def format_tracker_states(self, states: list[dict[str, Any]]) -> str:
        """Nothing: it is written for debugging only."""
        return ""


_FIND = RulePolicy._find_action_from_rules
_REPLACED = (
    "_book",
    "_get_possible_keys",
    "_fits",
    "_prediction_states",
    "_find_action_from_rules",
    "_some_rule_needs_text",
    "format_tracker_states",
)


def use_indexed_rules() -> None:
    """Puts the quick methods into Rasa's policy, in this process. The configuration and the model stay as they are."""
    for name in _REPLACED:
        setattr(RulePolicy, name, IndexedRulePolicy.__dict__[name])

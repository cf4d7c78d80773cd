"""`python -m bot` in which any component, policy or action can be made to fail by a message that names it: "break SafetyGuard …".

The errors quote the whole message, as errors of libraries do.
"""

from __future__ import annotations

import functools
import inspect
import sys

from bot.rasa_compat import import_stubs

COMPONENTS = ("SentenceEncoder", "MessageClassifier", "FactExtractor", "FallbackClassifier", "SafetyGuard")
POLICIES = ("SafetyPolicy", "RulePolicy")
ACTIONS = ("ActionAnswer", "ValidateChecklistForm")


def breaks(name, text):
    if f"break {name}" in (text or ""):
        raise RuntimeError(f"cannot handle {text!r}")


def break_component(kind):
    process = kind.process

    @functools.wraps(process)
    def faulty(self, messages, *arguments, **more):
        for message in messages:
            breaks(kind.__name__, message.get("text"))
        return process(self, messages, *arguments, **more)

    kind.process = faulty


def break_policy(kind):
    predict = kind.predict_action_probabilities

    @functools.wraps(predict)
    def faulty(self, tracker, *arguments, **more):
        breaks(kind.__name__, tracker.latest_message.text if tracker.latest_message else "")
        return predict(self, tracker, *arguments, **more)

    kind.predict_action_probabilities = faulty


def break_action(kind):
    run = kind.run

    @functools.wraps(run)
    async def faulty(self, dispatcher, tracker, domain):
        breaks(kind.__name__, tracker.latest_message.get("text"))
        result = run(self, dispatcher, tracker, domain)
        return await result if inspect.isawaitable(result) else result

    kind.run = faulty


def main():
    import_stubs.install()
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier

    from actions.checklist_form import ValidateChecklistForm
    from actions.curated_answers import ActionAnswer
    from bot.__main__ import main as bot_main
    from bot.nlu.fact_extractor import FactExtractor
    from bot.nlu.featurizer import SentenceEncoder
    from bot.nlu.intent_classifier import MessageClassifier
    from bot.nlu.safety_guard import SafetyGuard
    from bot.policies.safety_policy import SafetyPolicy

    for component in (SentenceEncoder, MessageClassifier, FactExtractor, FallbackClassifier, SafetyGuard):
        break_component(component)
    for policy in (SafetyPolicy, RulePolicy):
        break_policy(policy)
    for action in (ActionAnswer, ValidateChecklistForm):
        break_action(action)
    return bot_main()


if __name__ == "__main__":
    sys.exit(main())

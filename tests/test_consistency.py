"""What has to agree between domain, rules, training examples, actions, content and files."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.content import Content, domain_parts, installed_content, load_content, response_names
from bot.content.response_names import FORM
from bot.content.responses import build_responses
from bot.policies.safety_policy import alarm_answer
from bot.rasa_compat.in_process_actions import InProcessActionEndpoint
from bot.settings import CONTENT_DIR, ROOT

FEWEST_EXAMPLES = 40
MAX_LINES = 400
FALLBACK = "nlu_fallback"
BUILT_IN_ACTIONS = {"action_deactivate_loop", FORM}
# Written in parts so that this file does not name them itself.
INDEX_HOSTS = ["py" + "pi.org", "pythonhosted" + ".org", "index" + "-url", "npmjs" + ".org", "jfrog" + ".io"]
OUTSIDE_PATHS = re.compile(r"(?<![\w.:/-])/(?:work|home|root|Users|mnt|opt|srv)" + r"/\w")
TEXT_FILES = {".py", ".yml", ".yaml", ".toml", ".md", ".lock", ".in", ".txt", ".js", ".css", ".html", ".json", ""}


def read(name: str) -> dict:
    return YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def content() -> Content:
    return load_content(CONTENT_DIR)


@lru_cache(maxsize=1)
def responses() -> dict:
    return build_responses(content())


DOMAIN = domain_parts.with_content(read("domain.yml"), installed_content())
INTENTS = [*DOMAIN["intents"], FALLBACK]
RULES = [
    rule for file in sorted((ROOT / "data" / "stories").glob("*_rules.yml")) for rule in read(str(file))["rules"]
] + domain_parts.rules(installed_content())


def first_intents(rule: dict) -> list[str]:
    """The intents to which a rule answers; none if it does not begin with one."""
    first = rule["steps"][0]
    return [step["intent"] for step in first.get("or", [first]) if "intent" in step]


def holds(rule: dict, loop: str | None) -> bool:
    """Whether a rule applies while a form is open, or while none is."""
    return all(condition["active_loop"] == loop for condition in rule.get("condition", []) if "active_loop" in condition)


def intents_with_a_rule(loop: str | None) -> list[str]:
    return [intent for rule in RULES if holds(rule, loop) for intent in first_intents(rule)]


def actions_of(steps: list[dict]) -> Iterator[str]:
    for step in steps:
        if "action" in step:
            yield step["action"]


def examples() -> dict[str, list[str]]:
    """Training examples by intent."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in read(str(file))["nlu"]:
            lines = [line.strip().removeprefix("- ").strip() for line in entry["examples"].splitlines() if line.strip()]
            found.setdefault(entry["intent"], []).extend(lines)
    return found


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def named_responses() -> set[str]:
    """Responses that code, rules and the form send."""
    by_rules = {action for rule in RULES for action in actions_of(rule["steps"]) if action.startswith("utter_")}
    by_form = {response_names.question(item) for item in content().items}
    by_actions = {response_names.help_with(item) for item in content().items}
    by_actions |= {response_names.answer(topic) for topic in content().answers}
    by_actions |= {response_names.more(topic) for topic, answer in content().answers.items() if answer.more}
    by_actions |= {response_names.outcome(level) for level in ("emergency", "urgent", "soon", "info")}
    return by_rules | by_form | by_actions | response_names.SENT_BY_CODE | {"utter_default"}


@pytest.mark.parametrize("intent", [intent for intent in INTENTS if alarm_answer(intent) is None])
@pytest.mark.parametrize("loop", [None, FORM])
def test_every_intent_is_answered_inside_and_outside_the_checklist(intent, loop):
    assert intent in intents_with_a_rule(loop)


@pytest.mark.parametrize("loop", [None, FORM])
def test_no_intent_has_two_rules_in_one_state(loop):
    assert [intent for intent, count in Counter(intents_with_a_rule(loop)).items() if count > 1] == []


def test_every_alarm_of_the_policy_has_the_same_rule_outside_the_checklist():
    for intent in INTENTS:
        if (answer := alarm_answer(intent)) is not None:
            rule = next(rule for rule in RULES if holds(rule, None) and intent in first_intents(rule))
            assert list(actions_of(rule["steps"])) == [answer]


def test_every_intent_of_a_rule_is_in_the_domain():
    assert {intent for rule in RULES for intent in first_intents(rule)} <= set(INTENTS)


def test_every_intent_with_examples_is_in_the_domain():
    assert set(examples()) <= set(INTENTS)


@pytest.mark.parametrize("intent", examples())
def test_every_intent_has_enough_examples(intent):
    assert len(set(examples()[intent])) >= FEWEST_EXAMPLES


def test_no_example_stands_under_two_intents():
    places: dict[str, set[str]] = {}
    for intent, lines in examples().items():
        for line in lines:
            places.setdefault(line.casefold(), set()).add(intent)
    assert {line: sorted(intents) for line, intents in places.items() if len(intents) > 1} == {}


def test_the_actions_of_the_domain_are_the_classes_of_the_project():
    assert set(InProcessActionEndpoint().executor.actions) == set(DOMAIN["actions"])


def test_every_action_of_a_rule_exists():
    named = {action for rule in RULES for action in actions_of(rule["steps"]) if not action.startswith("utter_")}
    assert named <= set(DOMAIN["actions"]) | BUILT_IN_ACTIONS


@pytest.mark.parametrize("action", [action for action in DOMAIN["actions"] if action.startswith("action_")])
def test_every_action_is_used_by_a_rule(action):
    assert action in {name for rule in RULES for name in actions_of(rule["steps"])}


@pytest.mark.parametrize("name", sorted(named_responses()))
def test_every_named_response_is_built_from_the_content(name):
    assert name in responses()


@pytest.mark.parametrize("response", sorted(responses()))
def test_every_built_response_is_used(response):
    assert response in named_responses()


def test_no_slot_swallows_whatever_is_typed():
    kinds = {(name, mapping["type"]) for name, slot in DOMAIN["slots"].items() for mapping in slot["mappings"]}
    assert [name for name, kind in kinds if kind == "from_text"] == []


def test_no_tracked_file_names_a_package_index():
    found = [
        (file.relative_to(ROOT), host)
        for file in tracked_files()
        if file.suffix in TEXT_FILES
        for host in INDEX_HOSTS
        if host in file.read_text(encoding="utf-8").replace(f"--no-emit-{INDEX_HOSTS[2]}", "")
    ]
    assert found == []


def test_no_tracked_file_names_a_path_outside_the_project():
    found = [
        (file.relative_to(ROOT), match.group(0))
        for file in tracked_files()
        if file.suffix in TEXT_FILES
        for match in OUTSIDE_PATHS.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["bot", "actions", "tests"])
def test_no_file_is_too_long_to_read(folder):
    lines = {file.relative_to(ROOT): len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / folder).rglob("*.py")}
    assert {file: count for file, count in lines.items() if count > MAX_LINES} == {}

"""What the content adds to domain and rules."""

from __future__ import annotations

from bot.content import domain_parts
from bot.content.response_names import FORM

DOMAIN = {
    "intents": ["greet"],
    "entities": ["drug"],
    "slots": {"alarm": {"type": "text", "mappings": [{"type": "from_intent", "intent": "help_on_the_way", "value": "closed"}]}},
}


def test_every_topic_situation_and_sign_has_an_intent(content):
    intents = domain_parts.with_content(DOMAIN, content)["intents"]
    assert "ask_kidney" in intents
    assert {entry.intent for entry in (*content.triage.situations.values(), *content.triage.danger_signs.values())} <= set(intents)


def test_what_domain_yml_names_stays(content):
    domain = domain_parts.with_content(DOMAIN, content)
    assert "greet" in domain["intents"]
    assert "drug" in domain["entities"]


def test_every_item_is_an_entity_that_fills_a_slot_of_the_form(content):
    domain = domain_parts.with_content(DOMAIN, content)
    for item in content.items:
        assert item in domain["entities"]
        assert domain["slots"][item]["mappings"] == [{"type": "from_entity", "entity": item}]
    assert domain["forms"][FORM]["required_slots"] == list(content.items)


def test_every_danger_sign_raises_the_alarm_before_anything_closes_it(content):
    mappings = domain_parts.with_content(DOMAIN, content)["slots"]["alarm"]["mappings"]
    raising = {mapping["intent"] for mapping in mappings if mapping["value"] == "emergency"}
    assert {sign.intent for sign in content.triage.danger_signs.values()} < raising
    assert mappings[0] == {"type": "from_intent", "intent": "crisis", "value": "crisis"}
    assert mappings[-1]["value"] == "closed"


def test_the_domain_that_was_given_is_not_changed(content):
    domain_parts.with_content(DOMAIN, content)
    assert DOMAIN["intents"] == ["greet"]
    assert len(DOMAIN["slots"]["alarm"]["mappings"]) == 1


def test_a_report_of_no_problem_gets_no_card(content):
    report = next(rule for rule in domain_parts.rules(content) if rule["steps"][1]["action"] == "action_report")
    assert {"intent": "report_no_problem"} not in report["steps"][0]["or"]

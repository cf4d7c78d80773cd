"""The guide's "Add …" sections, done in a scratch copy of the project step by step: what the guide says is enough."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from bot.settings import ROOT

COPIED = ("actions", "bot", "content", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "requirements.lock")
TALK = """
import asyncio, sys
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.model_training import train_core
from bot.rasa_compat.content_responses import ContentResponses
from bot.rasa_compat.in_process_actions import InProcessActionEndpoint

model = train_core("domain.yml", "config.yml", "data", output="models", fixed_model_name="scratch")
agent = Agent.load(model, action_endpoint=InProcessActionEndpoint(), generator=ContentResponses())

async def say(payload):
    channel = CollectingOutputChannel()
    await agent.handle_message(UserMessage(payload, channel, "scratch"))
    return channel.messages

async def talk():
    for payload in sys.argv[1:]:
        for message in await say(payload):
            print("SAID", " ".join((message.get("text") or "").split()))
    print("ALARM", (await agent.tracker_store.retrieve("scratch")).get_slot("alarm"))

asyncio.run(talk())
"""


@pytest.fixture
def copy(tmp_path):
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static", "tuned"))
        else:
            shutil.copy(source, tmp_path / name)
    shutil.copytree(ROOT / "data" / "stories", tmp_path / "data" / "stories")
    return tmp_path


def append(file, text):
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + text, encoding="utf-8")


def insert(file, before, text):
    whole = file.read_text(encoding="utf-8")
    assert before in whole
    file.write_text(whole.replace(before, text + before, 1), encoding="utf-8")


def run(copy, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(copy), "TQDM_DISABLE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_a_checklist_item_is_one_entry_and_its_rule(copy):
    append(
        copy / "content" / "checklist.yml",
        "  - id: new_shoes\n    kind: trigger\n    choices: yes_no_not_sure\n"
        '    question: "Do new shoes or splints press on the skin?"\n    help: "Look for red marks."\n'
        '    reason: "new shoes or splints"\n    topic: triggers\n    reviewed: {by: "", on: ""}\n',
    )
    triage = copy / "content" / "triage.yml"
    triage.write_text(
        triage.read_text(encoding="utf-8").replace("sedatives, kidney_disease]\nrules", "sedatives, kidney_disease, new_shoes]\nrules")
    )
    assert "17 checklist items" in run(copy, "-m", "bot", "check")
    items = run(
        copy, "-c", "from bot.rasa_compat.content_importer import project_domain as d; print(d().forms, [s.name for s in d().slots])"
    )
    assert items.count("new_shoes") == 2


def test_a_topic_is_one_entry(copy):
    append(
        copy / "content" / "answers.yml",
        '  - topic: many_causes\n    question: "Can many things make spasms worse?"\n'
        '    short:\n      - {say: "Yes, many things can.", claims: [net]}\n'
        '    follow_ups: [triggers, why_worse]\n    reviewed: {by: "", on: ""}\n',
    )
    assert "20 answers" in run(copy, "-m", "bot", "check")
    assert "SAID Yes, many things can." in run(copy, "-c", TALK, "/ask_many_causes")


def test_a_danger_sign_is_one_entry_and_its_words(copy):
    insert(
        copy / "content" / "triage.yml",
        "  other_life_threat:",
        '  blue_skin: {label: "skin that turns blue", finding: null, intent: danger_blue_skin}\n',
    )
    insert(
        copy / "bot" / "nlu" / "rules" / "targets.yml",
        "  other_life_threat:\n",
        '  blue_skin:\n    - "\\\\bgone the colour of slate\\\\b"\n',
    )
    run(copy, "-m", "bot", "check")
    by_rules = (
        "from bot.content import installed_content; from bot.nlu.alarm_by_rules import alarm_by_rules;"
        "print(dict(alarm_by_rules(installed_content(), 'her skin has gone the colour of slate').entities)['danger_reason'])"
    )
    assert "skin that turns blue" in run(copy, "-c", by_rules)
    said = run(copy, "-c", TALK, "/danger_blue_skin")
    assert "SAID Call" in said
    assert "ALARM emergency" in said

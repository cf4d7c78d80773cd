"""Curated answers."""

from __future__ import annotations

import pytest

from actions.curated_answers import ActionAnswer, ActionTellMore
from bot.content.models import INTERFACE_TOPICS


@pytest.mark.parametrize("topic", INTERFACE_TOPICS)
async def test_a_question_gets_its_topics_answer(described, topic):
    assert (await described.said("x", f"ask_{topic}").run(ActionAnswer())).responses == [f"utter_answer_{topic}"]


async def test_a_mentioned_danger_sign_adds_one_question(described):
    described.said("is a fit a symptom?", "ask_withdrawal_symptoms", ("mentioned_sign", "seizure"), ("mentioned_sign", "high_fever"))
    assert (await described.run(ActionAnswer())).responses == ["utter_answer_withdrawal_symptoms", "utter_happening_now"]


async def test_inside_the_checklist_nothing_is_asked_on_top(described):
    described.said("is a fit a symptom?", "ask_withdrawal_symptoms", ("mentioned_sign", "seizure")).asked("infection")
    assert (await described.run(ActionAnswer())).responses == ["utter_answer_withdrawal_symptoms"]


async def test_an_answer_changes_nothing(described):
    assert (await described.said("x", "ask_kidney").run(ActionAnswer())).events == []


async def test_more_is_told_where_there_is_more(described, content):
    topic = next(topic for topic, answer in content.answers.items() if answer.more)
    ran = await described.said("x", "tell_more", ("topic", topic)).run(ActionTellMore())
    assert ran.responses == [f"utter_more_{topic}"]


async def test_where_there_is_no_more_it_says_what_it_can_do(described, content):
    topic = next(topic for topic, answer in content.answers.items() if not answer.more)
    ran = await described.said("x", "tell_more", ("topic", topic)).run(ActionTellMore())
    assert ran.responses == ["utter_smalltalk_capabilities"]


@pytest.mark.parametrize("entities", [(), (("topic", "no_such_topic"),)])
async def test_more_about_nothing_says_what_it_can_do(described, entities):
    assert (await described.said("tell me more", "tell_more", *entities).run(ActionTellMore())).responses == [
        "utter_smalltalk_capabilities"
    ]

"""Every topic gets its curated answer, and what is not covered is declined."""

import pytest

from bot.content import Content
from tests.talk import Talk

QUESTIONS = {
    "mechanism": "how does baclofen actually work on the muscles?",
    "uses": "which conditions is baclofen prescribed for?",
    "routes": "what's the difference between the pills and the pump?",
    "why_worse": "why would my spasticity get worse while on baclofen?",
    "withdrawal_why": "what happens if I just stop taking it",
    "withdrawal_symptoms": "what are the symptoms of baclofen withdrawal?",
    "pump_risks": "what can go wrong with a baclofen pump?",
    "paradoxical_dose": "how can a higher dose make spasms worse?",
    "triggers": "can a bladder infection make spasticity worse?",
    "interactions": "is it ok to take opioids together with baclofen?",
    "kidney": "is baclofen risky for people with kidney disease?",
    "usual_vs_worsening": "how do I tell a normal side effect from a sign of worsening?",
    "timeline": "how quickly does withdrawal start after a missed dose?",
    "side_effects": "what are the common side effects of baclofen?",
    "treatment": "how do hospitals treat baclofen withdrawal?",
    "prevention": "how can I prevent withdrawal?",
    "missed_dose": "what should I do if I forget a dose?",
    "dose_change": "should I double my dose?",
    "more_information": "where can I read more about baclofen?",
}


@pytest.mark.parametrize("topic", QUESTIONS)
def test_a_question_gets_the_answer_of_its_topic(talk: Talk, content: Content, topic: str):
    turn = talk.say(QUESTIONS[topic])
    assert turn.topics[0] == topic
    assert turn.first["meta"]["claims"] == content.answers[topic].claim_ids
    assert turn.first["meta"]["level"] == "info"


@pytest.mark.parametrize("topic", QUESTIONS)
def test_a_follow_up_button_leads_to_its_answer(talk: Talk, content: Content, topic: str):
    turn = talk.payload(f"/ask_{topic}")
    follow_up = content.answers[topic].follow_ups[0]
    assert talk.press(content.answers[follow_up].question).topics[0] == follow_up
    assert turn.topics[0] == topic


def test_more_is_told_on_request(talk: Talk, content: Content):
    talk.payload("/ask_kidney")
    turn = talk.press("Tell me more")
    assert turn.first["text"] == " ".join(sentence.say for sentence in content.answers["kidney"].more)


def test_an_answer_about_a_dose_names_no_figure(talk: Talk):
    turn = talk.say("should I double my dose?")
    assert not any(char.isdigit() for char in turn.first["text"])


def test_a_mentioned_sign_brings_the_question_if_it_is_happening_now(talk: Talk):
    turn = talk.say("is fever a sign of withdrawal?")
    assert turn.topics[0] == "withdrawal_symptoms"
    assert turn.last["text"].startswith("Is this happening now")


@pytest.mark.parametrize("answer", ["yes", "yes he is"])
def test_yes_to_is_this_happening_now_is_an_emergency(talk: Talk, answer: str):
    talk.say("is fever a sign of withdrawal?")
    assert talk.say(answer).first["meta"]["kind"] == "emergency"


def test_no_to_is_this_happening_now_goes_on_calmly(talk: Talk):
    talk.say("is fever a sign of withdrawal?")
    assert talk.say("no").level == "info"


@pytest.mark.parametrize("text", ["what's the weather like tomorrow", "write me a python script", "who won the football"])
def test_far_questions_are_declined(talk: Talk, text: str):
    turn = talk.say(text)
    assert turn.topics == ["out_of_scope"]
    assert turn.level == "none"


@pytest.mark.parametrize(
    "text", ["can my dog take baclofen?", "can I drive on baclofen?", "how much does baclofen cost", "is baclofen ok in pregnancy"]
)
def test_near_questions_are_declined_and_not_bent(talk: Talk, text: str):
    turn = talk.say(text)
    assert turn.topics == ["out_of_scope"]
    assert "pharmacist or prescriber" in turn.text


@pytest.mark.parametrize("text", ["can I talk to a real person", "I want to speak to a nurse"])
def test_a_person_is_reached_through_the_clinic(talk: Talk, text: str):
    assert talk.say(text).topics == ["handoff"]


@pytest.mark.parametrize("text", ["hello", "thank you so much", "bye", "are you a robot?", "what can you do?"])
def test_small_talk_is_small_talk(talk: Talk, text: str):
    turn = talk.say(text)
    assert turn.first["meta"]["kind"] == "smalltalk"
    assert turn.level == "none"

"""Two messages of one person at the same instant, one at each replica: both are answered, one after the other."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

ROUNDS = 12
MESSAGES = ("how does baclofen work?", "what's the weather like", "i forgot my tablet this morning, feel fine")


def both_at_once(cluster, talk, *texts):
    """Sends one message to each replica at the same instant; returns the replies by message id."""
    same_instant = Barrier(2)

    def send(number):
        person, name = cluster.same_talk(talk, number), uuid.uuid4().hex
        same_instant.wait()
        return name, person.post(id=name, text=texts[number]).json()["messages"]

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(send, (0, 1)))


def many_at_once(cluster, talk):
    replies = {}
    for turn in range(ROUNDS):
        replies |= both_at_once(cluster, talk, MESSAGES[turn % len(MESSAGES)], MESSAGES[(turn + 1) % len(MESSAGES)])
    return replies


def test_both_are_stored_whole_and_in_one_order(cluster):
    talk = cluster.talk()
    replies = many_at_once(cluster, talk)
    turns, stored = [], {}
    for event in cluster.rows(talk):
        if event["event"] == "user":
            turns.append(event["message_id"])
            stored[event["message_id"]] = []
        elif event["event"] == "bot":
            stored[turns[-1]].append(event["text"])
    assert sorted(turns) == sorted(replies), "a message is missing or was handled twice"
    for name, reply in replies.items():
        shown = "\n".join(message["text"] for message in reply)
        assert all(text in shown for text in stored[name]), "the turns of two messages were mixed"
        assert stored[name]


def test_each_reply_stands_in_the_history_behind_its_message(cluster):
    talk = cluster.talk()
    replies = many_at_once(cluster, talk)
    shown, name = {}, ""
    for message in talk.history()[1:]:
        if message["from"] == "user":
            name = message["id"]
            shown[name] = []
        else:
            shown[name].append((message["id"], message["text"]))
    assert shown == {name: [(message["id"], message["text"]) for message in reply] for name, reply in replies.items()}


def test_two_typed_answers_answer_two_questions(cluster):
    for _ in range(ROUNDS // 3):
        talk = cluster.talk()
        first = talk.start_checklist(until="rebound_spasticity").last["meta"]["step"]["n"]
        replies = both_at_once(cluster, talk, "no", "no")
        assert sorted(reply[-1]["meta"]["step"]["n"] for reply in replies.values()) == [first + 1, first + 2]

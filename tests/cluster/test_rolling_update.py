"""A new model takes the place of the old one, replica by replica, while people talk."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from bot.serving.training import train_if_needed
from bot.settings import CONTENT_DIR

NEW_CLINIC = CONTENT_DIR / "clinic-samples" / "uk-clinic.yml"
FIRST_STOP, SECOND_STOP = "high_fever", "seizure"
SECONDS_TO_REPLY = 8


def model_of(replica):
    return httpx.get(f"{replica.url}/health").json()["model"]


@pytest.fixture(scope="module")
def new_model():
    """A model with a clinic's own details; its file lies ready, as a deployment's image holds it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ASSISTANT_CLINIC_FILE", str(NEW_CLINIC))
        return train_if_needed(lambda line: None)


class Bystander:
    """Somebody who talks all the time; `slowest` and `replies` say how that went."""

    def __init__(self, talk):
        self._talk = talk
        self._stop = Event()
        self.replies, self.slowest = [], 0.0

    def talk_on(self):
        while not self._stop.is_set():
            began = time.monotonic()
            response = self._talk.post(text="how does baclofen work?")
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.replies.append((response.status_code, response.json().get("messages", [{}])[0].get("meta", {}).get("topic")))
            time.sleep(0.05)

    def stop(self):
        self._stop.set()


def test_a_talk_keeps_its_place_and_nobody_goes_without_an_answer(cluster, new_model):
    talk, bystander = cluster.talk(), Bystander(cluster.talk())
    old = model_of(cluster.replicas[0])
    with ThreadPoolExecutor(1) as pool:
        pool.submit(bystander.talk_on)
        try:
            talk.start_checklist(until=FIRST_STOP, rebound_spasticity="not_sure")
            cluster.replace(0, ASSISTANT_CLINIC_FILE=str(NEW_CLINIC))
            assert model_of(cluster.replicas[0]) != old == model_of(cluster.replicas[1])
            assert talk.turn.item == FIRST_STOP
            talk.answer_rest(until=SECOND_STOP)
            cluster.replace(1, ASSISTANT_CLINIC_FILE=str(NEW_CLINIC))
            assert model_of(cluster.replicas[1]) == model_of(cluster.replicas[0])
            assert talk.turn.item == SECOND_STOP
            outcome = talk.answer_rest()
        finally:
            bystander.stop()
    assert outcome.level == "urgent"  # from the first answer, under the old model
    assert set(bystander.replies) == {(200, "mechanism")}
    assert bystander.slowest < SECONDS_TO_REPLY

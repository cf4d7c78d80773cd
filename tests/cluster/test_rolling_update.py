"""A new release with other details of the clinic takes the place of the old one, replica by replica, while people talk."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from bot.settings import CONTENT_DIR

NEW_CLINIC = CONTENT_DIR / "clinic-samples" / "uk-clinic.yml"
FIRST_STOP, SECOND_STOP = "high_fever", "seizure"
SECONDS_TO_REPLY = 8


def clinic_of(replica):
    return httpx.post(f"{replica.url}/session", json={}).json()["clinic"]["name"]


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


def test_a_talk_keeps_its_place_and_nobody_goes_without_an_answer(cluster):
    talk, bystander = cluster.talk(), Bystander(cluster.talk())
    old = clinic_of(cluster.replicas[0])
    with ThreadPoolExecutor(1) as pool:
        pool.submit(bystander.talk_on)
        try:
            talk.start_checklist(until=FIRST_STOP, rebound_spasticity="not_sure")
            cluster.replace(0, ASSISTANT_CLINIC_FILE=str(NEW_CLINIC))
            assert clinic_of(cluster.replicas[0]) != old == clinic_of(cluster.replicas[1])
            assert talk.turn.item == FIRST_STOP
            talk.answer_rest(until=SECOND_STOP)
            cluster.replace(1, ASSISTANT_CLINIC_FILE=str(NEW_CLINIC))
            assert clinic_of(cluster.replicas[1]) == clinic_of(cluster.replicas[0])
            assert talk.turn.item == SECOND_STOP
            outcome = talk.answer_rest()
        finally:
            bystander.stop()
    assert outcome.level == "urgent"  # from the first answer, under the old release
    assert set(bystander.replies) == {(200, "mechanism")}
    assert bystander.slowest < SECONDS_TO_REPLY

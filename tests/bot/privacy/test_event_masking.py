"""What people typed is masked in Rasa's events before they are stored."""

from __future__ import annotations

import json

from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from bot.privacy import event_masking
from bot.privacy.event_masking import WITHHELD, mask_events

TYPED = "this is Karen, ring 07700 900123 or karen@example.com, temp 39.4"


def said(text, **more):
    entities = [{"entity": "temperature", "value": "39.4", "start": 58, "end": 62}, {"entity": "note", "value": "Karen"}]
    parsed = {"text": text, "intent": {"name": "report", "confidence": 0.9}, "entities": entities}
    return UserUttered(text, parsed["intent"], entities, parsed, message_id="12345678", **more)


def kept(event):
    return json.dumps(event.as_dict())


def test_nothing_personal_is_left_in_a_message():
    event = said(TYPED)
    mask_events([event])
    assert "Karen" not in kept(event)
    assert "karen" not in kept(event)
    assert "900123" not in kept(event)


def test_figures_intent_and_id_stay():
    event = said(TYPED)
    mask_events([event])
    assert event.text == "this is [name], ring [phone] or [email], temp 39.4"
    assert event.parse_data["text"] == event.text
    assert event.intent_name == "report"
    assert event.message_id == "12345678"
    assert {"entity": "temperature", "value": "39.4"} in event.entities


def test_a_message_without_personal_details_keeps_its_positions():
    event = said("temp 39.4 since noon")
    mask_events([event])
    assert event.entities[0]["start"] == 58


def test_a_button_is_left_alone():
    event = said('/answer{"note": "Karen"}')
    mask_events([event])
    assert event.text == '/answer{"note": "Karen"}'


def test_the_assistants_own_texts_keep_their_numbers():
    event = BotUttered("Call Samaritans on 116 123 or the clinic on 020 7946 0958")
    mask_events([event, ActionExecuted("action_listen")])
    assert event.text.endswith("020 7946 0958")


def test_a_masked_message_is_not_looked_at_again(monkeypatch):
    event = said(TYPED)
    mask_events([event])
    monkeypatch.setattr(event_masking, "mask", lambda text: "looked at again")
    mask_events([event])
    assert event.text.startswith("this is [name]")


def test_what_cannot_be_masked_is_not_stored(monkeypatch, caplog):
    def breaks(text):
        raise RuntimeError(text)

    monkeypatch.setattr(event_masking, "mask", breaks)
    event = said(TYPED)
    mask_events([event])
    assert event.text == WITHHELD
    assert "Karen" not in kept(event)
    assert "Karen" not in caplog.text

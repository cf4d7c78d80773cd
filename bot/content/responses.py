"""Turns content into Rasa's response format: one place where texts, buttons and `meta` come together.

Placeholders of the clinic are filled here, at training time; `{danger_reason}` and `{reason}` stay for the talk to fill.
"""

from __future__ import annotations

import json
from typing import Any

from bot.content import response_names
from bot.content.models import Answer, Card, ChecklistItem, Clinic, Content, Sentence
from bot.content.response_names import utter

Response = dict[str, Any]
Responses = dict[str, list[Response]]
DANGER_SCREEN = "danger_screen"
SLOT_PLACEHOLDERS = {"danger_reason": "{danger_reason}", "reason": "{reason}"}


def clinic_values(clinic: Clinic) -> dict[str, str]:
    """The clinic's placeholders and what they stand for."""
    clinic_line = clinic.clinic_line.spoken or "use the number on your clinic's letter"
    values = {
        "emergency_number": clinic.emergency.say,
        "emergency_calls": ", ".join(call.tel for call in clinic.emergency.calls),
        "crisis_line": clinic.crisis.say,
        "clinic_name": clinic.name,
        "clinic_line": clinic_line,
        "pump_line": clinic.pump_line.spoken or clinic_line,
        "retention_days": str(clinic.retention_days),
    }
    values["privacy"] = clinic.privacy.replace("{retention_days}", values["retention_days"])
    return values


def fill(text: str, clinic: Clinic) -> str:
    """Replaces the clinic's placeholders in a text and leaves the conversation's own."""
    for name, value in clinic_values(clinic).items():
        text = text.replace(f"{{{name}}}", value)
    return text


def calls(clinic: Clinic, kind: str) -> list[dict[str, str]]:
    """Call actions of `meta`: emergency, crisis (with emergency after it) or clinic."""
    groups = {"emergency": clinic.emergency.calls, "crisis": [*clinic.crisis.calls, *clinic.emergency.calls]}
    if kind in groups:
        return [{"kind": "call", "label": call.label, "tel": call.tel} for call in groups[kind]]
    lines = (("Call the clinic", clinic.clinic_line), ("Call the pump line", clinic.pump_line))
    return [{"kind": "call", "label": f"{label}: {line.say}", "tel": line.tel} for label, line in lines if line.tel]


def payload(intent: str, **entities: str) -> str:
    """What a button sends: an intent with entities."""
    return f"/{intent}" + (json.dumps(entities) if entities else "")


def template_payload(intent: str, **entities: str) -> str:
    """A button payload for a response: braces are doubled because Rasa reads single ones there as slots."""
    return payload(intent, **entities).replace("{", "{{").replace("}", "}}")


def _buttons(content: Content, names: list[str]) -> list[dict[str, str]]:
    return [{"title": content.buttons[name].title, "payload": content.buttons[name].payload} for name in names]


def _spoken(sentences: list[Sentence], clinic: Clinic) -> str:
    return " ".join(fill(sentence.say, clinic) for sentence in sentences)


def answer_response(content: Content, answer: Answer) -> Response:
    """The short answer with its follow-up questions as buttons."""
    buttons = [{"title": content.answers[topic].question, "payload": f"/ask_{topic}"} for topic in answer.follow_ups]
    if answer.more:
        buttons.insert(0, {"title": "Tell me more", "payload": template_payload("tell_more", topic=answer.topic)})
    meta = {"kind": "answer", "level": "info", "topic": answer.topic, "claims": answer.claim_ids}
    return {"text": _spoken(answer.short, content.clinic), "buttons": buttons, "custom": meta}


def more_response(content: Content, answer: Answer) -> Response:
    """The longer part of an answer."""
    claims = [claim for sentence in answer.more for claim in sentence.claims if claim in content.claims]
    meta = {"kind": "answer", "level": "info", "topic": answer.topic, "claims": list(dict.fromkeys(claims))}
    return {"text": _spoken(answer.more, content.clinic), "custom": meta}


def card_response(content: Content, level: str, kind: str, card: Card) -> Response:
    """An advice card as one message, a line per part, with what can be called."""
    meta: dict[str, Any] = {"kind": kind, "level": "emergency" if level == "crisis" else level}
    call_kind = level if level in ("emergency", "crisis") else "clinic"
    meta["actions"] = calls(content.clinic, call_kind)
    if level == "crisis":
        meta["topic"] = "crisis"
    else:
        meta["parts"] = card.part_names
    names = {"emergency": ["help_coming", "cannot_call"], "crisis": [], "urgent": ["check", "human"], "soon": ["check", "human"]}
    text = fill("\n".join(card.parts), content.clinic)
    buttons = _buttons(content, names.get(level, ["check", "ask"]))
    if level == "emergency":
        buttons.append({"title": "Summary for the emergency team", "payload": "/show_summary"})
        buttons.extend(_buttons(content, ["start_over_now"]))
    return {"text": text, "buttons": buttons, "custom": meta}


def choice_payload(content: Content, item: ChecklistItem, value: str) -> str:
    """What a choice of a checklist question sends; yes to a danger sign goes straight to the emergency."""
    if item.kind == "danger_sign" and value == "yes":
        return template_payload("danger_confirmed", **{item.id: "yes", "danger_reason": item.reason})
    return template_payload("answer_checklist", **{item.id: value})


def question_response(content: Content, item: ChecklistItem) -> Response:
    """A checklist question with its choices. The place in the list is added when it is asked."""
    buttons = [{"title": c.title, "payload": choice_payload(content, item, c.value)} for c in content.choices_of(item.id)]
    buttons.append({"title": "What does this mean?", "payload": "/explain_question"})
    buttons.extend(_buttons(content, ["back", "stop"]))
    meta = {"kind": "question", "level": "none", "topic": "checklist", "step": {"item": item.id}}
    return {"text": fill(item.question, content.clinic), "buttons": buttons, "custom": meta}


def _sign_buttons(content: Content) -> list[dict[str, str]]:
    """One button for each danger sign of the checklist; each leads straight to the emergency."""
    signs = [item for item in content.items.values() if item.kind == "danger_sign"]
    return [{"title": f"{sign.reason[0].upper()}{sign.reason[1:]}", "payload": choice_payload(content, sign, "yes")} for sign in signs]


def message_responses(content: Content) -> Responses:
    """The fixed short texts."""
    found: Responses = {}
    for name, message in content.messages.items():
        meta: dict[str, Any] = {"kind": message.kind, "level": message.level}
        topic = message.topic or ("smalltalk" if message.kind == "smalltalk" else None)
        if topic:
            meta["topic"] = topic
        if message.call or message.kind in ("emergency", "crisis"):
            meta["actions"] = calls(content.clinic, message.call or message.kind)
        if message.ask:
            meta["ask"] = message.ask
        response: Response = {"text": fill(message.text, content.clinic), "custom": meta}
        buttons = [*(_sign_buttons(content) if message.ask == DANGER_SCREEN else []), *_buttons(content, message.buttons)]
        if buttons:
            response["buttons"] = buttons
        found[utter(name)] = [response]
    return found


def language_responses(content: Content) -> list[Response]:
    """The fixed texts for other languages as variations by the slot `language`; English comes last, for any other one."""
    base = message_responses(content)[response_names.NON_ENGLISH][0]
    meta = {**base["custom"], "topic": "out_of_scope", "actions": calls(content.clinic, "emergency")}
    found: list[Response] = [
        {
            "condition": [{"type": "slot", "name": "language", "value": language}],
            "text": f"{fill(text, content.clinic)}\n{base['text']}",
            "custom": {**meta, "language": language},
        }
        for language, text in content.languages.items()
    ]
    return [*found, {"text": base["text"], "custom": meta}]


def build_responses(content: Content) -> Responses:
    """All responses of the domain, by Rasa's names."""
    found = message_responses(content)
    found["utter_default"] = found[response_names.OUTAGE]  # Rasa's own fallback
    found[response_names.NON_ENGLISH] = language_responses(content)
    for topic, answer in content.answers.items():
        found[response_names.answer(topic)] = [answer_response(content, answer)]
        if answer.more:
            found[response_names.more(topic)] = [more_response(content, answer)]
    for item in content.items.values():
        found[response_names.question(item.id)] = [question_response(content, item)]
        help_meta = {"kind": "answer", "level": "none", "topic": "checklist"}
        found[response_names.help_with(item.id)] = [{"text": fill(item.help, content.clinic), "custom": help_meta}]
    for level, card in content.cards.items():
        if level in ("emergency", "crisis"):
            found[utter(level)] = [card_response(content, level, level, card)]
        if level != "crisis":
            outcome = card_response(content, level, "emergency" if level == "emergency" else "outcome", card)
            outcome["custom"]["topic"] = "{topic}"
            found[response_names.outcome(level)] = [outcome]
    return found

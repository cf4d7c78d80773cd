"""The first message and what a session tells."""

from tests.talk import Talk


def test_the_first_message_gives_the_notice_and_three_buttons(talk: Talk):
    greeting = talk.opening["messages"][0]
    assert greeting["meta"]["kind"] == "notice"
    for part in ("automated", "not a clinician", "nobody watches", "911", "30 days"):
        assert part in greeting["text"]
    assert len(greeting["buttons"]) == 3


def test_the_session_tells_the_public_details_of_the_clinic(talk: Talk):
    assert talk.opening["clinic"]["emergency"]["calls"][0] == {"label": "Call 911 (US, Canada)", "tel": "911"}
    assert talk.opening["expires_in"] == 72 * 3600


def test_another_language_gets_its_fixed_text_with_the_numbers(talk: Talk):
    turn = talk.say("Hola, ¿dónde puedo encontrar información sobre el medicamento para mi hermano?")
    assert turn.first["text"].startswith("Solo entiendo inglés")
    assert "112" in turn.first["text"]

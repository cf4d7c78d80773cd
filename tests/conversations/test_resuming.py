"""A talk survives the end of the process; a day later it starts fresh."""

import json
import sqlite3

from tests.assistant_process import AssistantProcess
from tests.talk import Talk

A_DAY = 86_400


def test_a_killed_process_goes_on_in_the_middle_of_the_checklist(own_assistant: AssistantProcess):
    talk = Talk(own_assistant.url)
    talk.start_checklist(until="high_fever", rebound_spasticity="somewhat")
    own_assistant.kill()
    own_assistant.start()
    resumed = Talk(own_assistant.url, talk.token)
    turn = resumed.say("no")
    assert turn.item == "altered_mental_state"
    assert resumed.answer_rest().first["meta"]["level"] == "soon"
    _a_day_later(own_assistant)
    late = Talk(own_assistant.url, talk.token)
    assert late.say("no").item is None
    assert late.start_checklist().first["meta"]["level"] == "info"


def _a_day_later(assistant: AssistantProcess) -> None:
    """Moves everything that was said a day into the past."""
    with sqlite3.connect(assistant.state_dir / "conversations.db") as database:
        rows = database.execute("SELECT id, data FROM events").fetchall()
        database.execute("UPDATE events SET timestamp = timestamp - ?", (A_DAY,))
        for row_id, data in rows:
            event = json.loads(data)
            event["timestamp"] -= A_DAY
            database.execute("UPDATE events SET data = ? WHERE id = ?", (json.dumps(event), row_id))

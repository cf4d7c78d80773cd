"""Custom actions run whether or not the action server does."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from rasa.core.actions.action import ActionExecutionRejection
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.interfaces import ActionExecutionRejection as Rejection

from bot.rasa_compat.action_failover import FailoverActionEndpoint, with_local_fallback
from bot.rasa_compat.in_process_actions import ActionFailure, InProcessActionEndpoint
from tests.services import free_port

TRACKER = {"sender_id": "x", "slots": {}, "latest_message": {}, "events": [], "paused": False, "active_loop": {}}
CALL = {"next_action": "action_start_over", "sender_id": "x", "tracker": TRACKER, "domain": {}}


@pytest.fixture
def down():
    return FailoverActionEndpoint(EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook"))


async def test_without_a_server_the_action_runs_here(down, caplog):
    result = await down.request(json=CALL)
    assert [response["response"] for response in result["responses"]] == ["utter_started_over"]
    assert "action server failed with" in caplog.text


async def test_a_server_that_is_down_is_not_asked_for_every_action(down, monkeypatch):
    asked = []
    original = down._server.request

    async def count(*arguments, **more):
        asked.append(1)
        return await original(*arguments, **more)

    monkeypatch.setattr(down._server, "request", count)
    for _ in range(5):
        await down.request(json=CALL)
    assert len(asked) == 1


async def test_a_refusal_of_the_server_is_an_answer(down, monkeypatch):
    async def refuse(*arguments, **more):
        raise ClientResponseError(400, "Bad Request", "{}")

    monkeypatch.setattr(down._server, "request", refuse)
    with pytest.raises(ClientResponseError):
        await down.request(json=CALL)


async def test_an_action_that_fails_here_too_fails_the_turn(down):
    with pytest.raises(ActionFailure):
        await down.request(json={**CALL, "next_action": "action_nobody_wrote"})


async def test_an_action_may_refuse_here_too(monkeypatch):
    local = InProcessActionEndpoint()

    async def refuse(call):
        raise Rejection("action_start_over")

    monkeypatch.setattr(local.executor, "run", refuse)
    with pytest.raises(ActionExecutionRejection):
        await local.request(json=CALL)


def test_without_an_address_actions_run_here():
    assert isinstance(with_local_fallback(None), InProcessActionEndpoint)


def test_an_endpoint_with_a_fallback_stays_as_it_is(down):
    assert with_local_fallback(down) is down


@pytest.fixture
def answering(request):
    """A real server that answers every call with the same body."""
    body = request.param

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Writes nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield FailoverActionEndpoint(EndpointConfig(f"http://127.0.0.1:{server.server_port}/webhook"))
    server.shutdown()
    server.server_close()


MALFORMED = [
    b"null",
    b"[]",
    b'"error"',
    b'{"events": {}}',
    b'{"events": [], "responses": ["text"]}',
    b'{"events": [{"event": "no such event"}], "responses": []}',
    b'{"events": [{"event": "slot"}], "responses": []}',
]


@pytest.mark.parametrize("answering", MALFORMED, indirect=True)
async def test_what_is_no_result_of_an_action_is_not_believed(answering, caplog):
    result = await answering.request(json=CALL)
    assert [response["response"] for response in result["responses"]] == ["utter_started_over"]
    assert "action server failed with MalformedResultError" in caplog.text


@pytest.mark.parametrize("answering", [b'{"events": [], "responses": [{"text": "hello"}]}'], indirect=True)
async def test_a_sound_result_of_the_server_is_used(answering):
    assert (await answering.request(json=CALL))["responses"] == [{"text": "hello"}]

"""The description at /chat/openapi.json, tried against a real assistant with requests that schemathesis makes up."""

from __future__ import annotations

import json

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.settings import ROOT
from tests.talk import Talk

FILE = ROOT / "bot" / "channels" / "web" / "openapi.json"
DESCRIPTION = json.loads(FILE.read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
CONFORMS = [status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
OPEN_TO_ALL = {"/session", "/health", "/metrics", "/openapi.json"}
ENDLESS = HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture


def call(case, assistant, token: str | None):
    headers = {"Authorization": f"Bearer {token}"} if token else {"Authorization": "Bearer a.b.c"}
    return case.call(base_url=assistant.url, headers=headers, timeout=20)


@SCHEMA.parametrize()
@settings(max_examples=40, suppress_health_check=ENDLESS)
def test_every_answer_is_as_described(case, assistant):
    is_ending = case.operation.path == "/end"
    token = Talk(assistant.url).token if is_ending else shared_token(assistant)
    case.validate_response(call(case, assistant, token), checks=CONFORMS)


@SCHEMA.parametrize()
@settings(max_examples=10, suppress_health_check=ENDLESS)
def test_every_answer_to_a_stranger_is_as_described(case, assistant):
    response = call(case, assistant, None)
    case.validate_response(response, checks=CONFORMS)
    assert response.status_code >= 400 or case.operation.path in OPEN_TO_ALL or case.method == "OPTIONS"


_TOKENS: dict[str, str] = {}


def shared_token(assistant) -> str:
    """One conversation for all cases: opening one for each would take most of the time."""
    return _TOKENS.setdefault(assistant.url, Talk(assistant.url).token)


def test_the_server_serves_the_file(assistant):
    response = httpx.get(f"{assistant.url}/openapi.json")
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == DESCRIPTION


@pytest.mark.parametrize("path", sorted(DESCRIPTION["paths"]))
def test_every_path_is_in_the_guide(path):
    assert f"/chat{path}`" in (ROOT / "docs" / "interface.md").read_text(encoding="utf-8").replace("`, ", "` ")


@pytest.mark.parametrize(("path", "method"), [(path, method) for path, item in DESCRIPTION["paths"].items() for method in item])
def test_every_operation_says_what_it_is_for(path, method):
    operation = DESCRIPTION["paths"][path][method]
    assert operation["summary"]
    assert operation["operationId"]

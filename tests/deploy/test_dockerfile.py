"""The image: linted, and made of files that are there."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch

import pytest

from bot.rasa_compat.model_fingerprint import INPUTS
from bot.settings import ROOT
from tests.deploy.tools import DEPLOY, checker, run

DOCKERFILE = DEPLOY / "Dockerfile"


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    joined = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) if not line.startswith(" ") else ("", line) for line in lines]


def stage(instructions: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    starts = [i for i, (word, rest) in enumerate(instructions) if word == "FROM"]
    start = next(i for i in starts if instructions[i][1].endswith(f"AS {name}"))
    end = next((i for i in starts if i > start), len(instructions))
    return instructions[start:end]


def copied(instructions: list[tuple[str, str]]) -> list[str]:
    return [path for word, rest in instructions if word == "COPY" and "--from" not in rest for path in rest.split()[:-1]]


def test_hadolint_has_nothing_to_say():
    result = run(checker("hadolint"), str(DOCKERFILE))
    assert result.returncode == 0, result.stdout + result.stderr


def test_everything_that_is_copied_is_there_and_reaches_the_builder(instructions):
    allowed = [line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")]
    for path in copied(instructions):
        assert (ROOT / path).exists(), path
        assert any(fnmatch(path, pattern) for pattern in allowed), f"{path} is held back by Dockerfile.dockerignore"


def test_everything_that_a_model_depends_on_is_in_both_stages(instructions):
    build = set(copied(stage(instructions, "build")))
    runtime = " ".join(rest for word, rest in stage(instructions, "runtime") if word == "COPY")
    for name in {name.partition("/")[0] for name in INPUTS}:
        assert name in build, f"{name} is not in the build stage: another model would fit"
        assert f"/app/{name} " in runtime, f"{name} is not in the runtime stage: no model would fit"


def test_nothing_but_what_is_named_reaches_the_builder():
    first = next(line for line in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert first == "*"


def test_it_runs_as_a_user_without_rights(instructions):
    users = [rest for word, rest in stage(instructions, "runtime") if word == "USER"]
    assert users == ["10001:10001"]


def test_the_health_check_asks_the_readiness_address(instructions):
    health = next(rest for word, rest in instructions if word == "HEALTHCHECK")
    command = json.loads(health[health.index("[") :])
    assert any("/chat/health" in part for part in command)


def test_the_model_is_checked_at_the_build_and_at_the_start(instructions):
    assert any(word == "RUN" and "-m bot train" in rest and "-m bot model" in rest for word, rest in stage(instructions, "build"))
    assert [json.loads(rest) for word, rest in instructions if word == "CMD"] == [["run", "--trained"]]


def test_base_images_have_a_version(instructions):
    image = next(rest for word, rest in instructions if word == "ARG" and rest.startswith("PYTHON_IMAGE="))
    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.10[\w.-]+", image)

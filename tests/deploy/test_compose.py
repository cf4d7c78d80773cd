"""The compose file: valid, hardened, and in step with the program's settings."""

from __future__ import annotations

import os
import re
import stat
from typing import Any

import pytest
import yaml

from bot.settings import ROOT
from tests.deploy.tools import DEPLOY, checker, documents, known_variables, proxy_variables, run

FILES = [DEPLOY / "compose.yml", DEPLOY / "compose.tls.yml"]
OWN = ("assistant", "actions")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return documents(DEPLOY / "compose.yml")[0]


@pytest.fixture(scope="module")
def services(compose) -> dict[str, Any]:
    return compose["services"]


def test_the_files_fit_the_published_schema():
    result = run(checker("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", *map(str, FILES))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_schema_check_can_fail(tmp_path):
    wrong = tmp_path / "compose.yml"
    wrong.write_text((DEPLOY / "compose.yml").read_text(encoding="utf-8").replace("cap_drop: [ALL]", "cap_drop: ALL"), encoding="utf-8")
    assert run(checker("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(wrong)).returncode == 1


def test_every_part_of_the_topology_is_there(services):
    assert set(services) == {"proxy", "assistant", "actions", "database", "locks", "events"}
    for name in OWN:
        assert re.fullmatch(r"\$\{\w+:-2\}", services[name]["deploy"]["replicas"])


def test_every_container_is_hardened(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["user"] not in ("root", "0"), name


def test_every_container_has_limits_and_a_health_check(services):
    for name, service in services.items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        if name != "assistant":
            assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
    assert "healthcheck" not in services["assistant"], "the image's own check holds"


def test_every_image_has_a_version(services):
    for name, service in services.items():
        assert re.search(r":(?!latest)[\w.-]+\}?$", service["image"]), name


def test_every_variable_is_one_that_is_read(services):
    for name in OWN:
        unknown = set(services[name].get("environment", {})) - known_variables()
        assert not unknown, f"{name}: nothing reads {unknown}"
    for file in FILES:
        unknown = set(documents(file)[0]["services"]["proxy"]["environment"]) - proxy_variables()
        assert not unknown, f"the proxy reads no {unknown}"


def test_no_secret_stands_in_the_file(services):
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|_URL|_KEY", variable) and variable != "ASSISTANT_ACTIONS_URL":
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.startswith("/run/secrets/"), f"{name}: {variable}"


def test_every_secret_is_declared_and_is_made_by_the_script(compose, tmp_path):
    made = run(str(DEPLOY / "make-secrets"), str(tmp_path / "secrets"))
    assert made.returncode == 0, made.stderr
    for name, secret in compose["secrets"].items():
        assert secret["file"] == f"./secrets/{name}"
        assert (tmp_path / "secrets" / name).stat().st_size > 20
    for name, service in compose["services"].items():
        granted = [entry if isinstance(entry, str) else entry["source"] for entry in service.get("secrets", [])]
        assert set(granted) <= set(compose["secrets"])
        for value in service.get("environment", {}).values():
            if str(value).startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in granted, f"{name}: {value}"


def test_secrets_are_closed_to_others_and_stay_as_they_are(tmp_path):
    folder = tmp_path / "secrets"
    run(str(DEPLOY / "make-secrets"), str(folder))
    before = {file.name: file.read_text() for file in folder.iterdir()}
    run(str(DEPLOY / "make-secrets"), str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {file.name: file.read_text() for file in folder.iterdir()} == before
    assert before["database_password"].strip() in before["database_url"]


def test_the_folder_of_secrets_is_no_part_of_the_repository():
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git folder")
    assert run("git", "check-ignore", "-q", "deploy/secrets/token_secret", cwd=ROOT).returncode == 0


def test_the_program_takes_these_settings(services, tmp_path):
    secrets = tmp_path / "secrets"
    run(str(DEPLOY / "make-secrets"), str(secrets))
    given = {name: str(value).replace("/run/secrets", str(secrets)) for name, value in services["assistant"]["environment"].items()}
    given = {name: "" if value.startswith("${") else value for name, value in given.items()}
    code = "from bot.settings import read_settings as r; s = r()"
    code += "; print(s.database_url, s.lock_url, s.events_url, s.trusted_proxies, s.actions_url)"
    result = run(str(ROOT / ".venv/bin/python"), "-c", code, cwd=ROOT, env={**os.environ, **given})
    assert result.returncode == 0, result.stderr
    database, locks, events, proxies, actions = result.stdout.split()
    assert ["@database:5432" in database, "@locks:6379" in locks, "@events:5672" in events] == [True] * 3
    assert (proxies, actions) == ("1", "http://actions:5055/webhook")


def test_ports_match(services):
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for name in OWN:
        assert re.search(rf"^EXPOSE .*\b{services[name]['expose'][0]}\b", image, re.MULTILINE), name
    assert services["proxy"]["environment"]["ASSISTANT_REPLICAS"] == f"assistant:{services['assistant']['expose'][0]}"
    assert services["proxy"]["ports"][0].endswith(":" + services["proxy"]["environment"]["PROXY_PORT"])


def test_only_the_proxy_is_reached_from_outside(compose, services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert [name for name, network in compose["networks"].items() if not network.get("internal")] == ["outside"]
    assert "data" not in services["proxy"]["networks"]
    assert services["actions"]["networks"] == ["actions"]


def test_the_tls_file_only_adds_to_the_proxy():
    added = yaml.safe_load((DEPLOY / "compose.tls.yml").read_text(encoding="utf-8"))
    assert set(added["services"]) == {"proxy"}

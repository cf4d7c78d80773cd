"""The Kubernetes objects as kustomize builds them: valid, closed, and in step with the program."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.tools import DEPLOY, checker, documents, known_variables, program, proxy_variables, run

OVERLAYS = ("one-clinic", "large", "trying-out")
OLDEST, NEWEST = "1.30.0", "1.37.0"
OWN = ("assistant", "actions", "proxy")
Objects = list[dict[str, Any]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deploy/ with fresh secrets, so that the tests leave none behind and find none."""
    folder = tmp_path_factory.mktemp("kubernetes") / "deploy"
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets"))
    made = run(str(folder / "make-secrets"), str(folder / "kubernetes/overlays/trying-out/secrets"))
    assert made.returncode == 0, made.stderr
    return folder / "kubernetes"


@pytest.fixture(scope="module")
def built(copy) -> dict[str, str]:
    results = {name: run(program("kubectl"), "kustomize", str(copy / "overlays" / name)) for name in OVERLAYS}
    assert all(result.returncode == 0 for result in results.values()), [result.stderr for result in results.values()]
    return {name: result.stdout for name, result in results.items()}


@pytest.fixture(scope="module", params=OVERLAYS)
def objects(built, request) -> Objects:
    return list(yaml.safe_load_all(built[request.param]))


def of_kind(objects: Objects, kind: str) -> dict[str, dict[str, Any]]:
    return {found["metadata"]["name"]: found for found in objects if found["kind"] == kind}


def workloads(objects: Objects) -> dict[str, dict[str, Any]]:
    return {**of_kind(objects, "Deployment"), **of_kind(objects, "StatefulSet")}


def pods(objects: Objects) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, pod specification and container of every container."""
    for name, workload in workloads(objects).items():
        pod = workload["spec"]["template"]["spec"]
        for container in pod["containers"]:
            yield name, pod, container


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_object_fits_kubernetes_own_schemas(built, version, tmp_path):
    files = [tmp_path / f"{overlay}.yaml" for overlay in OVERLAYS]
    for file in files:
        file.write_text(built[file.stem], encoding="utf-8")
    result = run(checker("kubernetes-validate"), "--strict", "-k", version, *map(str, files))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("wrong", [("maxUnavailable: 0", "maxUnavailabel: 0"), ("containerPort: 5005", "containerPort: five")])
def test_the_schema_check_can_fail(built, wrong, tmp_path):
    file = tmp_path / "built.yaml"
    file.write_text(built["one-clinic"].replace(*wrong), encoding="utf-8")
    assert run(checker("kubernetes-validate"), "--strict", "-k", NEWEST, str(file)).returncode != 0


def test_every_container_has_probes_and_limits(objects):
    for name, _, container in pods(objects):
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container), name
        assert set(container["resources"]["limits"]) == set(container["resources"]["requests"]) == {"cpu", "memory"}, name


def test_every_container_is_hardened(objects):
    for name, pod, container in pods(objects):
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] > 0, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


def test_the_database_decides_whether_a_pod_is_ready_but_never_whether_it_lives(objects):
    container = next(container for name, _, container in pods(objects) if name == "assistant")
    assert container["readinessProbe"]["httpGet"]["path"] == "/chat/health"
    assert container["livenessProbe"]["httpGet"]["path"] != "/chat/health"


def test_the_assistant_is_found_whether_ready_or_not(objects):
    service = of_kind(objects, "Service")["assistant"]["spec"]
    assert service["clusterIP"] == "None"
    assert service["publishNotReadyAddresses"] is True


def test_every_image_has_a_version(objects):
    for name, _, container in pods(objects):
        assert re.search(r"@sha256:[0-9a-f]{64}$|:(?!latest)[\w.-]+$", container["image"]), name


def test_the_same_image_serves_and_acts(objects):
    images = {container["image"] for name, _, container in pods(objects) if name in ("assistant", "actions")}
    assert len(images) == 1


def test_updates_take_no_pod_away_before_another_is_ready(objects):
    for name in OWN:
        assert of_kind(objects, "Deployment")[name]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, name


def test_every_own_part_has_a_disruption_budget_and_spreads(objects):
    budgets = of_kind(objects, "PodDisruptionBudget")
    for name, pod, _ in pods(objects):
        if name in OWN:
            assert budgets[name]["spec"]["maxUnavailable"] == 1, name
            assert pod["topologySpreadConstraints"], name


def test_selectors_find_the_pods(objects):
    labels = [workload["spec"]["template"]["metadata"]["labels"] for workload in workloads(objects).values()]
    selectors = [found["spec"]["selector"] for found in of_kind(objects, "Service").values()]
    selectors += [found["spec"]["selector"]["matchLabels"] for found in of_kind(objects, "PodDisruptionBudget").values()]
    selectors += [found["spec"]["podSelector"].get("matchLabels", {}) for found in of_kind(objects, "NetworkPolicy").values()]
    for selector in selectors:
        assert any(selector.items() <= own.items() for own in labels), selector


def test_ports_match(objects):
    named = {name: {port["name"]: port["containerPort"] for port in container["ports"]} for name, _, container in pods(objects)}
    for name, service in of_kind(objects, "Service").items():
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in named[name], name
    for name, _, container in pods(objects):
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            check = container[probe].get("httpGet") or container[probe]["tcpSocket"]
            assert check["port"] in named[name], name
    proxy = next(container for name, _, container in pods(objects) if name == "proxy")
    given = {variable["name"]: variable.get("value") for variable in proxy["env"]}
    assert given["ASSISTANT_REPLICAS"] == f"assistant.$(NAMESPACE).svc.cluster.local:{named['assistant']['http']}"
    assert given["PROXY_PORT"] == str(named["proxy"]["http"])
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert f"EXPOSE {named['assistant']['http']} {named['actions']['http']}" in image


def test_the_ingress_leads_to_the_proxy_and_to_the_chat_only(objects):
    rules = of_kind(objects, "Ingress")["chat"]["spec"]["rules"]
    paths = [path for rule in rules for path in rule["http"]["paths"]]
    assert [(path["path"], path["backend"]["service"]["name"]) for path in paths] == [("/chat", "proxy")]


def test_network_policies_close_all_and_open_only_what_is_needed(objects):
    policies = {name: policy["spec"] for name, policy in of_kind(objects, "NetworkPolicy").items()}
    assert policies["nothing-by-default"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    opened = {
        (name, rule_port["port"]) for name, policy in policies.items() for rule in policy.get("ingress", []) for rule_port in rule["ports"]
    }
    assert {("proxy", 8080), ("assistant", 5005), ("actions", 5055)} <= opened
    assert all(rule.get("from") for policy in policies.values() for rule in policy.get("ingress", [])), "open to everybody"
    assert all(rule.get("to") for policy in policies.values() for rule in policy.get("egress", [])), "may go anywhere"


def test_autoscalers_stay_within_the_proxys_places(objects):
    places = {int(most) for most in re.findall(r"server-template assistant 1-(\d+)", (DEPLOY / "proxy/haproxy.cfg").read_text())}
    scaler = of_kind(objects, "HorizontalPodAutoscaler")["assistant"]["spec"]
    assert 2 <= scaler["minReplicas"] <= scaler["maxReplicas"] <= min(places)
    assert "replicas" not in of_kind(objects, "Deployment")["assistant"]["spec"], "it would fight with the autoscaler"


def test_the_autoscaler_goes_by_the_metric_that_the_adapter_makes(objects):
    rule = documents(DEPLOY / "kubernetes/prometheus-adapter.yaml")[0]["rules"]["custom"][0]
    metrics = of_kind(objects, "HorizontalPodAutoscaler")["assistant"]["spec"]["metrics"]
    assert [metric["type"] for metric in metrics] == ["Pods", "Resource"]
    assert metrics[0]["pods"]["metric"]["name"] == rule["name"]["as"]


def test_every_variable_is_one_that_is_read(objects):
    for name, _, container in pods(objects):
        if name not in OWN:
            continue
        given = {variable["name"] for variable in container.get("env", [])}
        for source in container.get("envFrom", []):
            given |= set(of_kind(objects, "ConfigMap")[source["configMapRef"]["name"]]["data"])
        known = proxy_variables() | {"NAMESPACE"} if name == "proxy" else known_variables()
        assert given <= known, f"{name}: nothing reads {given - known}"


def test_secrets_are_referred_to_and_never_written_down(built):
    for overlay in ("one-clinic", "large"):
        assert not of_kind(list(yaml.safe_load_all(built[overlay])), "Secret"), overlay


def test_every_secret_is_made_or_explained(objects):
    guide = (DEPLOY / "README.md").read_text(encoding="utf-8")
    made = of_kind(objects, "Secret")
    for name, pod, container in pods(objects):
        for volume in pod.get("volumes", []):
            if "secret" not in volume:
                continue
            secret = volume["secret"]["secretName"]
            folder = next(mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == volume["name"])
            used = {
                variable["value"].removeprefix(f"{folder}/")
                for variable in container.get("env", [])
                if str(variable.get("value")).startswith(f"{folder}/")
            }
            if secret in made:
                assert used <= set(made[secret]["data"]), name
            else:
                assert f"create secret generic {secret}" in guide, name
                assert all(f"--from-file={key}=" in guide for key in used), name


@pytest.mark.parametrize("overlay", ["one-clinic", "large"])
def test_placeholders_are_refused(copy, overlay):
    result = run(str(copy / "apply"), str(copy / "overlays" / overlay), "--check")
    assert result.returncode == 1
    for word in ("newName", "digest", "ASSISTANT_MODEL", "clinic.example", "stores.yaml"):
        assert word in result.stderr


def filled(copy: Path, tmp_path: Path, digest: str) -> Path:
    folder = tmp_path / "deploy"
    shutil.copytree(copy.parent, folder)
    overlay = folder / "kubernetes/overlays/one-clinic"
    for file in (overlay / "kustomization.yaml", overlay / "stores.yaml"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("registry.example", "registry.hospital.test").replace("clinic.example", "hospital.test")
        text = text.replace("192.0.2.0/24", "10.20.0.0/16").replace("assistant-" + "0" * 16, "assistant-0123456789abcdef")
        file.write_text(text.replace("digest: sha256:" + "0" * 64, digest), encoding="utf-8")
    return overlay


def test_an_overlay_with_its_own_values_passes(copy, tmp_path):
    overlay = filled(copy, tmp_path, "digest: sha256:" + "1a" * 32)
    result = run(str(copy / "apply"), str(overlay), "--check")
    assert result.returncode == 0, result.stderr


def test_an_image_without_a_digest_is_refused(copy, tmp_path):
    overlay = filled(copy, tmp_path, "newTag: v1")
    result = run(str(copy / "apply"), str(overlay), "--check")
    assert result.returncode == 1
    assert "not named by digest" in result.stderr

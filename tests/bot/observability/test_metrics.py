"""Figures for Prometheus."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.observability import metrics, outages
from bot.settings import ROOT


def figures(page: str) -> dict[str, float]:
    """Values by name and labels, such as `assistant_messages_total/level=soon`."""
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return {"/".join([s.name, *(f"{k}={v}" for k, v in s.labels.items())]): s.value for s in samples}


def now() -> dict[str, float]:
    return figures(metrics.page()[0].decode())


def grown(before: dict[str, float], name: str) -> float:
    return now().get(name, 0.0) - before.get(name, 0.0)


def test_a_reply_is_counted_by_its_level():
    before = now()
    metrics.count_reply("urgent")
    assert grown(before, "assistant_messages_total/level=urgent") == 1


def test_levels_and_fallbacks_are_there_before_anything_happened():
    found = figures(
        subprocess.run(
            [sys.executable, "-c", "from bot.observability import metrics; print(metrics.page()[0].decode())"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    assert found["assistant_messages_total/level=emergency"] == 0
    assert found["assistant_fallbacks_total/kind=outage"] == 0


def failing_reply() -> None:
    with metrics.reply_under_way():
        raise ValueError("x")


def test_a_reply_that_raises_is_measured_too():
    before = now()
    with pytest.raises(ValueError, match="x"):
        failing_reply()
    assert grown(before, "assistant_reply_seconds_count") == 1


def test_a_reply_under_way_is_counted_until_it_is_there():
    before = now()
    with metrics.reply_under_way():
        assert grown(before, "assistant_messages_under_way") == 1
    assert grown(before, "assistant_messages_under_way") == 0


def test_a_fault_is_counted_by_its_part():
    before = now()
    outages.record_failure("a part", ValueError("words"))
    assert grown(before, "assistant_faults_total/part=a part") == 1


def test_buckets_reach_from_a_fast_reply_to_the_longest_that_is_allowed():
    assert metrics.SECONDS[0] <= 0.01
    assert metrics.SECONDS[-1] >= 8.0


def test_worker_processes_count_together_where_a_folder_is_named(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "from bot.observability import metrics; metrics.count_reply('soon')"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count], cwd=ROOT, env=environment, check=True)
    show = "from bot.observability import metrics; print(metrics.page()[0].decode())"
    page = subprocess.run([sys.executable, "-c", show], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert figures(page)["assistant_messages_total/level=soon"] == 2

"""The model on paper: what so many conversations a day need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cluster.capacity import Assumptions, MessageCost, plan, table

COST = MessageCost(
    assistant_ms=50,
    database_ms=10,
    redis_ms=0.5,
    rabbitmq_ms=1,
    events=10,
    stored_bytes=1000,
    wal_bytes=2000,
    transactions=4,
    redis_commands=3,
    event_bytes=2000,
    replica_megabytes=500,
)
ASSUMED = Assumptions(messages=8.64, peak=4, busy=0.5, spare=1, days=10, bloat=1.5)


def test_rates_follow_from_a_day():
    result = plan(100_000, COST, ASSUMED)
    assert result.mean_rate == pytest.approx(10)
    assert result.peak_rate == pytest.approx(40)
    assert result.rows_per_second == pytest.approx(400)
    assert result.redis_per_second == pytest.approx(120)


def test_processors_are_not_planned_to_be_full():
    result = plan(100_000, COST, ASSUMED)
    assert result.replicas == 4 + ASSUMED.spare  # 40 messages of 50 ms are 2 processors, half busy 4
    assert result.database_vcpus == pytest.approx(0.8)


def test_the_disk_holds_all_days():
    assert plan(100_000, COST, ASSUMED).database_gigabytes == pytest.approx(100_000 * 8.64 * 10 * 1000 * 1.5 / 1e9)


def test_one_of_the_replicas_may_always_fail():
    assert plan(1, COST, ASSUMED).replicas == 2


def test_half_the_days_need_half_the_disk():
    whole, half = (plan(100_000, COST, replace(ASSUMED, days=days)).database_gigabytes for days in (30, 15))
    assert whole == pytest.approx(2 * half)


def test_a_dear_place_costs_more():
    low, high = plan(100_000, COST, ASSUMED).dollars
    assert 0 < low < high


def test_the_table_has_a_column_for_each_plan():
    lines = table([plan(number, COST, ASSUMED) for number in (1000, 2000)]).splitlines()
    assert lines[0].count("|") == 4
    assert len({line.count("|") for line in lines}) == 1

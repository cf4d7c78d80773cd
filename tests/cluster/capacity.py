"""What so many conversations a day need, from what one message was measured to cost. Pure functions.

`python -m tests.cluster.capacity` works out a table of docs/scaling.md from results/cluster.json, which `tests.cluster.curve` writes.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT

RESULTS = ROOT / "results" / "cluster.json"
DAILY_CONVERSATIONS = (100_000, 10_000_000)
SECONDS_PER_DAY = 86_400
GB = 1e9


@dataclass(frozen=True)
class MessageCost:
    """What one message costs, measured.

    Attributes:
        assistant_ms: CPU time of the assistant, actions included.
        database_ms: CPU time of PostgreSQL.
        redis_ms: CPU time of Redis.
        rabbitmq_ms: CPU time of RabbitMQ.
        events: Rows stored, which are also the events published.
        stored_bytes: Growth of the table and its indexes.
        wal_bytes: What PostgreSQL writes ahead.
        transactions: Of PostgreSQL.
        redis_commands: Commands that Redis handles.
        event_bytes: Size of the bodies of the published events together.
        replica_megabytes: Memory of one assistant.
    """

    assistant_ms: float
    database_ms: float
    redis_ms: float
    rabbitmq_ms: float
    events: float
    stored_bytes: float
    wal_bytes: float
    transactions: float
    redis_commands: float
    event_bytes: float
    replica_megabytes: float


@dataclass(frozen=True)
class Assumptions:
    """What was not measured; another clinic's figures may be put in here.

    Attributes:
        messages: Of a person in one conversation.
        peak: The busiest hour's rate over the day's mean.
        busy: Share of a processor that may be busy at the peak; above it people wait for each other.
        spare: Replicas more than needed, for one that fails or is replaced.
        days: For which conversations are kept.
        bloat: Disk over the growth of the table: dead rows, the write-ahead log, room to work.
        vcpu_price: Dollars a month for a virtual processor, low and high.
        memory_price: Dollars a month for a gigabyte of memory.
        disk_price: Dollars a month for a gigabyte of disk.
    """

    messages: float = 8
    peak: float = 4
    busy: float = 0.5
    spare: int = 1
    days: int = 30
    bloat: float = 1.5
    vcpu_price: tuple[float, float] = (15, 35)
    memory_price: tuple[float, float] = (2, 5)
    disk_price: tuple[float, float] = (0.1, 0.3)


@dataclass(frozen=True)
class Plan:
    """What a daily number of conversations needs."""

    conversations: int
    mean_rate: float
    peak_rate: float
    replicas: int
    replica_gigabytes: float
    database_vcpus: float
    database_gigabytes: float
    rows: float
    rows_per_second: float
    transactions_per_second: float
    wal_megabytes_per_second: float
    redis_per_second: float
    redis_vcpus: float
    days_of_four_byte_ids: float
    events_per_second: float
    events_megabytes_per_second: float
    rabbitmq_vcpus: float
    dollars: tuple[float, float]


def plan(conversations: int, cost: MessageCost, assumed: Assumptions) -> Plan:
    """Works out what is needed.

    Args:
        conversations: A day.
        cost: What one message costs.
        assumed: What was not measured.
    """
    mean = conversations * assumed.messages / SECONDS_PER_DAY
    peak = mean * assumed.peak

    def vcpus(milliseconds: float) -> float:
        return peak * milliseconds / 1000 / assumed.busy

    replicas = math.ceil(vcpus(cost.assistant_ms)) + assumed.spare
    kept = conversations * assumed.messages * assumed.days
    disk = kept * cost.stored_bytes * assumed.bloat / GB
    memory = replicas * cost.replica_megabytes / 1000
    processors = replicas + vcpus(cost.database_ms) + vcpus(cost.redis_ms) + vcpus(cost.rabbitmq_ms)

    def price(level: int) -> float:
        return processors * assumed.vcpu_price[level] + memory * assumed.memory_price[level] + disk * assumed.disk_price[level]

    return Plan(
        conversations=conversations,
        mean_rate=mean,
        peak_rate=peak,
        replicas=replicas,
        replica_gigabytes=memory,
        database_vcpus=vcpus(cost.database_ms),
        database_gigabytes=disk,
        rows=kept * cost.events,
        rows_per_second=peak * cost.events,
        transactions_per_second=peak * cost.transactions,
        wal_megabytes_per_second=peak * cost.wal_bytes / 1e6,
        redis_per_second=peak * cost.redis_commands,
        redis_vcpus=vcpus(cost.redis_ms),
        days_of_four_byte_ids=2**31 / (conversations * assumed.messages * cost.events),
        events_per_second=peak * cost.events,
        events_megabytes_per_second=peak * cost.event_bytes / 1e6,
        rabbitmq_vcpus=vcpus(cost.rabbitmq_ms),
        dollars=(price(0), price(1)),
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def table(plans: list[Plan]) -> str:
    """The plans side by side, as Markdown."""
    rows: list[tuple[str, list[str]]] = [
        ("messages a second, mean / peak", [f"{_number(p.mean_rate)} / {_number(p.peak_rate)}" for p in plans]),
        ("assistants, one vCPU each / their memory, GB", [f"{p.replicas} / {_number(p.replica_gigabytes)}" for p in plans]),
        ("PostgreSQL: vCPU at the peak", [_number(p.database_vcpus) for p in plans]),
        ("PostgreSQL: disk, GB / rows, millions", [f"{_number(p.database_gigabytes)} / {_number(p.rows / 1e6)}" for p in plans]),
        (
            "PostgreSQL: rows written a second / transactions",
            [f"{_number(p.rows_per_second)} / {_number(p.transactions_per_second)}" for p in plans],
        ),
        ("PostgreSQL: days until four-byte row numbers are used up", [_number(p.days_of_four_byte_ids) for p in plans]),
        ("PostgreSQL: write-ahead log, MB a second", [_number(p.wal_megabytes_per_second) for p in plans]),
        ("Redis: commands a second / vCPU", [f"{_number(p.redis_per_second)} / {_number(p.redis_vcpus)}" for p in plans]),
        (
            "RabbitMQ: events a second / MB a second / vCPU",
            [f"{_number(p.events_per_second)} / {_number(p.events_megabytes_per_second)} / {_number(p.rabbitmq_vcpus)}" for p in plans],
        ),
        ("dollars a month, low to high", [f"{_number(p.dollars[0])} to {_number(p.dollars[1])}" for p in plans]),
    ]
    head = ["at the peak hour", *(f"{p.conversations:,} a day" for p in plans)]
    lines = [head, ["---"] * len(head), *([name, *values] for name, values in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="What so many conversations a day need.")
    parser.add_argument("conversations", nargs="*", type=int, default=DAILY_CONVERSATIONS, help="a day")
    parser.add_argument("--measured", type=Path, default=RESULTS, help="what python -m tests.cluster.curve has written")
    arguments = parser.parse_args()
    cost = MessageCost(**json.loads(arguments.measured.read_text())["message"])
    print(table([plan(number, cost, Assumptions()) for number in arguments.conversations]))


if __name__ == "__main__":
    main()

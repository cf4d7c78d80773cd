"""Messages a second and reply times with one, two and four assistants, and what one message costs each part.

`python -m tests.cluster.curve` prints tables of docs/scaling.md and writes results/cluster.json, from which `tests.cluster.capacity`
works out what more people need. Run it on a quiet machine; the load is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import aio_pika
import psycopg2

from tests.bench.bots import Assistant, Patient
from tests.bench.figures import percentile
from tests.cluster.capacity import RESULTS, MessageCost
from tests.cluster.topology import QUEUE, Cluster, Shape, running_cluster

STICKY = "hdr(Authorization)"
SHAPES = {
    "1 assistant": Shape(1, 0, STICKY),
    "2 assistants": Shape(2, 0, STICKY),
    "4 assistants": Shape(4, 0, STICKY),
    "2 assistants, 2 action servers": Shape(2, 2, STICKY),
    "2 assistants, each message at the next one": Shape(2, 0, "roundrobin"),
}
PARTS = ("assistants", "action_servers", "database", "redis", "rabbitmq", "clients")
HEAD = f"| shape | messages a second | p50, ms | p95, ms | CPU of a message, ms: {' / '.join(PARTS)} |\n{'| --- ' * 5}|"
_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLED_EVENTS = 500


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of its children and of those that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(field) for field in fields[11:15]) / _TICKS + sum(cpu_seconds(int(child)) for child in children)


def megabytes(pid: int) -> float:
    """Memory that is resident now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@dataclass(frozen=True)
class Counters:
    """What has been used so far by each part."""

    assistants: float
    action_servers: float
    database: float
    redis: float
    rabbitmq: float
    clients: float
    rows: int
    stored_bytes: int
    wal_bytes: int
    transactions: int
    redis_commands: int

    @classmethod
    def of(cls, cluster: Cluster) -> Counters:
        with psycopg2.connect(cluster.postgres.url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select (select count(*) from events), pg_total_relation_size('events'), pg_current_wal_lsn() - '0/0',"
                " (select xact_commit + xact_rollback from pg_stat_database where datname = current_database())"
            )
            rows, stored, wal, transactions = (int(value) for value in cursor.fetchone())
        return cls(
            assistants=sum(cpu_seconds(replica.pid) for replica in cluster.replicas),
            action_servers=sum(cpu_seconds(server.pid) for server in cluster.action_servers),
            database=cpu_seconds(cluster.postgres.pid),
            redis=cpu_seconds(cluster.redis.pid),
            rabbitmq=cpu_seconds(cluster.rabbitmq.pid),
            clients=time.process_time() + cpu_seconds(cluster.proxy.pid),
            rows=rows,
            stored_bytes=stored,
            wal_bytes=wal,
            transactions=transactions,
            redis_commands=int(cluster.redis_client().info("stats")["total_commands_processed"]),
        )

    def since(self, before: Counters, messages: int) -> dict[str, float]:
        """What each message has used."""
        return {name: (value - getattr(before, name)) / messages for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Measurement:
    """One shape, measured."""

    milliseconds: list[float]
    seconds: float
    used: dict[str, float]
    replica_megabytes: float
    event_bytes: float

    @property
    def line(self) -> list[str]:
        return [
            f"{len(self.milliseconds) / self.seconds:.1f}",
            f"{percentile(self.milliseconds, 50):.0f}",
            f"{percentile(self.milliseconds, 95):.0f}",
            " / ".join(f"{1000 * self.used[part]:.1f}" for part in PARTS),
        ]

    @property
    def cost(self) -> MessageCost:
        used = self.used
        return MessageCost(
            assistant_ms=1000 * (used["assistants"] + used["action_servers"]),
            database_ms=1000 * used["database"],
            redis_ms=1000 * used["redis"],
            rabbitmq_ms=1000 * used["rabbitmq"],
            events=used["rows"],
            stored_bytes=used["stored_bytes"],
            wal_bytes=used["wal_bytes"],
            transactions=used["transactions"],
            redis_commands=used["redis_commands"],
            event_bytes=used["rows"] * self.event_bytes,
            replica_megabytes=self.replica_megabytes,
        )


def one_talk(port: int) -> list[float]:
    """Milliseconds of each reply of a new person's talk."""
    person = Patient(port)
    return [person.timed(message) for message in Assistant.messages]


async def mean_event_bytes(url: str) -> float:
    """Mean size of the bodies of some published events."""
    connection = await aio_pika.connect(url)
    async with connection:
        queue = await (await connection.channel()).declare_queue(QUEUE, durable=True)
        messages = [await queue.get(no_ack=True, fail=False) for _ in range(_SAMPLED_EVENTS)]
    sizes = [len(message.body) for message in messages if message is not None]
    return sum(sizes) / len(sizes)


def measure(cluster: Cluster, clients: int, talks: int) -> Measurement:
    """Lets people talk at once, each with so many talks one after the other."""
    with ThreadPoolExecutor(clients) as people:
        list(people.map(one_talk, [cluster.port] * clients))  # warmed up
        before, began = Counters.of(cluster), time.perf_counter()
        times = [each for talk in people.map(one_talk, [cluster.port] * clients * talks) for each in talk]
        seconds = time.perf_counter() - began
    time.sleep(2)  # what is still being published
    used = Counters.of(cluster).since(before, len(times))
    memory = max(megabytes(replica.pid) for replica in cluster.replicas)
    return Measurement(times, seconds, used, memory, asyncio.run(mean_event_bytes(cluster.rabbitmq.url)))


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def main() -> None:
    """Measures every shape and prints them."""
    parser = argparse.ArgumentParser(description="Messages a second with more and more assistants.")
    parser.add_argument("--clients", type=int, default=8, help="people who talk at the same time")
    parser.add_argument("--talks", type=int, default=6, help=f"talks of each, of {len(Assistant.messages)} messages")
    parser.add_argument("--only", type=int, help="the first so many shapes")
    arguments = parser.parse_args()
    before = _load()
    lines, measured = [], {}
    for name, shape in list(SHAPES.items())[: arguments.only]:
        print(f"{name} ...", flush=True)
        with running_cluster(shape) as cluster:  # servers anew, so that no shape finds another's data
            measured[name] = measure(cluster, arguments.clients, arguments.talks)
        lines.append(f"| {name} | {' | '.join(measured[name].line)} |")
    print(f"\n{platform.platform()}, {os.cpu_count()} cores; {arguments.clients} clients; load before {before}, after {_load()}\n")
    print(HEAD)
    print("\n".join(lines))
    name, chosen = list(measured.items())[min(1, len(measured) - 1)]
    cost = asdict(chosen.cost)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"load_before": before, "clients": arguments.clients, "message": cost}, indent=2) + "\n")
    print(f"\n| one message ({name}) | |\n| --- | --- |")
    print("\n".join(f"| {name} | {value:.1f} |" for name, value in cost.items()))


if __name__ == "__main__":
    main()

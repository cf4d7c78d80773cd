"""`make bench`: reply times of a real assistant over HTTP, with SQLite, on this machine."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.assistant_process import AssistantProcess
from tests.talk import Talk

ROUNDS = 5
MESSAGES = (
    "how does baclofen work?",
    "what's the weather like",
    "i forgot my tablet this morning, feel fine",
    "my dad's pump is beeping and he's burning up and talking nonsense",
    "can a bladder infection make spasms worse?",
    "thank you",
)


def _one_talk(url: str) -> list[float]:
    """Milliseconds of each reply: questions, then a whole checklist by button."""
    talk = Talk(url)
    milliseconds = []

    def timed(send: object, *arguments: str) -> None:
        started = time.perf_counter()
        send(*arguments)  # type: ignore[operator]
        milliseconds.append(1000 * (time.perf_counter() - started))

    for message in MESSAGES:
        timed(talk.say, message)
    timed(talk.payload, "/confirm_start_over")
    timed(talk.payload, "/check_symptoms")
    while talk.turn.item:
        timed(talk.answer, "tablets" if talk.turn.item == "route" else "no")
    return milliseconds


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _resident_megabytes(process: AssistantProcess) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kilobytes) / 1024


def main() -> int:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        process = AssistantProcess(Path(folder))
        started = time.perf_counter()
        process.start()
        Talk(process.url).say("hello")
        print(f"cold start to the first answer   {time.perf_counter() - started:6.1f} s")
        _one_talk(process.url)
        for clients in (1, 8):
            p50, p95, rate = [], [], []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                with ThreadPoolExecutor(clients) as pool:
                    times = [ms for talk in pool.map(_one_talk, [process.url] * 2 * clients) for ms in talk]
                rate.append(len(times) / (time.perf_counter() - began))
                p50.append(_percentile(times, 50))
                p95.append(_percentile(times, 95))
            figures = " ".join(
                f"{name} {statistics.median(v):.0f} ({min(v):.0f} to {max(v):.0f})" for name, v in (("p50", p50), ("p95", p95))
            )
            per_second = f"{statistics.median(rate):.0f} ({min(rate):.0f} to {max(rate):.0f})"
            print(f"{clients} client(s)   ms: {figures}   messages a second: {per_second}")
        print(f"memory after it                  {_resident_megabytes(process):6.0f} MB")
        process.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

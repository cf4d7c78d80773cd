"""Runs the benchmark."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from bot.settings import ROOT
from tests.bench.bots import Assistant, Starter
from tests.bench.report import bars, draw, lines
from tests.bench.rounds import measure


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def main() -> int:
    """Measures both bots, prints the figures and draws them."""
    parser = argparse.ArgumentParser(prog="make bench", description="This assistant beside the bot that rasa init makes.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each bot, in turn")
    parser.add_argument("--starts", type=int, default=3, help="cold starts of each bot, in turn")
    parser.add_argument("--plot", type=Path, default=ROOT / "results" / "bench.png", help="where to draw the figures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bots = [Assistant(Path(folder)), Starter(Path(folder))]
        try:
            for bot in bots:
                bot.prepare()
            before = _load()
            ours, starter = measure(bots, arguments.rounds, arguments.starts)
        finally:
            for bot in bots:
                bot.stop()
    print(f"\n{platform.platform()}, {os.cpu_count()} cores; load (1, 5, 15 min) before {before}, after {_load()}\n")
    print("\n".join([*lines(ours, starter), "", *bars(ours, starter)]))
    draw(ours, starter, arguments.plot)
    print(f"\nDrawn: {arguments.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

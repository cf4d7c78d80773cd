"""Prints the figures and draws them."""

from __future__ import annotations

from pathlib import Path

from tests.bench.figures import Spread, by_part, ratios
from tests.bench.rounds import CLIENTS, Measured

PARTS = 10
MAX_P50_MS, MAX_P95_MS = 25.0, 60.0
LEAST_RATIO_OF_RATES = 3.0
MAX_SECONDS_OF_A_START = 15.0
MAX_MEGABYTES = 800.0


def lines(ours: Measured, starter: Measured) -> list[str]:
    """The figures as a table in Markdown, medians with lowest and highest."""
    table = [
        f"| | {ours.name} | {starter.name} | ratio |",
        "| --- | --- | --- | --- |",
        _line("cold start to the first answer, s", ours.starts, starter.starts),
        f"| memory after it, MB | {ours.megabytes:.0f} | {starter.megabytes:.0f} | {ours.megabytes / starter.megabytes:.2f} |",
    ]
    for clients in CLIENTS:
        a, b = ours.rounds[clients], starter.rounds[clients]
        people = "1 client" if clients == 1 else f"{clients} clients"
        table.append(_line(f"{people}: p50, ms", [r.p50 for r in a], [r.p50 for r in b]))
        table.append(_line(f"{people}: p95, ms", [r.p95 for r in a], [r.p95 for r in b]))
        table.append(_line(f"{people}: messages a second", [r.rate for r in a], [r.rate for r in b]))
    table.append("")
    for bot in (ours, starter):
        parts = " ".join(f"{value:.0f}" for value in by_part(bot.long_talk, PARTS))
        table.append(f"One talk of {len(bot.long_talk)} turns, median ms of each tenth, {bot.name}: {parts}")
    return table


def bars(ours: Measured, starter: Measured) -> list[str]:
    """The design's bars beside the medians, as a table in Markdown. Printed only: a busy machine must not fail anything."""
    alone = ours.rounds[1]
    table = ["| bar | figure | |", "| --- | --- | --- |"]
    for name, most, figure in (
        ("1 client: p50, ms, at most", MAX_P50_MS, Spread.of([r.p50 for r in alone]).median),
        ("1 client: p95, ms, at most", MAX_P95_MS, Spread.of([r.p95 for r in alone]).median),
        ("cold start, s, at most", MAX_SECONDS_OF_A_START, Spread.of(ours.starts).median),
        ("memory, MB, at most", MAX_MEGABYTES, ours.megabytes),
    ):
        table.append(f"| {name} {most:.0f} | {figure:.1f} | {'met' if figure <= most else 'MISSED'} |")
    for clients in CLIENTS:
        rates = ratios([r.rate for r in ours.rounds[clients]], [r.rate for r in starter.rounds[clients]]).median
        verdict = "met" if rates >= LEAST_RATIO_OF_RATES else "MISSED"
        people = "1 client" if clients == 1 else f"{clients} clients"
        table.append(
            f"| {people}: messages a second, times the other bot's, at least {LEAST_RATIO_OF_RATES:.0f} | {rates:.2f} | {verdict} |"
        )
    return table


def _line(name: str, ours: list[float], starter: list[float]) -> str:
    return f"| {name} | {Spread.of(ours)} | {Spread.of(starter)} | {ratios(ours, starter)} |"


def draw(ours: Measured, starter: Measured, file: Path) -> None:
    """Draws reply times, throughput and the long talk."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (times, rates, talk) = pyplot.subplots(1, 3, figsize=(13, 4), constrained_layout=True)
    for place, bot in enumerate((ours, starter)):
        colour = f"C{place}"
        for column, clients in enumerate(CLIENTS):
            x = column + 0.35 * place - 0.175
            rounds = bot.rounds[clients]
            p50, p95 = Spread.of([r.p50 for r in rounds]), Spread.of([r.p95 for r in rounds])
            times.bar(x, p95.median, 0.3, color=colour, alpha=0.35)
            times.bar(x, p50.median, 0.3, color=colour, label=bot.name if column == 0 else None)
            rate = Spread.of([r.rate for r in rounds])
            rates.bar(x, rate.median, 0.3, color=colour)
            rates.plot([x, x], [rate.lowest, rate.highest], color="black", linewidth=1)
        talk.plot(bot.long_talk, ".", markersize=2, color=colour, alpha=0.4)
        parts = by_part(bot.long_talk, PARTS)
        size = len(bot.long_talk) / PARTS
        talk.plot([size * (part + 0.5) for part in range(PARTS)], parts, color=colour, label=bot.name)
    times.set(title="Reply time, ms (dark: p50, light: p95)", yscale="log")
    rates.set(title="Messages a second")
    for axes in (times, rates):
        axes.set_xticks(range(len(CLIENTS)), [f"{clients} client{'s' if clients > 1 else ''}" for clients in CLIENTS])
    talk.set(title="One long talk: ms by turn", xlabel="turn", ylim=(0, None))
    times.legend()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)

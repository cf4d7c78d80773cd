"""The report: figures on the terminal, and an HTML page with confusion matrix, reliability plot and every error."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import pyplot

from bot.clinical.triage import LEVELS
from tests.evaluation.metrics import Judged, Share

matplotlib.use("Agg")
BINS = 10


def table(title: str, rows: Mapping[str, Share]) -> str:
    """A plain table for the terminal."""
    width = max(len(name) for name in rows)
    return "\n".join([title, *(f"  {name:<{width}}  {value}" for name, value in rows.items())])


def _as_image(figure: pyplot.Figure, alternative: str) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110, bbox_inches="tight")
    pyplot.close(figure)
    data = base64.b64encode(stream.getvalue()).decode()
    return f'<img alt="{html.escape(alternative)}" src="data:image/png;base64,{data}">'


def confusion_matrix(judged: list[Judged]) -> str:
    """Highest accepted level against the level given."""
    counts = np.zeros((len(LEVELS), len(LEVELS)), int)
    for entry in judged:
        accepted = max(entry.record.levels, key=LEVELS.index)
        counts[LEVELS.index(entry.level if entry.level in entry.record.levels else accepted), LEVELS.index(entry.level)] += 1
    figure, axes = pyplot.subplots(figsize=(5, 4.5))
    axes.imshow(np.log1p(counts), cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        axes.text(column, row, str(count), ha="center", va="center")
    axes.set_xticks(range(len(LEVELS)), LEVELS, rotation=30)
    axes.set_yticks(range(len(LEVELS)), LEVELS)
    axes.set_xlabel("given")
    axes.set_ylabel("accepted")
    return _as_image(figure, "Confusion matrix of levels")


def reliability(judged: list[Judged]) -> str:
    """How often a message with a given danger probability is an emergency."""
    scored = [entry for entry in judged if entry.danger is not None]
    scores = np.array([entry.danger for entry in scored])
    truth = np.array([entry.record.is_emergency for entry in scored])
    figure, axes = pyplot.subplots(figsize=(4.5, 4))
    axes.plot([0, 1], [0, 1], "--", color="grey")
    edges = np.linspace(0, 1, BINS + 1)
    places = np.clip(np.digitize(scores, edges) - 1, 0, BINS - 1)
    filled = [place for place in range(BINS) if (places == place).any()]
    axes.plot([scores[places == place].mean() for place in filled], [truth[places == place].mean() for place in filled], "o-")
    axes.set_xlabel("classifier's probability of danger")
    axes.set_ylabel("share of emergencies")
    return _as_image(figure, "Reliability of the danger probability")


def _figure_rows(rows: Mapping[str, Share]) -> str:
    return "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(str(value))}</td></tr>" for name, value in rows.items())


def _error_row(entry: Judged) -> str:
    record = entry.record
    danger = "" if entry.danger is None else f"{entry.danger:.2f}"
    cells = (record.id, record.text, ", ".join(sorted(record.levels)), entry.level, danger, record.why)
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def _error_rows(judged: list[Judged]) -> str:
    wrong = [entry for entry in judged if entry.level not in entry.record.levels]
    ranked = sorted(wrong, key=lambda entry: (not entry.record.is_emergency, LEVELS.index(entry.level)))
    return "".join(map(_error_row, ranked))


def write_html(file: Path, sections: Mapping[str, Mapping[str, Share]], judged: list[Judged]) -> None:
    """Writes the page; it needs no network."""
    parts = [f"<h2>{html.escape(title)}</h2><table>{_figure_rows(rows)}</table>" for title, rows in sections.items()]
    head = "<tr><th>id</th><th>message</th><th>accepted</th><th>given</th><th>danger</th><th>why</th></tr>"
    style = (
        "body{font:16px/1.5 system-ui;margin:2rem;max-width:75rem}table{border-collapse:collapse}"
        "td,th{border:1px solid #999;padding:.25rem .5rem;text-align:start}"
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Evaluation</title><style>{style}</style><h1>Evaluation</h1>'
        f"{''.join(parts)}<h2>Levels</h2>{confusion_matrix(judged)}<h2>Reliability</h2>{reliability(judged)}"
        f"<h2>Errors</h2><table>{head}{_error_rows(judged)}</table></html>",
        encoding="utf-8",
    )

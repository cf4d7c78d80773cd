"""`make evaluate`: measures the assistant on messages that nobody trained on, and fails below the floors."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import yaml
from tqdm import tqdm

from bot.content import Content
from bot.nlu.decision import decide
from bot.nlu.evidence import DialogueState, Interpretation, MessageEvidence
from bot.nlu.mentions import CRISIS
from bot.nlu.zones import Thresholds
from tests.evaluation.assistant import Assistant
from tests.evaluation.dialogues import play
from tests.evaluation.metrics import Judged, Share, by_group, figures, is_missed, share
from tests.evaluation.records import Record, read_dialogues, read_set
from tests.evaluation.report import table, write_html
from tests.talk import Turn

FLOORS = Path(__file__).parent / "floors.yml"
RESULTS = Path("results")
SIGN_TAGS = ("rigidity", "fever", "mental", "halluc", "autonomic", "seizure", "rhabdo", "oversedation", "overdose", "other_life")
ALARMS = {"emergency", "danger_confirmed", CRISIS}


def _judge(record: Record, turn: Turn, evidence: MessageEvidence | None) -> Judged:
    topics = tuple(turn.topics) or (("crisis",) if "crisis" in turn.kinds else ())
    offered = tuple(payload.removeprefix("/ask_") for payload in turn.buttons.values())
    level = turn.level
    signs = [mention for mention in evidence.mentions if mention.kind == "danger_sign"] if evidence else []
    suppressed = level != "emergency" and bool(signs) and not any(mention.present for mention in signs)
    danger = None if evidence is None or evidence.danger is None else max(evidence.danger, evidence.crisis or 0.0)
    return Judged(record, level, topics, offered, danger, suppressed, tuple(turn.asks))


async def _answer_all(assistant: Assistant, records: list[Record]) -> tuple[list[Judged], dict[str, MessageEvidence], float]:
    judged, heard_by_id, seconds = [], {}, []
    for record in tqdm(records, desc="messages", file=sys.stderr, disable=False, mininterval=2):
        started = time.perf_counter()
        turn, evidence = await assistant.ask(record.text)
        seconds.append(time.perf_counter() - started)
        judged.append(_judge(record, turn, evidence))
        if evidence:
            heard_by_id[record.id] = evidence
    return judged, heard_by_id, sorted(seconds)[len(seconds) // 2]


def _alarm(content: Content, evidence: MessageEvidence, thresholds: Thresholds) -> bool:
    decision: Interpretation = decide(content, evidence, DialogueState(), thresholds)
    return decision.intent in ALARMS or decision.intent.startswith("danger_")


def _ablations(assistant: Assistant, records: list[Record], evidence: dict[str, MessageEvidence]) -> dict[str, Share]:
    """Rules only, detector only, both: recall, and false alarms among info and none."""
    calm_intent = "nlu_fallback"
    variants = {
        "rules only": lambda h: replace(h, danger=None, crisis=None, intent=calm_intent, runner_up=""),
        "detector only": lambda h: replace(h, mentions=()),
        "both": lambda h: h,
    }
    rows: dict[str, Share] = {}
    for name, vary in variants.items():
        for label, chosen in (("recall", [r for r in records if r.is_emergency]), ("false alarms", [r for r in records if r.is_calm])):
            hits = [_alarm(assistant.content, vary(evidence[r.id]), assistant.guard._thresholds) for r in chosen if r.id in evidence]
            rows[f"{name}: {label}"] = Share(sum(hits), len(hits))
    return rows


async def _play_all(assistant: Assistant, name: str) -> tuple[Share, list[str]]:
    right, wrong = 0, []
    dialogues = read_dialogues(name)
    for dialogue in tqdm(dialogues, desc="dialogues", file=sys.stderr, disable=False, mininterval=2):
        level, said = await play(assistant, dialogue)
        right += level in dialogue["expect_level"]
        if level not in dialogue["expect_level"]:
            wrong.append(f"{dialogue['id']}: {level}, accepted {dialogue['expect_level']}\n    " + "\n    ".join(said))
    return Share(right, len(dialogues)), wrong


def _below_floors(found: dict[str, Share], floors: dict[str, dict[str, float]]) -> list[str]:
    failures = []
    for name, bounds in floors.items():
        value = 100 * found[name].value
        if value < bounds.get("at_least", 0.0) - 1e-9 or value > bounds.get("at_most", 100.0) + 1e-9:
            failures.append(f"{name}: {value:.1f} %, floor {bounds}")
    return failures


def _print_groups(title: str, groups: dict[str, tuple[Share, Share, Share]]) -> None:
    print(f"\n{title}: card at once | info or none raised to emergency | exact level")
    for name, shares in groups.items():
        cells = " | ".join(f"{100 * s.value:5.1f} % of {s.of:<4}" if s.of else "     -        " for s in shares)
        print(f"  {name:<22} {cells}")


async def evaluate_file(name: str) -> int:
    """Measures one file in the record format, such as a clinic's own messages: no floors, no dialogues."""
    assistant = Assistant(lambda line: print(line, file=sys.stderr))
    judged, _, _ = await _answer_all(assistant, read_set(name))
    print("\n" + table(f"Set '{Path(name).name}'", figures(judged)))
    return 0


async def evaluate(name: str, verbose: bool) -> int:
    """Measures one set; returns the exit status."""
    records = read_set(name)
    assistant = Assistant(lambda line: print(line, file=sys.stderr))
    judged, evidence, median = await _answer_all(assistant, records)
    found = figures(judged)
    signs = {
        tag: share(judged, lambda e, t=tag: t in e.record.tags and e.record.is_emergency, lambda e: e.level == "emergency")
        for tag in SIGN_TAGS
    }
    sections = {f"Set '{name}'": found, "Emergency recall by sign": signs, "Ablations": _ablations(assistant, records, evidence)}
    outcome, wrong_talks = await _play_all(assistant, name)
    sections["Dialogues"] = {"outcome accepted": outcome}
    found["dialogues"] = outcome
    if verbose:
        print("\n".join(wrong_talks))
    for title, rows in sections.items():
        print("\n" + table(title, rows))
    _print_groups("By first tag", by_group(judged, lambda e: [e.record.tags[0]]))
    _print_groups("By further tag", by_group(judged, lambda e: e.record.tags[1:]))
    _print_groups("By length", by_group(judged, lambda e: [e.record.length]))
    for entry in judged:
        if is_missed(entry):
            print(f"\nDANGEROUS MISS {entry.record.id} [{entry.level}]: {entry.record.text}")
    print(f"\nMedian time of a turn in this process: {1000 * median:.0f} ms")
    write_html(RESULTS / f"evaluation-{name}.html", sections, judged)
    print(f"Errors, confusion matrix and reliability plot: {RESULTS / f'evaluation-{name}.html'}")
    if name != "test":
        return 0
    failures = _below_floors(found, yaml.safe_load(FLOORS.read_text(encoding="utf-8")))
    print("\n".join(["", "BELOW THE FLOORS:", *failures]) if failures else "\nAll figures are at or above the floors.")
    return 1 if failures else 0


def main() -> int:
    """Reads the arguments and measures."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation")
    parser.add_argument("--set", default="test", help="test, development, ordinary, hard, or a file in the record format")
    parser.add_argument("--verbose", action="store_true", help="print the dialogues that went wrong")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if arguments.set not in ("test", "development"):
        return asyncio.run(evaluate_file(arguments.set))
    return asyncio.run(evaluate(arguments.set, arguments.verbose))


if __name__ == "__main__":
    sys.exit(main())

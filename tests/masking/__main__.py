"""Prints what the masking finds and what it masks wrongly (`make masking`), beside presidio with `--presidio PYTHON`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from bot.privacy.masking import find_private
from bot.privacy.names import name_rules
from tests.masking.records import KINDS, Count, Record, Span, count, records

_PACKAGES = ("phonenumberslite",)


def rules(text: str) -> list[Span]:
    """The assistant's own masking."""
    return [(private.kind, private.start, private.end) for private in find_private(text)]


def milliseconds(over: Sequence[Record]) -> float:
    """The median time for one text."""
    times = []
    for record in over:
        started = time.perf_counter()
        find_private(record.text)
        times.append(1000 * (time.perf_counter() - started))
    return sorted(times)[len(times) // 2]


def megabytes(packages: Sequence[str]) -> float:
    """What packages take on disk."""
    files = (Path(str(file.locate())) for package in packages for file in metadata.files(package) or [])
    return sum(file.stat().st_size for file in files if file.exists()) / 1_000_000


def row(name: str, result: Count, cost: str) -> str:
    """One line of the table."""
    shares = [f"{result.found[kind]} of {result.labelled[kind]}" for kind in KINDS]
    return f"| {name} | " + " | ".join(shares) + f" | {len(result.wrong)} in {result.clean_texts} | {cost} |"


def presidio(python: str, model: str, over: Sequence[Record]) -> tuple[Count, str]:
    """Presidio's result on the same texts, from an environment of its own."""
    script = str(Path(__file__).with_name("presidio.py"))
    texts = [record.text for record in over]
    done = subprocess.run([python, script, model], input=json.dumps(texts), capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    spans = dict(zip(texts, answer["spans"]))
    return count(lambda text: spans[text], over), f"{answer['milliseconds']:.1f} ms, {answer['megabytes']:.0f} MB of memory"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presidio", metavar="PYTHON", help="interpreter of an environment with presidio-analyzer")
    parser.add_argument("--model", default="en_core_web_sm", help="spaCy model for presidio")
    parser.add_argument("--errors", action="store_true", help="list what was missed and what was masked wrongly")
    arguments = parser.parse_args()
    started = time.perf_counter()
    name_rules()
    print(
        f"Rules: {1000 * (time.perf_counter() - started):.0f} ms to load, {megabytes(_PACKAGES):.0f} MB on disk ({', '.join(_PACKAGES)})."
    )
    print(
        "| masker and set | names | phones | e-mails | false masks in texts without details | cost of one text |\n|---|---|---|---|---|---|"
    )
    for name in ("development", "test"):
        over = records(name)
        results = [("rules", count(rules, over), f"{milliseconds(over):.2f} ms")]
        if arguments.presidio:
            results.append(("presidio", *presidio(arguments.presidio, arguments.model, over)))
        for masker, result, cost in results:
            print(row(f"{masker}, {name}", result, cost))
            if arguments.errors:
                print("\n".join([*result.missed, *(f"wrongly {line}" for line in result.wrong)]), file=sys.stderr)


if __name__ == "__main__":
    main()

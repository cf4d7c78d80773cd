"""`make fuzz`: searches for input that raises, hangs or is taken wrongly, guided by the code that each input reaches (atheris).

Each check runs in a process of its own, since the fuzzer ends its process. A failure is kept in `results/fuzz/` and named.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from bot.settings import ROOT

OUT = ROOT / "results" / "fuzz"
SHARES = {"body": 0.3, "cleaning": 0.3, "tokens": 0.2, "answers": 0.1, "rules": 0.05, "guard": 0.05}
MAX_BYTES = 4_096
SECONDS_UNTIL_HUNG = 120
DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+)")


def fuzz_one(name: str, runs: int) -> None:
    """Fuzzes one check; never returns."""
    import atheris

    with atheris.instrument_imports(include=["bot", "actions"], enable_loader_override=False):
        from tests.hostile.checks import CHECKS, warm_up
        from tests.hostile.seeds import ALL, DANGER, disguises

    corpus = OUT / name
    corpus.mkdir(parents=True, exist_ok=True)
    texts = [*ALL, *(way for text in DANGER for way in disguises(text).values())]
    for number, text in enumerate(texts):
        (corpus / f"seed-{number}").write_bytes(text.encode("utf-8", "surrogatepass"))
        in_a_body = json.dumps({"id": f"12345678-{number}", "text": text[:500]})
        (corpus / f"seed-{number}-body").write_bytes(in_a_body.encode())
    options = [f"-runs={runs}", f"-max_len={MAX_BYTES}", f"-timeout={SECONDS_UNTIL_HUNG}", f"-artifact_prefix={OUT}/{name}-", "-seed=1"]
    warm_up()
    atheris.Setup([sys.argv[0], *options, str(corpus)], CHECKS[name])
    atheris.Fuzz()


def run(name: str, runs: int) -> tuple[int, int]:
    """Fuzzes one check in a process of its own.

    Returns:
        The number of inputs tried and of places in the code reached.

    Raises:
        SystemExit: An input failed.
    """
    command = [sys.executable, "-W", "ignore", "-m", "tests.hostile.fuzz", "--only", name, "--cases", str(runs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    log = done.stdout + done.stderr
    (OUT / f"{name}.log").write_text(log, encoding="utf-8")
    found = DONE.search(log)
    if done.returncode or found is None:
        raise SystemExit(f"{name}: an input failed. It lies beside {OUT / name}.log, which ends:\n{log[-3000:]}")
    return int(found.group(1)), int(found.group(2))


def main() -> None:
    """Fuzzes all checks and says how much was tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=120_000, help="inputs in all")
    parser.add_argument("--only", choices=sorted(SHARES), help="one check, in this process")
    arguments = parser.parse_args()
    if arguments.only:
        fuzz_one(arguments.only, arguments.cases)
    OUT.mkdir(parents=True, exist_ok=True)
    total, began = 0, time.monotonic()
    for name, share in SHARES.items():
        start = time.monotonic()
        cases, reached = run(name, int(arguments.cases * share))
        total += cases
        print(f"{name:10} {cases:8,} inputs, {reached:6,} places in the code reached, {time.monotonic() - start:6.0f} s", flush=True)
    print(f"{'all':10} {total:8,} inputs in {time.monotonic() - began:.0f} s: nothing raised, hung or was taken wrongly.")


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()

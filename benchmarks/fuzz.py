"""A long run of wrong calls, command lines and scenario files: what is neither an answer nor one line of refusal?

    python benchmarks/fuzz.py --minutes 30 --seed 1

The same seed makes the same inputs. Everything else than an answer or a refusal is printed as it comes, so that it can
be added to tests/robustness; the last line counts.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from public_calls import WRONG, Call, every_call, outcome

from tradetarget.cli import main as run_command

WORDS = (
    "forecast", "scenarios", "backtest", "data", "check", "list", "show", "region", "news", "tracking", "promises",
    "--target", "--horizon", "--seed", "--model", "random-walk", "--json", "-", "--as-of", "2019-11", "--by", "2030",
    "--series", "Kazakhstan-Uzbekistan", "--unit", "USD bn", "5", "1", "-1", "nan", "1e999", "1_0", "²", "", "\x1b[31m",
    "--paths", "512", "--event", "run-rate", "--sustained", "--reporter", "x" * 500, "a.toml", "--convert-to", "\udcff",
)  # fmt: skip
TOML = '[[scenario]]\nname = "x"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = 0.02\nstart = 2026\n'
SLOW = {"estimate_prior", "datasets.export"}


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few characters changed, doubled or cut out."""
    for _ in range(chance.randint(1, 4)):
        at, cut = chance.randrange(len(text) + 1), chance.randint(0, 6)
        text = (
            text[:at] + chance.choice(("", "1" * 30, '"', "[", "\x00", "é", "=", "\n", "-", "9e999")) + text[at + cut :]
        )
    return text


def one_call(calls: list[Call], chance: random.Random) -> tuple[str, str]:
    """A public call with one or two wrong values."""
    call = chance.choice(calls)
    names = call.parameters()
    changes = {chance.choice(names): chance.choice(list(WRONG)) for _ in range(chance.randint(1, 2))} if names else {}
    return f"{call.name} {changes}", outcome(call, {name: WRONG[label] for name, label in changes.items()})


def one_command(chance: random.Random) -> tuple[str, str]:
    """A command line of a few words."""
    words = [chance.choice(WORDS[:11]), *chance.choices(WORDS, k=chance.randint(0, 6)), "--horizon", "2"]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run_command(words)
    refusal = status == 2 and not out.getvalue() and err.getvalue().count("\n") == 1
    unforeseen = "fault of tradetarget" in err.getvalue()
    kind = (
        "answered" if status == 0 else "refused" if refusal and not unforeseen else f"status {status}: {err.getvalue()}"
    )
    return f"tradetarget {words}", kind


def one_file(call: Call, folder: Path, chance: random.Random) -> tuple[str, str]:
    """A scenario file or a table with a few characters changed."""
    path = folder / "fuzzed"
    path.write_text(mutated(TOML if "scenario" in call.name else "period,value\n2020,1\n2021,1.5\n2022,2\n", chance))
    return f"{call.name} {path.read_text()!r}", outcome(call, {"path": path})


def main() -> None:
    """Run for as long as is told and print what is neither answer nor refusal."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    chance, counts = random.Random(options.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        (folder / "a.toml").write_text(TOML)
        calls = [c for c in every_call(folder) if c.name not in SLOW]
        readers = [c for c in calls if c.name in ("read_scenarios", "read_system_scenarios", "TradeSeries.from_csv")]
        end = time.monotonic() + 60.0 * options.minutes
        while time.monotonic() < end:
            way = chance.random()
            if way < 0.7:
                what, came = one_call(calls, chance)
            elif way < 0.8:
                what, came = one_command(chance)
            else:
                what, came = one_file(chance.choice(readers), folder, chance)
            kind = came if came in ("answered", "refused") else "anything else"
            counts[kind] += 1
            if kind == "anything else":
                sys.stdout.write(f"{what[:500]}\n    {came[:500]}\n")
                sys.stdout.flush()
        os.chdir("/")
    sys.stdout.write(f"{sum(counts.values())} inputs: {dict(counts)}\n")


if __name__ == "__main__":
    main()

"""Command lines as people mistype them: a valid line of each command, with words changed, added, dropped or doubled.

Commands and options come from the program itself, so that a new one cannot be forgotten. ``fetch`` asks nobody: what it
asks through is replaced by answers that are made up.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import requests
import typer
from loopback import Time
from mutated_files import CELLS, mutated_file
from outcomes import ANSWERED, OTHER, Outcome, refusal

from tradetarget import fetching
from tradetarget.cli import main
from tradetarget.cli.application import app
from tradetarget.models import model_names

Rng = np.random.Generator
ROWS = "period,value\n2018,3.1\n2019,3.4\n2020,3.2\n2021,3.8\n2022,4.2\n2023,4.0\n2024,4.4\n"
PAIRS = "series,flow,reporter,period,value,unit\n" + "".join(
    f"A-{partner},turnover,{side},{year},{value + 0.1 * (year - 2012) + 0.2 * (year % 3)},USD bn\n"
    for partner, value in (("B", 2.0), ("C", 1.0))
    for side in ("A",)
    for year in range(2012, 2025)
)
SCENARIOS = '[[scenario]]\nname = "x"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = 0.02\nstart = 2026\n'
PANEL = "unit,period,value\n" + "".join(f"{u},{y},{10 + y - 2015}\n" for u in "AB" for y in range(2015, 2025))
TARGETS = "unit,target\nA,25\nB,40\n"
FILES = {"a.csv": ROWS, "pairs.csv": PAIRS, "s.toml": SCENARIOS, "panel.csv": PANEL, "targets.csv": TARGETS}
"""What the commands read; it must be the same after each of them."""
OWN = ("--target", "5", "--unit", "USD bn", "--data-unit", "USD bn", "--model", "random-walk")
LINES: dict[str, tuple[str, ...]] = {
    "forecast": ("a.csv", *OWN, "--horizon", "3"),
    "report": ("a.csv", *OWN, "--horizon", "3", "--paths", "512", "-o", "out.xlsx"),
    "scenarios": ("s.toml", "--data", "a.csv", *OWN, "--horizon", "3", "--paths", "512"),
    "required": ("a.csv", *OWN, "--by", "2027", "--paths", "512"),
    "sensitivity": ("a.csv", *OWN, "--by", "2027", "--paths", "512"),
    "sweep": ("a.csv", *OWN, "--by", "2027", "--paths", "512"),
    "backtest": ("a.csv", *OWN, "--origins", "2021,2022", "--horizon", "2"),
    "region": ("pairs.csv", "--target", "A-B=6", "--horizon", "2"),
    "news": ("a.csv", *OWN, "--from", "2023-06", "--to", "2024-06", "--by", "2027", "--horizon", "5"),
    "batch": ("panel.csv", "targets.csv", "-o", "answers", "--horizon", "2"),
    "tracking": ("a.csv", *OWN, "--by", "2030", "--base", "2019"),
    "promises": ("--growth", "10"),
    "fetch": ("imf", "-o", "out.csv", "--reporter", "KAZ", "--partner", "UZB", "--from", "2022", "--to", "2024"),
    "data list": (),
    "data show": ("article-2019",),
    "data export": ("article-2019", "out.csv"),
    "data mirror": ("--flow", "exports", "--series", "Kazakhstan-Uzbekistan"),
    "data check": ("a.csv",),
    "data convert": ("a.csv", "out.csv"),
}
"""A line of each command that is answered in a moment."""
SLOW = {"report": 0.1, "region": 0.3, "backtest": 0.3, "promises": 0.1, "news": 0.5}
"""How often a command is taken beside the others. Judgement, because these take a second and more."""
WORDS = (
    *CELLS, "", "-", "--", "nan", "inf", "1e999", "1_0", "²", "５", "0", "-1", "5 %", "5,0", "0.5", "2030", "20300",
    "1066", "2019-11", "2019-13", "\x1b[31m", "\udcff", "\u202ea", "x" * 500, "9" * 400, "a.csv", "s.toml",
    "none.csv", ".", "/dev/null", "/dev/full", "a\x00b", "я" * 130, "out.csv", "out.png", "out.svg", "out.txt",
    "no-folder/out.csv", "USD bn", "EUR mn", "tonnes", "random-walk", "pooled", "damped-trend", "drivers", "logistic",
    "run-rate", "rolling-12-months", "again", "exact", "simulation", "x", "'", '"', "=", "a=b", "value=b",
    "period=value", "2", "3", "80,95", "120", "yes", "March", "month", "Kazakhstan", "Uzbekistan", "A-B",
    "growth_shift", "level_effect", "{}", "[1]", "growth_shift=1 %..3 %",
)  # fmt: skip
"""Words that an option may be given."""
FITTING: dict[str, tuple[str, ...]] = {
    "--model": model_names(),
    "--event": ("calendar-year", "rolling-12-months", "run-rate"),
    "--occurrence": ("first", "again"),
    "--sustained": ("1", "2", "12"),
    "--method": ("exact", "simulation", "auto"),
    "--by": ("2025", "2026", "2030", "2040"),
    "--as-of": ("2022-11", "2024-06", "2025-03"),
    "--horizon": ("1", "2", "6"),
    "--paths": ("1", "2", "600", "1100"),
    "--level": ("80", "50,95"),
    "--target": ("4.4", "5", "60", "0.1"),
    "--unit": ("USD bn", "USD mn", "EUR bn"),
    "--data-unit": ("USD mn", "USD bn", "KZT bn"),
    "--convert-to": ("USD", "EUR bn"),
    "--dataset": ("article-2019", "kazakhstan-central-asia"),
    "--series": ("Kazakhstan-Uzbekistan", "A-B"),
    "--flow": ("turnover", "exports", "imports"),
    "--reporter": ("Kazakhstan", "Uzbekistan", "A", "KAZ"),
    "--seed": ("1", "18446744073709551615"),
    "--json": ("-", "out.json"),
    "--csv": ("out.csv",),
    "--plot": ("out.png", "out.svg"),
    "--hedgehog": ("out.svg",),
    "--scenarios": ("s.toml", "bundled"),
    "--scenario": ("x",),
    "--factor": ("growth_shift=1 %..3 %", "level_effect=10 %,20 %", "growth_shift=1 %,2 %"),
    "--lever": ("growth_shift", "level_effect"),
    "--drivers": ("imf-weo-2025-10", "a.csv"),
    "--origins": ("2021", "2020-2022"),
    "--multiples": ("1.25", "1.5,2"),
    "--column": ("value=value", "period=period"),
    "--select": ("series=A-B", "period=2020"),
    "--frequency": ("year", "month"),
    "--year-end": ("March", "December"),
}  # fmt: skip
"""Words that an option takes, so that half of the changes get past the first look."""


@cache
def commands() -> dict[str, Any]:
    """Every command of the program by its words."""

    def each(command: Any, words: str) -> Iterator[tuple[str, Any]]:
        if not hasattr(command, "commands"):
            yield words, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from each(inner, f"{words} {name}".strip())

    return dict(each(typer.main.get_command(app), ""))


def write_files() -> None:
    """What the commands read, written into the current folder."""
    for name, text in FILES.items():
        Path(name).write_text(text)


def command_line(rng: Rng) -> list[str]:
    """One command line: up to three changes of a valid one."""
    names = list(LINES)
    shares = np.array([SLOW.get(name, 1.0) for name in names])
    name = names[rng.choice(len(names), p=shares / shares.sum())]
    words = list(LINES[name])
    options = [p for p in commands()[name].params if p.param_type_name == "option" and p.name != "address"]
    for _ in range(int(rng.integers(0, 4))):
        words = _changed(words, options, rng)
    if rng.random() < 0.02:
        name = f"{name}x"[: int(rng.integers(1, len(name) + 2))]
    return [*name.split(" "), *words]


def _changed(words: list[str], options: list[Any], rng: Rng) -> list[str]:
    """The words with one change."""
    at, word = int(rng.integers(len(words) + 1)), WORDS[int(rng.integers(len(WORDS)))]
    way = rng.random()
    if way < 0.7 and options:
        return _with_option(words, options[int(rng.integers(len(options)))], word, rng)
    if way < 0.85:
        return [*words[:at], word, *words[at + 1 :]]
    if way < 0.92:
        return [*words[:at], *words[at + 1 :]]
    return [*words[:at], word, *words[at:]]


def _with_option(words: list[str], option: Any, word: str, rng: Rng) -> list[str]:
    """The words with an option given, in the place of what it was given before; half of the time a value that fits."""
    name = option.opts[-1]
    fitting = FITTING.get(name, ())
    if fitting and rng.random() < 0.7:
        word = fitting[int(rng.integers(len(fitting)))]
    if getattr(option, "is_flag", False):
        return [*words, name]
    if name in words[:-1]:
        at = words.index(name)
        return [*words[: at + 1], word, *words[at + 2 :]]
    return [*words, name, word]


def outcome(words: list[str], rng: Rng) -> Outcome:
    """What the command comes to in the current folder; numbers that numpy cannot hold are errors.

    An answer has status 0 and says something; a refusal has status 2, nothing on standard output and one line on
    standard error. In both, the files that were there are as they were, and nothing is left half written.
    """
    out, err = io.StringIO(), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(ROWS.encode()))
    with (
        contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), patch("sys.stdin", stdin),
        _nobody_asked(rng), np.errstate(over="raise", divide="raise", invalid="raise"),
    ):  # fmt: skip
        status = main(words)
    made = _judged(status, out.getvalue(), err.getvalue())
    spoilt = [name for name, text in FILES.items() if not Path(name).is_file() or Path(name).read_text() != text]
    left = [p for p in Path().iterdir() if p.name not in FILES]
    parts = [p.name for p in left if p.name.endswith(".part")]
    for path in left:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if spoilt:
        write_files()
    # A file that is named once, by a command that was answered, is what it was asked to write.
    wrong = [name for name in spoilt if made.kind != ANSWERED or sum(name in word for word in words) > 1]
    if made.kind != OTHER and (wrong or parts):
        return Outcome(OTHER, f"{wrong} changed, {parts} left")
    return made


def _judged(status: int, out: str, err: str) -> Outcome:
    if "fault of tradetarget" in err or "Traceback" in err:
        return Outcome(OTHER, err)
    if status == 0 and out and not any(w in err for w in ("encountered", "numpy", "pandas")):
        return Outcome(ANSWERED)
    if status == 2 and not out and err.count("\n") == 1:
        return refusal(err.rstrip("\n"))
    return Outcome(OTHER, f"status {status}, {len(out)} characters, {err!r}")


@contextlib.contextmanager
def _nobody_asked(rng: Rng) -> Iterator[None]:
    """Services of statistics are not asked: they give a page, damaged figures, or no answer, and waits are none."""

    def get(url: str, **_: Any) -> Any:
        way = rng.random()
        if way < 0.2:
            raise requests.exceptions.ConnectionError("nobody is there")
        content = mutated_file(rng) if way < 0.6 else b'{"data": [], "value": {}, "structure": {}}'
        status = int(rng.choice([200, 200, 200, 404, 429, 500]))
        return SimpleNamespace(status_code=status, content=content, headers={}, url=url)

    time = Time()
    asked = partial(fetching.fetch, sleep=time.sleep, clock=time.clock)
    with patch.object(requests, "get", get), patch.object(fetching, "fetch", asked):
        yield

"""Scenario files as people mistype them, of one series and of a region: every kind of adjustment, then changed.

A file that is read is also run, because a scenario that cannot be run has to be refused in one line too.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from example_data import region, short_series
from outcomes import ANSWERED, OTHER, Outcome, outcome_of

import tradetarget as tt

Rng = np.random.Generator
SIZES = {
    "growth_shift": "value = 0.02\nstart = 2026\nend = 2027",
    "growth_halt": "start = 2026",
    "growth_path": "rates_by_year = {2026 = 0.05, 2027 = '3 %'}",
    "benchmark": "value = 0.05",
    "return_to_trajectory": "first = 2018\nlast = 2020\nyears = 3",
    "level_effect": "value = {low = '10 %', high = '20 %'}\nstart = 2\nyears = 2",
    "level_shock": "value = '-14 %'\nyear = 2026\nrecovery = 1",
    "conditional_event": "probability = 0.1\nvalue = {low = -0.3, mode = -0.2, high = -0.1}",
    "ceiling": "level = 8.0\nunit = 'USD bn'",
    "volatility_multiplier": "factor = 1.5",
    "deflation": "base_year = 2020\nindex = {"
    + ", ".join(f"{y} = {100 + 2 * (y - 2018)}" for y in range(2018, 2025))
    + "}\ninflation = {mean = 0.02, sd = 0.005}",
    "driver_shift": "area = 'KAZ'\nconcept = 'gdp'\nvalue = 0.01",
}
"""An adjustment of every kind, as a file writes it."""
HEADS = (
    "",
    'title = "T"\nseries = "A-B"\nflow = "turnover"\ntarget = 5.0\nunit = "USD bn"\nhorizon = 8\nas_of = "2024-12"\n',
)
LITERALS = (
    "nan", "inf", "-inf", "0", "-1", "1e400", "1e308", "1e-320", "10", "1000000000000000000000", "9" * 400, "0x7f",
    "1_0", "true", "''", "'5 %'", "'5'", "'1e999 %'", "'x'", "'２０２６'", "[]", "[1, 2]", "[{}]", "{}",
    "{low = 1, high = 0}", "{low = 0.1}", "{mean = 0, sd = -1}", "{low = 0.1, mode = 0.1, high = 0.1}", "2026",
    "2026.5", "1066", "20300", "2026-01-01", "2026-01-01T00:00:00Z", "'2026'", "-0.999", "-1.5", "'-100 %'",
    "'a\\u001b\\u202e'", "'" + "x" * 3000 + "'", "[" * 30 + "]" * 30, "0.02", "3", "'A-0'", "'Region'",
)  # fmt: skip
KEYS = (
    "name", "kind", "value", "start", "end", "year", "years", "recovery", "probability", "level", "unit", "factor",
    "on", "index", "base_year", "rates_by_year", "parent", "source", "description", "target", "horizon", "as_of",
    "vlaue", "", '"a b"', "²", "a.b", "parent",
)  # fmt: skip


def region_file(rng: Rng) -> str:
    """A file of scenarios of a region, changed."""
    head = "[targets]\nA-0 = 3\nRegion = 5\n" if rng.random() < 0.5 else ""
    members = ("'A-0'", "'A-1'", "'A-0'", "'A-1'", "'Region'", "1", None, None, None)
    return _file(rng, HEADS[int(rng.integers(2))].replace("A-B", "Region") + head, members)


def scenario_file(rng: Rng) -> str:
    """A file of scenarios of one series, changed."""
    return _file(rng, HEADS[int(rng.integers(2))], (None,) * 9 + ("'A'",))


def _file(rng: Rng, head: str, members: tuple[str | None, ...]) -> str:
    lines = head.splitlines()
    for i in range(int(rng.integers(1, 4))):
        lines += ["[[scenario]]", f'name = "{i}"', *([f'parent = "{i - 1}"'] if i and rng.random() < 0.3 else [])]
        for _ in range(int(rng.integers(0, 3))):
            kind = list(SIZES)[min(int(rng.integers(len(SIZES) + 3)), len(SIZES) - 1 - int(rng.random() < 0.9))]
            member = members[int(rng.integers(len(members)))]
            lines += ["[[scenario.adjustment]]", f'kind = "{kind}"', *([] if member is None else [f"on = {member}"])]
            lines += SIZES[kind].splitlines()
    for _ in range(int(rng.choice([0, 1, 1, 1, 2]))):
        lines = _changed(lines, rng)
    text = "\n".join(lines) + "\n"
    return _with_other_characters(text, rng) if rng.random() < 0.2 else text


def _changed(lines: list[str], rng: Rng) -> list[str]:
    """The lines with one change: another value, another key, a line more or less."""
    at = int(rng.integers(len(lines)))
    key, equals, _ = lines[at].partition(" = ")
    literal, other = LITERALS[int(rng.integers(len(LITERALS)))], KEYS[int(rng.integers(len(KEYS)))]
    way = rng.random()
    if equals and way < 0.55:
        return [*lines[:at], f"{key} = {literal}", *lines[at + 1 :]]
    if equals and way < 0.65:
        return [*lines[:at], lines[at].replace(key, other, 1), *lines[at + 1 :]]
    if way < 0.8:
        return [*lines[:at], *lines[at + 1 :]] or lines
    if way < 0.9:
        return [*lines[: at + 1], f"{other} = {literal}", *lines[at + 1 :]]
    return [*lines[: at + 1], lines[at], *lines[at + 1 :]]


def _with_other_characters(text: str, rng: Rng) -> str:
    odd = "\"'[]{}=.#\n\t\x00é\ufeff\\"
    at = int(rng.integers(len(text)))
    return text[:at] + odd[int(rng.integers(len(odd)))] + text[at + int(rng.integers(0, 4)) :]


def outcome(text: str, path: Path) -> Outcome:
    """What reading and running a file of scenarios of one series comes to."""
    path.write_text(text, encoding="utf8")

    def run() -> Outcome:
        file = tt.scenarios.read_scenario_file(path)
        asked = file.target or 5.0
        answer = tt.run_scenarios(short_series(), asked, file.scenarios, "random-walk", file.horizon or 8, n_paths=512)
        answer.summary()
        return _finite(answer.to_frame())

    return outcome_of(run)


def region_outcome(text: str, path: Path) -> Outcome:
    """What reading and running a file of scenarios of a region comes to."""
    path.write_text(text, encoding="utf8")

    def run() -> Outcome:
        file = tt.systems.read_system_scenario_file(path)
        asked = file.targets or {"A-0": 3.0}
        answer = tt.forecast_system(region(), asked, file.horizon or 8, 0, file.scenarios, n_paths=512)
        answer.summary()
        return _finite(answer.to_frame())

    return outcome_of(run)


def _finite(frame: pd.DataFrame) -> Outcome:
    p = frame["probability"].to_numpy(dtype=float)
    good = bool(np.isfinite(p).all() and (p >= 0.0).all() and (p <= 1.0).all())
    return Outcome(ANSWERED) if good else Outcome(OTHER, f"probabilities {p.tolist()}")

"""A backtest as text and as plain data: scores beside the baselines, calibration, what each origin could know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import tradetarget
from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.blocks import Block
from tradetarget.report.records import SCHEMA_VERSION, as_text
from tradetarget.report.text import DOUBLE, SINGLE, Text, percent, points

if TYPE_CHECKING:
    from tradetarget.evaluation import Backtest

BASELINES = {
    "no-drift": "random walk without drift",
    "cagr": "past growth extrapolated",
    "own-past": "base rate of its own past",
}
ROUND_MULTIPLES, MOST_LEVELS = 3, 6
"""Decimals of multiples that somebody asked for, where levels give longer ones; levels that a line lists. Judgement,
because targets are seldom asked for as 1.3456 times the last total."""


@takes(backtest=made("Backtest"))
def backtest_summary(backtest: Backtest) -> Text:
    """Scores of the model and the baselines, by years ahead, coverage, and the reliability table.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    frame, rows = backtest.frame, backtest.scored
    origins, units = sorted(frame["origin"].unique()), backtest.units
    cases = len(frame) // backtest.horizon
    facts = [
        ("Series", units[0] if len(units) == 1 else f"{len(units):,} series"),
        *_in_short(backtest),
        ("Origins", f"{origins[0]} to {origins[-1]} ({text.plural(len(origins), 'year')})"),
        ("Asked", _asked(backtest)),
        ("Forecasts", f"{cases:,} hitting times over {text.plural(backtest.horizon, 'year')}"),
        ("Happened so far", f"{len(rows):,} of their {len(frame):,} yearly probabilities"),
        *_data(backtest),
    ]
    if len(backtest.skipped):
        facts.append(("Left out", f"{text.plural(len(backtest.skipped), 'origin')}; see .skipped for the reasons"))
    blocks = [_scores(backtest), _by_years(backtest), _reliability(backtest)]
    return text.page(
        text.title(f"Backtest: {backtest.model_name}"), text.facts(facts), *blocks, [DOUBLE],
        text.notes(_notes(backtest)),
    )  # fmt: skip


def _data(backtest: Backtest) -> list[tuple[str, str]]:
    """Whose figures, and from where, as far as the data say."""
    about = backtest.data
    return [(name, "; ".join(about[key])) for name, key in (("Reporter", "reporters"), ("Source", "sources"))
            if about.get(key)]  # fmt: skip


def _scores(backtest: Backtest) -> Block:
    """A line a forecaster: its scores, its skill with an interval, and how often its interval held."""
    table = backtest.scores().join(backtest.calibration())
    rows = []
    for name, row in table.iterrows():
        skill = "-" if row["skill"] is None else f"{points(row['skill'])}%"
        span = (
            "-"
            if row["skill_low"] is None or name == "no-drift"
            else f"{points(row['skill_low'])} to {points(row['skill_high'])}"
        )
        label = BASELINES.get(str(name), str(name))
        rows.append([label, f"{row['rps']:.4f}", f"{row['log_score']:.3f}", skill, span, percent(row["coverage"])])
    return text.table(
        ["", "RPS", "log", "skill", "90 % interval", "80 % held"], rows, (26, 8, 8, 9, 16, 11), above=[SINGLE],
        names=["Forecaster", "RPS", "Log score", "Skill", "90 % interval of the skill", "80 % interval holds"],
        caption="Scores",
    )  # fmt: skip


def _by_years(backtest: Backtest) -> Block:
    """The Brier score of every forecaster, some years ahead."""
    brier = backtest.scores(by="years_ahead")["rps"].to_dict()
    wanted = [h for h in (1, 2, 3, 5, 7, 10, 15) if (h, backtest.model_name) in brier]
    rows = [
        [BASELINES.get(name, name), *(f"{brier[h, name]:.3f}" for h in wanted)]
        for name in (backtest.model_name, *(b for b in BASELINES if b in backtest.frame))
    ]
    title, years = "Brier score by years ahead", [str(h) for h in wanted]
    return text.table(
        [title, *years], rows, (28, *[7] * len(years)), above=[SINGLE], names=["Forecaster", *years], caption=title
    )


def _reliability(backtest: Backtest) -> Block:
    """Probabilities as they were stated, in five bins, and how often it happened."""
    bins = backtest.reliability(bins=5)
    columns = (bins[c].tolist() for c in ("low", "high", "stated", "observed", "n"))
    rows = [
        [f"{100 * low:.0f} to {100 * high:.0f} %", percent(stated), percent(observed), f"{n:,}"]
        for low, high, stated, observed, n in zip(*columns, strict=True)
    ]
    return text.table(
        ["Probability stated", "mean", "happened", "forecasts"], rows, (28, 8, 12, 12), above=[SINGLE],
        names=["Probability stated", "Mean stated", "Happened", "Forecasts"], caption="Reliability",
    )  # fmt: skip


def _notes(backtest: Backtest) -> list[str]:
    skill = (
        "Skill: 1 - RPS / RPS of the random walk without drift."
        if "no-drift" in backtest.frame
        else "There is no baseline, and no skill, for this event."
    )
    lines = [
        "RPS: mean of (P(reached by year) - what happened)^2; 0 is perfect, lower is better, as for the log score. "
        f"{skill}",
        f"Pseudo-real-time: {backtest.real_time.removesuffix(', so this is pseudo-real-time')}.",
        "Only years that have happened are scored.",
    ]
    if len(backtest.units) == 1:
        lines.append(
            "One series: its forecasts share most of their years, so no interval says how sure the skill is. "
            "A good score here is one lucky or unlucky history."
        )
    return lines


def _in_short(backtest: Backtest) -> list[tuple[str, str]]:
    """The model's skill and coverage in a sentence, where there is a baseline."""
    if "no-drift" not in backtest.frame:
        return []
    scores, held = backtest.scores().to_dict("index"), backtest.calibration().to_dict("index")
    skill: Any = scores[backtest.model_name]["skill"]
    coverage: Any = held[backtest.model_name]["coverage"]
    if skill is None:
        return []
    side = "below" if skill >= 0.0 else "above"
    words = f"errors (RPS) {100.0 * abs(skill):.1f} % {side} those of a random walk without drift"
    return [("In short", f"{words}; 80 % intervals held in {percent(coverage)}")]


def _asked(backtest: Backtest) -> str:
    """The targets: multiples of the total at each origin, or levels."""
    multiples = np.unique(backtest.frame["multiple"].to_numpy(dtype=float).round(9))
    if (multiples == multiples.round(ROUND_MULTIPLES)).all():
        return ", ".join(f"{m:g}" for m in multiples) + " times the last total at each origin"
    levels = np.unique(backtest.frame["target"].to_numpy(dtype=float))
    if len(levels) > MOST_LEVELS:
        return f"{len(levels):,} levels from {text.level(levels[0])} to {text.level(levels[-1])}"
    return f"{', '.join(text.level(v) for v in levels)} {backtest.unit_of_value or ''}".strip()


@takes(backtest=made("Backtest"))
def backtest_record(backtest: Backtest) -> dict[str, Any]:
    """A backtest as plain data: what ``tradetarget backtest --json`` writes.

    Returns
    -------
    dict
        schema_version; model; units; unit (of every level); origins; horizon; pseudo_real_time (what each origin was
        allowed to know); forecasts_scored; scores (a list with forecaster, n, rps, log_score, skill, skill_low,
        skill_high, coverage, reliability_error); brier_by_years_ahead {forecaster: {years: score}}; reliability (a
        list of bins); vintages (a list with unit, origin, target, median, low, high, by_YYYY, first_reached);
        skipped (a list with unit, origin, reason); seed; version. Years are strings; "not within the horizon", "not
        so far" and an interval that nothing supports are None.
    """
    brier: dict[str, dict[str, float]] = {}
    for row in backtest.scores(by="years_ahead").reset_index().to_dict("records"):
        brier.setdefault(str(row["forecaster"]), {})[str(row["years_ahead"])] = float(row["rps"])
    return {
        "schema_version": SCHEMA_VERSION,
        "model": backtest.model_name,
        "units": list(backtest.units),
        "unit": as_text(backtest.unit_of_value),
        "origins": [str(y) for y in sorted(backtest.frame["origin"].unique())],
        "horizon": backtest.horizon,
        "pseudo_real_time": backtest.real_time,
        "forecasts_scored": len(backtest.scored),
        "scores": _rows(backtest.scores().join(backtest.calibration()).reset_index()),
        "brier_by_years_ahead": brier,
        "reliability": _rows(backtest.reliability()),
        "vintages": _rows(backtest.vintages(), years=("origin", "median", "low", "high", "first_reached")),
        "skipped": _rows(backtest.skipped, years=("origin",)),
        "seed": backtest.seed,
        "version": tradetarget.__version__,
    }


def _rows(frame: pd.DataFrame, years: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Rows as plain data: missing is None, years are strings."""

    def cell(name: str, value: Any) -> Any:
        if value is None or pd.isna(value):
            return None
        return str(value) if name in years else value.item() if hasattr(value, "item") else value

    return [{str(k): cell(str(k), v) for k, v in row.items()} for row in frame.to_dict("records")]

"""A backtest of a region as text: three forecasters beside one another, and whether their distances are noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.blocks import Block
from tradetarget.report.text import DOUBLE, SINGLE, Text, percent
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.evaluation.regions import SystemBacktest

FORECASTERS = {
    "joint": "pairs with correlated shocks",
    "independent": "pairs each for itself",
    "direct": "the total as one series",
}
MEASURES = {
    "crps": "CRPS of the log level",
    "rps": "RPS of reaching multiples",
    "joint_brier": "Brier score of both reaching",
}


@takes(backtest=made("SystemBacktest"))
def region_backtest_summary(backtest: SystemBacktest) -> Text:
    """Scores of the three forecasters, and the joint one's distances from the others with standard errors.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    origins = sorted(backtest.frame["origin"].unique().tolist())
    facts = [
        ("Region", one_line(backtest.region) if backtest.region else "not stated"),
        ("Origins", f"{origins[0]} to {origins[-1]} ({text.plural(len(origins), 'year')})"),
        ("Multiples asked", ", ".join(f"{m:g}" for m in backtest.multiples)),
    ]
    remarks = [
        "Lower is better for every score. CRPS: of the region's log level, 0.1 is about 10 %. RPS and Brier score: "
        "squared error of P(reached by year), of the region and of the largest pair together with the region.",
        "Differences: the joint forecaster less the other; negative where the joint one is better. Neighbouring "
        "origins share most of their future, so their standard errors are too small.",
        "Years that have not happened are not scored.",
    ]
    title = text.title("Backtest of a region: does joint modelling pay?")
    return text.page(
        title, text.facts(facts), [SINGLE], _scores(backtest), [SINGLE], _differences(backtest), [DOUBLE],
        text.notes(remarks),
    )  # fmt: skip


def _scores(backtest: SystemBacktest) -> Block:
    """A line a forecaster."""
    rows = []
    for name, row in backtest.scores().iterrows():
        score = [f"{row['crps']:.4f}", percent(row["covered"]), f"{row['rps']:.4f}", f"{row['joint_brier']:.4f}"]
        rows.append([FORECASTERS.get(str(name), str(name)), *score])
    return text.table(
        ["", "CRPS", "80 % holds", "RPS", "both"], rows, (30, 9, 12, 9, 9), caption="Scores",
        names=["Forecaster", "CRPS of the log level", "80 % interval holds", "RPS of reaching", "Brier score of both"],
    )  # fmt: skip


def _differences(backtest: SystemBacktest) -> Block:
    """The joint forecaster's mean score less the others', a line a measure."""
    others = ("independent", "direct")
    tables = [backtest.differences(other) for other in others]
    rows = [
        [name, *(f"{t['difference'][measure]:+.4f} ({t['standard_error'][measure]:.4f})" for t in tables)]
        for measure, name in MEASURES.items()
    ]
    return text.table(
        ["Joint less the other", *others], rows, (30, 20, 20), caption="Differences",
        names=["Joint less the other (standard error)", *(FORECASTERS[other] for other in others)],
    )  # fmt: skip

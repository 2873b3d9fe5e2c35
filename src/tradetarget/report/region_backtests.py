"""A backtest of a region as text: three forecasters beside one another, and whether their distances are noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.blocks import Block, grid
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
    lines = [f"{'':30}{'CRPS':>9}{'80 % holds':>12}{'RPS':>9}{'both':>9}", SINGLE]
    rows = []
    for name, row in backtest.scores().iterrows():
        score = [f"{row['crps']:.4f}", percent(row["covered"]), f"{row['rps']:.4f}", f"{row['joint_brier']:.4f}"]
        rows.append([FORECASTERS.get(str(name), str(name)), *score])
    lines += [f"{a:30}{b:>9}{c:>12}{d:>9}{e:>9}" for a, b, c, d, e in rows]
    head = ["Forecaster", "CRPS of the log level", "80 % interval holds", "RPS of reaching", "Brier score of both"]
    return grid(lines, head, rows, "Scores")


def _differences(backtest: SystemBacktest) -> Block:
    """The joint forecaster's mean score less the others', a line a measure."""
    lines, rows = [f"{'Joint less the other':30}{'independent':>20}{'direct':>20}", SINGLE], []
    tables = [backtest.differences(other) for other in ("independent", "direct")]
    for measure, name in MEASURES.items():
        row = [name, *(f"{t['difference'][measure]:+.4f} ({t['standard_error'][measure]:.4f})" for t in tables)]
        rows.append(row)
        lines.append(f"{row[0]:30}{row[1]:>20}{row[2]:>20}")
    head = ["Joint less the other (standard error)", FORECASTERS["independent"], FORECASTERS["direct"]]
    return grid(lines, head, rows, "Differences")

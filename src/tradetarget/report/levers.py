"""What would have to happen, as text: required sizes, factors one at a time, and grids of two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.blocks import grid
from tradetarget.report.provenance import data_facts, event_text
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, percent, plural, points
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.scenarios.factor_results import Sensitivity, Sweep
    from tradetarget.scenarios.inverse import Required

NAME_WIDTH = 28  # of 78 columns: four cells and a last one of 14 take the other 50
CELL = 9  # "+12.3 %" and two spaces


def size_text(size: float) -> str:
    """The size of an adjustment: "+2.5 %", "0 %".

    >>> size_text(0.0253), size_text(-0.331), size_text(0.0), size_text(0.0004)
    ('+2.53 %', '-33.1 %', '0 %', '+0.04 %')
    """
    shown = 100 * size
    return "0 %" if shown == 0 else f"{shown:+.3g} %" if abs(shown) >= 0.1 else f"{shown:+.2f} %"


def lever_text(kind: str, size: float) -> str:
    """What a lever of that size does, in words."""
    if kind == "growth_shift":
        return f"growth {size_text(size)} a year on top of the model's"
    return f"a level {size_text(size)} on top of the model's" if kind == "level_effect" else size_text(size)


def lever_question(answer: Required | Sensitivity | Sweep) -> str:
    """The question in words."""
    target = amount(answer.target.value, answer.target.unit)
    return f"What would bring {one_line(answer.series.label)} to {target} by {answer.by}?"


def _basis(answer: Required | Sensitivity | Sweep) -> list[tuple[str, str]]:
    totals = answer.series.annual()
    return [
        ("Target", event_text(answer.target)),
        ("Last value", f"{amount(float(totals.iloc[-1]), answer.target.unit)} in {totals.index[-1]}"),
        *data_facts(answer.series),
        ("Model", f"{answer.model}, {plural(answer.n_paths, 'path')}, seed {answer.seed}"),
    ]


@takes(answer=made("Required"))
def required_summary(answer: Required) -> Text:
    """The required size, how exact it is, and what it starts from.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    low, high = answer.interval
    interval = f"{size_text(low)} to {size_text(high)}" if high < math.inf else f"{size_text(low)} or more"
    rows = [
        ("Required", lever_text(answer.lever, answer.value)),
        ("95 % interval", f"{interval} (of the simulation)"),
        (f"P(by {answer.by}) with it", percent(answer.probability)),
        (f"P(by {answer.by}) without", percent(answer.probability_without)),
        *([("On top of", one_line(answer.scenario))] if answer.scenario else []),
    ]
    remarks = [
        "The uncertainty of growth is part of the probability; the interval is only that of the number of paths."
    ]
    with_it = f"{percent(answer.probability)} with {lever_text(answer.lever, answer.value)}"
    first = f"P(reached by the end of {answer.by}) is {percent(answer.probability_without)}, and {with_it}"
    return text.page(
        text.title(lever_question(answer), first), text.facts(rows), [SINGLE], text.facts(_basis(answer)), [DOUBLE],
        text.notes(remarks),
    )  # fmt: skip


def _row(name: str, cells: list[str], last: str) -> str:
    name = one_line(name)
    shown = name if len(name) < NAME_WIDTH else f"{name[: NAME_WIDTH - 2]}…"
    return text.columns([shown, *cells, last], (NAME_WIDTH, *[CELL] * len(cells), CELL + 5))


@takes(answer=made("Sensitivity"))
def sensitivity_summary(answer: Sensitivity) -> Text:
    """Factors, the widest swing first: sizes and probabilities at both ends.

    Returns
    -------
    Text
        Plain text, the same on every run.
    """
    head = ["Factor", "low", "high", "P(low)", "P(high)", "points"]
    lines, cells = [_row("Factor", head[1:-1], "points")], []
    for row in answer.to_dict()["factors"]:
        sizes = [sized(row["kind"], row[end]) for end in ("low", "high")]
        both = [percent(row[f"probability_{end}"]) for end in ("low", "high")]
        swing = points(row["probability_high"] - row["probability_low"])
        last = f"{swing} ({100 * row['swing_error']:.1f})"
        lines.append(_row(row["factor"], [*sizes, *both], last))
        cells.append([row["factor"], *sizes, *both, last])
    remarks = [
        f"P: probability of having reached the target by {answer.by}; {percent(answer.probability)} with every factor "
        f"at its middle. Low and high are the ends of the central {percent(answer.level)} of each size.",
        "Points: P(high) less P(low) in percentage points; in brackets at most its standard error.",
    ]
    first = f"P(reached by the end of {answer.by}) is {percent(answer.probability)} with every factor at its middle"
    return text.page(
        text.title(lever_question(answer), first),
        grid(lines, head, cells),
        [SINGLE],
        text.facts(_basis(answer)),
        [DOUBLE],
        text.notes(remarks),
    )


def sized(kind: str, size: float) -> str:
    """The size of an adjustment of that kind in a table: per cent, or a plain number for a multiple or a level.

    >>> sized("growth_shift", 0.02), sized("volatility_multiplier", 1.5), sized("ceiling", 8.0)
    ('+2 %', 'x 1.5', '8')
    """
    if kind == "volatility_multiplier":
        return f"x {size:.3g}"
    return f"{size:.4g}" if kind == "ceiling" else size_text(size)


@takes(answer=made("Sweep"))
def sweep_summary(answer: Sweep) -> Text:
    """The grid: sizes of the first factor down, of the second across.

    Returns
    -------
    Text
        Plain text, the same on every run.
    """
    table = answer.table()
    down, across = map(one_line, answer.factors)
    head = [sized(answer.kinds[1], float(c)) for c in table.columns.to_numpy()]
    lines, rows = [f"{'':{CELL}} {across}", f"{'':{CELL}}" + "".join(f"{h:>{CELL}}" for h in head)], []
    for size, cells in zip(table.index.to_numpy(), table.to_numpy(), strict=True):
        row = [sized(answer.kinds[0], float(size)), *(percent(float(p)) for p in cells)]
        lines.append("".join(f"{c:>{CELL}}" for c in row))
        rows.append(row)
    error = 100 * float(answer.frame["standard_error"].max())
    remarks = [
        f"P(reached by {answer.by}): {down} down, {across} across. Standard error at most {error:.2g} percentage "
        "points; cells share random numbers."
    ]
    low, high = float(table.to_numpy().min()), float(table.to_numpy().max())
    first = f"P(reached by the end of {answer.by}) is {percent(low)} to {percent(high)} over the grid"
    shown = grid(lines, [f"{down} down, {across} across", *head], rows)
    return text.page(
        text.title(lever_question(answer), first),
        shown,
        [SINGLE],
        text.facts(_basis(answer)),
        [DOUBLE],
        text.notes(remarks),
    )

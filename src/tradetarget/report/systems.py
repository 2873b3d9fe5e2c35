"""A region and its pairs as text and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import tradetarget
from tradetarget.checks import made, takes
from tradetarget.reading.dates import period_words, year_period
from tradetarget.reading.periods import DECEMBER
from tradetarget.report import text
from tradetarget.report.assumptions import assumption_notes, assumptions_record
from tradetarget.report.blocks import Block, Facts, Grid, grid
from tradetarget.report.forecasts import headline
from tradetarget.report.provenance import as_of, reporter, source_fact
from tradetarget.report.records import SCHEMA_VERSION, as_text
from tradetarget.report.scenarios import points_note
from tradetarget.report.system_scenarios import scenario_blocks, scenario_records, scenario_words, target_name, together
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, percent, tight
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.systems.answers import SystemForecast
    from tradetarget.targets import HittingTime

NAME_WIDTH = 34  # of 78 columns: the other cells take at most 44
SHOWN = (0.1, 0.5, 0.9)  # quantiles of the region's level: the ends of an 80 % interval, and the median


def middle_of(forecast: SystemForecast) -> int:
    """The index of the year shown beside the last: a deadline, or a third of the horizon."""
    deadlines = [t.deadline for t in forecast.targets.values() if t.deadline]
    inside = [d - forecast.fitted.origin_year - 1 for d in deadlines if d in forecast.years]
    return max(inside) if inside else max(0, -(-forecast.horizon // 3) - 1)


def deadline_of_all(forecast: SystemForecast) -> int | None:
    """The deadline that all targets share, where it lies within the horizon; None otherwise."""
    deadlines = {t.deadline for t in forecast.targets.values()}
    shared = deadlines.pop() if len(deadlines) == 1 else None
    return shared if shared in forecast.years else None


def system_headline(forecast: SystemForecast) -> str | None:
    """The answer to goals with a date in a line; None where no target has a deadline ahead."""
    shared = deadline_of_all(forecast)
    if shared is not None and len(forecast.targets) > 1:
        p = float(forecast.joint()["all"].iloc[middle_of(forecast)])
        every = "both" if len(forecast.targets) == 2 else f"all {len(forecast.targets)}"
        return f"P({every} targets reached by the end of {shared}) is {percent(p)}"
    headlines = {label: headline(answer) for label, answer in forecast.hitting_times.items()}
    stated = {label: words for label, words in headlines.items() if words}
    if len(forecast.targets) == 1:
        return next(iter(stated.values()), None)
    return "; ".join(f"{target_name(forecast, label)}: {words}" for label, words in stated.items()) or None


def _answer_cells(answer: HittingTime, middle: int) -> list[str]:
    """Median year, 80 % interval, and probabilities by two years."""
    soon, late = float(answer.probability[middle]), answer.probability_within_horizon
    return [*text.median_and_interval(answer, 0.8), tight(soon), tight(late)]


def _targets(forecast: SystemForecast) -> Block:
    """Every target's answer in the baseline, and all of them together."""
    case, middle = forecast.case(), middle_of(forecast)
    rows = [[target_name(forecast, label), *_answer_cells(a, middle)] for label, a in case.hitting_times.items()]
    if len(case.hitting_times) > 1:
        both = case.joint()
        for name, column in zip(together(forecast), ("all", "any"), strict=True):
            p = both[column]
            rows.append([f"  {name}", "", "", tight(float(p[middle])), tight(float(p.iloc[-1]))])
    first = "Baseline: the model alone, without adjustments" if len(forecast.plans) > 1 else ""
    years = [str(int(forecast.years[i])) for i in (middle, -1)]
    widths = [NAME_WIDTH, 8, 16, 9, 9]
    lines = [
        *([first] if first else []),
        text.columns(["", "median", "80 %", "", ""], widths),
        text.columns(["Reached by the end of", "year", "interval", *years], widths),
        SINGLE,
        *(line for row in rows for line in text.columns_below(row, widths)),
    ]
    return grid(lines, ["Reached by the end of", "Median year", "80 % interval", *years], rows, first)


def _contributions(forecast: SystemForecast) -> Block:
    """Who brings the region's change, where it does badly, middling and well."""
    year = int(forecast.years[middle_of(forecast)])
    table = forecast.contributions(year, SHOWN)
    widths = [NAME_WIDTH, 11, 11, 11, 11]
    names = ["expected", *(f"{100 * q:g} %" for q in SHOWN)]
    caption = f"Change of the level from {forecast.fitted.origin_year} to {year}, by how the region does (quantiles)"
    compared = ["In the baseline:"] if len(forecast.plans) > 1 else []
    lines, body = [*compared, caption, text.columns(["", *names], widths), SINGLE], []
    for label, rows in table.groupby("series", sort=False):
        if label == forecast.system.label:
            lines.append(SINGLE)
        row = [str(label), *(f"{c:+,.3g}" if abs(c) < 1000 else f"{c:+,.0f}" for c in rows["change"])]
        lines += text.columns_below(row, widths)
        body.append(row)
    shown = Grid(("", *names), tuple(map(tuple, body)), " ".join([*compared, caption]))
    shares = table[table["quantile"] == "expected"].set_index("series")
    if float(shares["change"].iloc[-1]) > 0.0:
        shares_text = ", ".join(
            f"{str(n).removesuffix(' ' + forecast.system.flow)} {100 * p:.0f} %"
            for n, p in list(shares["share"].to_dict().items())[:-1]
        )
        lines += text.wrapped(f"Expected shares of the increase: {shares_text}.")
        return Block(lines, shown, Facts((("Expected shares of the increase", shares_text),)))
    return Block(lines, shown)


def _basis(forecast: SystemForecast) -> list[tuple[str, str]]:
    """The data, the joint law, and what it was estimated from."""
    system, c = forecast.system, forecast.fitted.correlation
    last, origin = system.last, forecast.fitted.origin_year
    if c.own is None:
        learnt = f"{c.common:.2f}, that of a panel: {text.plural(c.n_years, 'year')} in common are too few"
    else:
        learnt = (
            f"{c.common:.2f} on average (own {c.own:.2f} over {c.n_years} years, weight {100 * c.own_weight:.0f} %, "
            f"the rest a panel's); the matrix {100 * c.shrinkage:.0f} % equal, the rest as in the sample"
        )
    rows = [
        ("Last values", "; ".join(f"{s} {amount(v, system.unit)}" for s, v in last.items())),
        ("Region", f"{amount(sum(last.values()), system.unit)} in {origin}, the sum of the above"),
        ("Reporter", reporter(system.region) or "not stated, or several"),
        ("Known as of", as_of(system.region)),
        *source_fact(*system.parts),
        ("Model", f"{forecast.fitted.model_name}; {text.plural(forecast.n_paths, 'path')}, shared by all answers"),
    ]
    return rows + ([("Correlation of shocks", learnt)] if forecast.fitted.dependence == "joint" else [])


def _notes(forecast: SystemForecast) -> list[str]:
    """The gap between total and parts, later figures, and how contributions are made."""
    system, fitted = forecast.system, forecast.fitted
    remarks = ["The region is the sum of its members on every path, so that all answers agree."]
    gaps = system.gaps()
    if system.residual is not None:
        remarks.append(
            f"The part {one_line(system.labels[-1])!r} is what {one_line(system.label)} holds beside the others."
        )
    elif len(gaps):
        relative = gaps["relative_gap"].to_numpy(dtype=float)
        worst = int(np.argmax(np.abs(relative)))
        shown = f"{gaps['gap'].iloc[worst]:+.3g} ({relative[worst]:+.2%}) in {gaps.index[worst]}"
        largest = f"at most {shown}" if abs(relative[worst]) > 1e-9 else "none"
        remarks.append(
            f"Gap between the reported total and the sum of its parts, {text.plural(len(gaps), 'year')}: {largest}."
        )
    if fitted.years_known:
        last = fitted.origin_year + fitted.years_known
        remarks.append(
            f"Some figures up to {last} are known, of some members or months; the rest is inferred from them: "
            "they leave "
            f"{forecast.cases[forecast.baseline].effective_paths:,.0f} effective paths of {forecast.n_paths:,}."
        )
    remarks.append(
        "Changes are averages over paths whose regional level is within 5 points of the quantile; expected: between "
        "the 5 % and 95 % quantiles, because the law has no mean beyond them."
    )
    if (end := system.parts[0].year_end) != DECEMBER:
        last = fitted.origin_year
        remarks.append(
            f"A year is named by the calendar year in which it ends: {last} is {period_words(year_period(last, end))}."
        )
    for part in fitted.parts:
        remarks += [f"{one_line(part.series.label)}: {note}" for note in assumption_notes(part.series, part)]
    return remarks


@takes(forecast=made("SystemForecast"))
def system_summary(forecast: SystemForecast) -> Text:
    """Every target's answer, all together, contributions to growth, and what they rest on.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run; with scenarios a table for each target, and one for all of them.
    """
    middle, compared = middle_of(forecast), len(forecast.plans) > 1
    return text.page(
        text.title(
            f"When do {one_line(forecast.system.name)} and its members reach their targets?", system_headline(forecast)
        ),
        _targets(forecast),
        [DOUBLE],
        *scenario_blocks(forecast, middle),
        _contributions(forecast),
        [DOUBLE],
        text.facts(_basis(forecast)),
        [DOUBLE],
        text.notes([*_notes(forecast), *([points_note(int(forecast.years[middle]))] if compared else [])]),
        scenario_words(forecast),
    )


@takes(forecast=made("SystemForecast"))
def system_record(forecast: SystemForecast) -> dict[str, Any]:
    """The answer as plain data: what ``tradetarget region --json`` writes.

    Returns
    -------
    dict
        schema_version, region, flow, unit, reporter, as_of, data_through, members (a list of series and last value),
        model, assumptions (by member, as in ``assumptions_record``), correlation, by {year, probability} of all targets
        together (None unless they share a deadline), baseline (its name), ``scenarios``
        (a list: name, description, source, adjustments, ``answers`` by series with target and the fields of a hitting
        time, ``all_by`` and ``any_by`` year), contributions (of the baseline), effective_paths, seed, n_paths, version.
        Beside the answers and the joint probabilities of every scenario but the baseline stand their differences from
        the baseline by year, with the largest standard error of each (paired: on the same random numbers).
    """
    system, fitted = forecast.system, forecast.fitted
    c = fitted.correlation
    middle, shared = middle_of(forecast), deadline_of_all(forecast)
    contributions = forecast.contributions(int(forecast.years[middle]), SHOWN)
    joint = forecast.joint()["all"]
    return {
        "schema_version": SCHEMA_VERSION,
        "region": system.label,
        "flow": system.flow,
        "unit": as_text(system.unit),
        "reporter": reporter(system.region),
        "as_of": as_of(system.region),
        "data_through": str(fitted.origin_year),
        "members": [{"series": s, "last": float(f"{v:.12g}")} for s, v in system.last.items()],
        "model": fitted.model_name,
        "assumptions": {part.series.label: assumptions_record(part.series, part) for part in fitted.parts},
        "correlation": {"common": c.common, "own": c.own, "own_weight": c.own_weight, "matrix": c.matrix.tolist()},
        "by": None if shared is None else {"year": str(shared), "probability": float(joint.iloc[middle])},
        "baseline": forecast.baseline,
        "scenarios": scenario_records(forecast),
        "contributions": {
            "year": str(int(forecast.years[middle])),
            "rows": contributions.astype({"quantile": str}).to_dict("records"),
        },
        "effective_paths": forecast.cases[forecast.baseline].effective_paths,
        "seed": forecast.seed,
        "n_paths": forecast.n_paths,
        "version": tradetarget.__version__,
    }

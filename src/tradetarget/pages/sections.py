"""What a report says, in parts that every format writes: paragraphs, a table, a picture."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import tradetarget
from tradetarget.pages.report import Report
from tradetarget.report import share_text, tally_sentence
from tradetarget.report import text as words
from tradetarget.report.blocks import Facts, Grid
from tradetarget.report.forecasts import headline, question, stands_at_target
from tradetarget.report.levers import sized
from tradetarget.report.provenance import as_of, cite, event_text, reporter, sources_behind
from tradetarget.report.sides import side_answers
from tradetarget.report.tallies import BIAS
from tradetarget.report.text import amount, level, percent, points, rate
from tradetarget.text_cleaning import one_line

LONG = 2000
"""Characters of a source or description that are shown. Judgement, because a longer one is no source."""
ORIGINS_SHOWN = 15
"""Past origins that the table shows, the latest. Judgement, because they fill a third of a page."""


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Parameters
    ----------
    key, title
        Its name in addresses, and its heading.
    paragraphs
        Whole sentences.
    table
        Rows and columns, or names and values.
    draw
        Gives a figure of matplotlib's, of the width in inches that it is given.
    caption
        What the picture shows, for those who do not see it.
    draw_small
        Gives the figure for a narrow screen.
    """

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    table: Grid | Facts | None = None
    draw: Callable[[float], Any] | None = None
    caption: str = ""
    draw_small: Callable[[], Any] | None = None


def heading(report: Report) -> str:
    """The answer in a line."""
    answer = report.forecast.hitting_time
    first = headline(answer)
    if first is not None:
        return first
    if stands_at_target(answer):
        return "Already reached"
    return f"P(reached by the end of {report.by}) is {percent(answer.probability_by(report.by))}"


def title(report: Report) -> str:
    """The question in words."""
    return question(report.forecast.series.label, report.forecast.hitting_time)


def sections(report: Report) -> list[Section]:
    """Every part in the order of the page."""
    parts = (
        _answer, _by_year, _scenarios, _swings, _sides, _change, _backtest, _promises, _tracking, _sources, _reproduce,
    )  # fmt: skip
    return [part(report) for part in parts]


def _absent(report: Report, key: str, heading: str) -> Section:
    """A part that could not be made, with the reason."""
    return Section(key, heading, (f"Not made for this question: {report.missing.get(key, 'no reason is known')}.",))


def _answer(report: Report) -> Section:
    """The answer in plain language, and the picture."""
    f = report.forecast
    return Section(
        "answer", "The answer", tuple(answer_words(report)), None, lambda w: f.plot(figsize=(w, 0.75 * w)),
        f"Past totals of {one_line(f.series.label)}, the fan of the forecast and the probability of each year.",
        lambda: f.plot(figsize=(3.8, 3.2)),
    )  # fmt: skip


def answer_words(report: Report) -> list[str]:
    """The answer in sentences that need no statistics to be understood."""
    f, answer = report.forecast, report.forecast.hitting_time
    unit, who = f.target.unit, reporter(f.series)
    by_whom = f"By the statistics of {who}, " if who else ""
    event = "" if not f.target.is_monthly else f" Here reached means that {event_text(f.target)}."
    start = (
        f"{by_whom}{one_line(f.series.label)} was {amount(f.last_value, unit)} in {f.last_year}, the last complete "
        f"year. The target is {amount(f.target.value, unit)}.{event}"
    )
    if stands_at_target(answer):
        return [start, f"The last value is at or above the target: it is reached already. {_known(report)}"]
    p = answer.probability_by(report.by)
    chance = (
        f"The target is reached by the end of {report.by} with a probability of {percent(p)}: of a hundred futures "
        f"that the growth model draws, about {round(100 * p)} reach it by then."
    )
    last = int(answer.years[-1])
    low, high = answer.interval(0.8)
    when = f"It is as likely reached as not by the end of {answer.median}." if answer.median is not None else ""
    if low is not None:
        ends = f"the year lies between {low} and one later than {last} or never"
        ends = ends if high is None else f"it lies between {low} and {high}"
        when += f" With a probability of 80 % {ends}."
    when += f" With {percent(1.0 - answer.probability_within_horizon)} the target is not reached by {last}."
    return [start, chance, when.strip(), *_growth(report), _known(report)]


def _growth(report: Report) -> list[str]:
    """How fast trade has to grow, beside how fast it grew."""
    f = report.forecast
    rates, achieved = f.required_growth(), f.achieved_growth()
    if report.by not in rates.index:
        return []
    past = "; ".join(f"{rate(r)} a year over {words.plural(int(str(n)), 'year')}" for n, r in achieved.items())
    sentence = f"To stand at the target in {report.by} trade has to grow by {rate(float(rates.loc[report.by]))} a year."
    return [f"{sentence} It grew by {past}." if past else sentence]


def _known(report: Report) -> str:
    f = report.forecast
    return (
        f"The figures are those known in {as_of(f.series)}, and the growth model is {f.fitted.model_name!r}. "
        f"Probabilities count what happens after {f.hitting_time.last_known}."
    )


def _by_year(report: Report) -> Section:
    """Probability, growth that is required, and quantiles of the level, a row a year."""
    f, answer = report.forecast, report.forecast.hitting_time
    first, rates, fan = np.diff(answer.probability, prepend=0.0), f.required_growth(), f.quantiles((0.1, 0.5, 0.9))
    unit = f", {f.target.unit}" if f.target.unit else ""
    head = ("Year", "Reached by its end", "First reached in it", "Growth a year to reach it then",
            f"Median level{unit}", "80 % interval of the level")  # fmt: skip
    rows = []
    for i, year in enumerate(answer.years.tolist()):
        low, middle, high = (level(float(x)) for x in fan.loc[year])
        needed = rate(float(rates.loc[year])) if year in rates.index else "-"
        p = percent(float(answer.probability[i])), percent(max(0.0, float(first[i])))
        rows.append((str(year), *p, needed, middle, f"{low} to {high}"))
    note = "Levels are quantiles of simulated paths. A year with a median above the target is not yet one by whose end "
    note += "it is reached: paths cross it earlier and fall back."
    return Section("years", "Year by year", (note,), Grid(head, tuple(rows)))


def _scenarios(report: Report) -> Section:
    """Scenarios beside the baseline."""
    shown = report.scenarios
    if shown is None:
        return _absent(report, "scenarios", "What if")
    case = shown.cases[0]
    base = case.hitting_times[case.baseline]
    at = int(report.by - base.origin - 1)
    head = ("Scenario", "Median year", f"By {report.by}", f"By {base.years[-1]}", f"Points by {report.by}")
    rows = []
    for plan in case.plans:
        name = plan.scenario.name
        answer, gap = case.hitting_times[name], case.differences.get(name)
        moved = "-" if gap is None else points(float(gap.probability[at]))
        both = percent(float(answer.probability[at])), percent(answer.probability_within_horizon)
        rows.append((one_line(name), words.year(answer.median, int(base.years[-1])), *both, moved))
    why = [one_line(f"{s.name}: {s.description}", LONG) for s in shown.scenarios if s.description]
    lead = (
        f"Every scenario is run on the same {shown.n_paths:,} simulated paths, so that differences are free of the "
        "chance that they share. Points are percentage points of probability against the baseline."
    )
    return Section(
        "scenarios", "What if", (lead, *why), Grid(head, tuple(rows)),
        lambda w: shown.plot(figsize=(w, min(0.45 * w + 0.26 * len(rows), 1.3 * w))),
        "The probability of having reached the target by year, a line a scenario.",
    )  # fmt: skip


def _swings(report: Report) -> Section:
    """One factor at a time."""
    shown = report.swings
    if shown is None:
        return _absent(report, "sensitivity", "What matters most")
    rows = [
        (
            one_line(r["factor"]), sized(r["kind"], r["low"]), sized(r["kind"], r["high"]),
            percent(r["probability_low"]), percent(r["probability_high"]),
            points(r["probability_high"] - r["probability_low"]),
        )
        for r in shown.to_dict()["factors"]
    ]  # fmt: skip
    lead = (
        f"One factor at a time, from the low to the high end of the central {100 * shown.level:g} % of its size, the "
        f"others at their middle, where the probability by {shown.by} is {percent(shown.probability)}."
    )
    head = ("Factor", "Low", "High", "P at low", "P at high", "Points")
    return Section(
        "sensitivity", "What matters most", (lead,), Grid(head, tuple(rows)),
        lambda w: shown.plot(figsize=(w, 1.9 + 0.36 * len(rows))),
        "One bar a factor: the probability from its low to its high size.",
    )  # fmt: skip


def _sides(report: Report) -> Section:
    """Whose statistics, and whether they agree."""
    shown = report.sides
    if not shown.others:
        who = shown.decides or "nobody who is named"
        return Section("sides", "Whose statistics", (f"One side reports this flow in the data: {who}.",))
    verdict = {
        True: "The sides disagree about the answer.", False: "The sides agree about the answer.",
        None: "No other side's statistics give an answer.",
    }[shown.disagree]  # fmt: skip
    rule = (
        "Sides disagree when medians lie more than one year apart, or probabilities in the year compared more than ten "
        "points."
    )
    rows = []
    for side in shown.sides:
        if side.forecast is None:
            rows.append((side.reporter or "-", "-", "-", one_line(f"no answer: {side.no_answer}")))
            continue
        theirs = side_answers(shown, side)[0]
        last = amount(side.forecast.last_value, side.forecast.target.unit)
        rows.append((side.reporter or "-", str(side.forecast.last_year), last, theirs))
    head = ("Side", "Totals through", "Last total", "Answer")
    decides = f"The statistics of {shown.decides or 'the side that is not named'} decide."
    return Section("sides", "Whose statistics", (decides, f"{verdict} {rule}"), Grid(head, tuple(rows)))


def _change(report: Report) -> Section:
    """What moved the answer since the last vintage."""
    shown = report.change
    if shown is None:
        return _absent(report, "change", "What moved the answer")
    lead = (
        f"As of {shown.earlier.as_of} the probability by {shown.by} was {percent(shown.before)}; as of "
        f"{shown.later.as_of} it is {percent(shown.after)}: {points(shown.total)} percentage points. The parts add up "
        "to the change: first the passing of time, then each figure in the order it became known."
    )
    rows = []
    for part in shown.parts:
        o = part.observation
        day = "" if o is None else o.calendar_date(o.known_from).isoformat()
        what = "The passing of time" if o is None else one_line(cite(o))
        rows.append((what, part.cause, day, points(part.contribution), percent(part.probability)))
    head = ("Figure", "Cause", "Known from", "Points", "Probability after it")
    return Section("change", "What moved the answer", (lead,), Grid(head, tuple(rows)))


def _backtest(report: Report) -> Section:
    """The same question asked in the past."""
    shown = report.backtest
    if shown is None:
        return _absent(report, "backtest", "The same question in the past")
    ends = shown.to_frame().query("years_ahead == @shown.horizon")
    finished = ends[ends["reached"].notna()]
    ahead = words.plural(shown.horizon, "year")
    multiple = float(ends["multiple"].iloc[0])
    lead = (
        f"At each past origin the model was asked the same question: {multiple:.3g} times the last total, within "
        f"{ahead}, from what was known then."
    )
    if len(finished):
        happened, stated = float(finished["reached"].astype(float).mean()), float(finished["probability"].mean())
        lead += (
            f" Of {words.plural(len(finished), 'origin')} whose {ahead} are over, {int(finished['reached'].sum())} "
            f"reached it ({percent(happened)}), and the average stated probability was {percent(stated)}."
        )
    rows = [
        (str(r["origin"]), level(r["target"]), percent(r["probability"]), _outcome(r["reached"]))
        for r in ends.tail(ORIGINS_SHOWN).to_dict("records")
    ]
    head = ("Origin", "Target", f"Stated P within {ahead}", "What came")
    caution = f"Neighbouring origins share most of their years, so they are not independent; {shown.real_time}."
    return Section("backtest", "The same question in the past", (lead, caution), Grid(head, tuple(rows)))


def _outcome(reached: Any) -> str:
    if pd.isna(reached):
        return "not over"
    return "reached" if reached else "not reached"


def _promises(report: Report) -> Section:
    """How often promises like this one came true."""
    tally = report.promises
    if tally is None:
        return _absent(report, "promises", "Promises like this one")
    sentence = tally_sentence(tally)
    lead = f"{sentence[:1].upper()}{sentence[1:]}. Of those decided, {share_text(tally)} were met."
    return Section("promises", "Promises like this one", (lead, f"{BIAS}."))


def _tracking(report: Report) -> Section:
    """The official scales."""
    shown = report.tracking
    if shown is None:
        return _absent(report, "tracking", "Official scales")
    favourable = sum(v.is_favourable for v in shown.verdicts)
    lead = (
        f"{favourable} of {len(shown.verdicts)} official scales call the target on track; the probability by "
        f"{shown.progress.deadline} is {percent(shown.probability)}. The scales extrapolate growth since a base year, "
        "and say nothing of how uncertain that is."
    )
    rows = [(v.scale, v.verdict, "-" if v.measure is None else f"{v.measure:.3f}", v.meaning) for v in shown.verdicts]
    return Section(
        "tracking",
        "Official scales",
        (lead, *shown.notes),
        Grid(("Scale", "Verdict", "Measure", "What is measured"), tuple(rows)),
    )


def _sources(report: Report) -> Section:
    """Every source of the figures behind the answer, of the scenarios and of the official scales."""
    used: list[tuple[str, str]] = []
    for side in report.sides.sides:
        if side.forecast is not None:
            whose = f"Figures of {side.reporter}" if side.reporter else "Figures"
            used += [
                (whose, source)
                for source in sources_behind(side.forecast.series, side.forecast.statements, addresses=True)
            ]
    for plan in _plans(report):
        name = f"Scenario {one_line(plan.scenario.name)!r}"
        used += [(name, s) for s in dict.fromkeys((*plan.scenario.sources, plan.scenario.source)) if s]
    used += [(f"Scale of {v.scale}", v.source) for v in (report.tracking.verdicts if report.tracking else ())]
    if report.promises is not None:
        used.append(("Promises", "the addresses of all announcements stand in tradetarget.datasets.load_promises()"))
    listed = tuple(dict.fromkeys(one_line(f"{what}: {source}", LONG) for what, source in used))
    return Section("sources", "Sources", listed or ("The data name no source.",))


def _plans(report: Report) -> Iterable[Any]:
    return report.scenarios.cases[0].plans if report.scenarios is not None else ()


def _reproduce(report: Report) -> Section:
    """How the same report is made again."""
    f = report.forecast
    rows = [
        ("Command", report.command or "made in Python: tradetarget.pages.report_on"),
        ("tradetarget", tradetarget.__version__),
        ("Python, numpy, pandas", f"{platform.python_version()}, {np.__version__}, {pd.__version__}"),
        ("Seed", str(f.seed)),
        ("Simulated paths", f"{f.n_paths:,}"),
        ("Data known as of", as_of(f.series)),
        ("SHA-256 of the data", report.data_sha256),
    ]
    return Section("reproduce", "How to make this again", (), Facts(tuple(rows)))

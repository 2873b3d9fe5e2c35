"""When a rolling sum of twelve months or a month's run-rate reaches a target, and what a year's months say of the next.

All on partners left out of the estimation of the law of months.

Usage: python benchmarks/month_targets.py MONTHLY.parquet [--every N] [--paths N]

MONTHLY is the panel of estimate_part_year_shares.py; folds and laws are those of month_coverage.py. An origin is a
December with the last six years' months known (all of them complete). The pooled law, weighted by what the months say,
is asked

    P(a sum of twelve months reaches 1.10 and 1.25 times the last total by month 6, 12, 18, 24 after),
    P(a seasonally adjusted month times twelve reaches 1.25 times the last total by month 3, 6, 12 after),

and its answers stand beside base rates: how often it happened on the other folds, in all and in the size class. For the
run-rate, what happened depends on the seasonal factor: once the median factor of the law at the origin ("own factor"),
once that of all the partner's years, those after the origin included ("whole factor"). Questions about a run-rate whose
December, by the factor in question, is at or above the target already are left out. Brier scores are given with their
difference from those of the base rates and its standard error, clustered by partner or by year, whichever is larger;
reliability is the mean gap between stated probability and frequency in ten bins.

Then months themselves, in the year after the origin, and sums of twelve that end in its January to November: coverage,
width and CRPS of 80 % intervals, beside the last total over twelve and last year's month again; the interval of these
is what they missed by on the other folds, in the same month and size class.

Last, totals 1, 2 and 3 years on: pooled with the months of the last year (as ``forecast`` has it), with factor 1 of
seasonality, and without them: CRPS (log points), coverage of the 80 % interval, Brier score of 1.10 and 1.25 times the
last total first reached by then. The pooled law's prior is the shipped one, of pairs in 1950-2004: only the law of
months is cross-fitted.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from estimate_part_year_shares import Array
from month_coverage import Panel, Splits, factor_of, figures, read_panel, split_table
from month_coverage import judged as judged_draws
from nowcast_coverage import FOLDS, SIZES
from tradetarget.answering.months import MonthPaths, month_source
from tradetarget.answering.part_years import FittedOnEvidence
from tradetarget.answering.weighting import condition
from tradetarget.errors import TradeTargetError, TradeTargetWarning
from tradetarget.evaluation import crps_of_paths, reliability_error, reliability_table
from tradetarget.models import Paths, get_model
from tradetarget.models.interface import concatenate
from tradetarget.nowcasting import MonthLaw, evidence_for, past_evidence
from tradetarget.passage.events import count_reached, rolling_12_months, run_rate
from tradetarget.seeding import stream

YEARS_KNOWN, HORIZON, MONTHS_AHEAD = 6, 3, 24
MULTIPLES = (1.10, 1.25)
ROLLING, RUN_RATE = (6, 12, 18, 24), (3, 6, 12)
SLUMP = 2008
"""An origin in the middle of a world-wide slump; totals are shown without it too."""
CUT = ["event", "multiple", "by month"]


def origins(panel: Panel, every: int) -> Iterator[tuple[int, list[int]]]:
    """Row of every N-th December with six years of months, and the rows of the years after it, at least two."""
    rows, sample = panel.rows, panel.sample
    found = []
    for i in range(sample.year.size):
        key = int(sample.partner[i]), int(sample.year[i])
        known = all((key[0], key[1] - k) in rows for k in range(YEARS_KNOWN))
        after = [rows[key[0], key[1] + h] for h in range(1, HORIZON + 1) if (key[0], key[1] + h) in rows]
        if sample.total[i] >= SIZES[0][0] and known and len(after) >= 2 and sample.year[after[1]] == key[1] + 2:
            found.append((i, after))
    yield from found[::every]


def whole_factor(panel: Panel, partner: int) -> Array:
    """(12,) median log seasonal factor given all of a partner's years."""
    last = int(panel.sample.year[panel.sample.partner == partner].max())
    evidence = past_evidence(panel.known(partner, last), last, panel.laws[partner % FOLDS])
    law = MonthLaw(evidence, evidence.years[-1:], evidence.relative_size[-1:])
    noise = law.noise(2048, np.random.Generator(np.random.SFC64(0)))
    return np.median(law.split(np.full((2048, 1), evidence.log_known[-1]), noise)[1], axis=1)


def stated(months: MonthPaths, event: Any, multiples: tuple[float, ...], log_total: float) -> Array:
    """(multiples, 1 + months) P(reached by each month), the last one of the data first."""
    levels, w = months.levels_of(event)[: MONTHS_AHEAD + 1], months.weights
    total = float(levels.shape[1]) if w is None else float(w.sum())
    return np.asarray(count_reached(levels, log_total + np.log(multiples), w) / total)


def came(levels: Array, multiples: tuple[float, ...], log_total: float) -> Array:
    """(multiples, 1 + months) whether it had been reached by each month."""
    return np.asarray(count_reached(levels[:, None], log_total + np.log(multiples)) > 0)


def answers(months: MonthPaths, log_months: Array, log_total: float, whole: Array) -> Iterator[dict[str, Any]]:
    """One row a question: what was stated and what came, from (36,) months of the origin's year and two more."""
    before, after = log_months[:11], log_months[11 : 12 + MONTHS_AHEAD]
    own = np.median(months.log_season, axis=1)
    calendar = np.arange(11, 12 + MONTHS_AHEAD) % 12
    rolling = stated(months, "rolling_12_months", MULTIPLES, log_total), rolling_12_months(after, before)
    runs = stated(months, "run_rate", MULTIPLES[1:], log_total)
    asked = [("rolling 12 months", MULTIPLES, ROLLING, *rolling)]
    for name, season in (("own factor", own), ("whole factor", whole)):
        asked.append((f"run-rate, {name}", MULTIPLES[1:], RUN_RATE, runs, run_rate(after, season[calendar])))
    for event, multiples, by, probability, levels in asked:
        happened = came(levels, multiples, log_total)
        for k, multiple in enumerate(multiples):
            if not happened[k, 0]:
                for m in by:
                    yield dict(zip(CUT, (event, multiple, m), strict=True)) | {
                        "stated": probability[k, m], "december": probability[k, 0], "came": float(happened[k, m]),
                    }  # fmt: skip


def evenly(x: Array, weights: Array | None) -> Array:
    """(..., 1000) quantiles of weighted draws (..., n), evenly spaced: as many equally likely ones."""
    order = np.argsort(x, axis=-1)
    w = np.ones(x.shape[-1]) if weights is None else weights
    reach = (np.cumsum(w[order], axis=-1) - 0.5 * w[order]) / w.sum()
    ordered, wanted = np.take_along_axis(x, order, axis=-1), (np.arange(1000) + 0.5) / 1000
    return np.array([np.interp(wanted, r, v) for r, v in zip(reach, ordered, strict=True)])


def months_ahead(months: MonthPaths, last: Array, truth: Array) -> tuple[Array, Array, Array, Array]:
    """What came, two naive forecasts and (3, 23) bands, of the months after (12,) ``last`` and sums of twelve; logs."""
    even = np.full(12, np.log(np.exp(last).mean()))
    x = evenly(figures(months.log_months[12:24], last), months.weights)
    what = figures(truth, last)
    return what, figures(even, last), figures(last, last), judged_draws(x, what)


def level_scores(paths: Paths, truth: Array) -> Iterator[dict[str, Any]]:
    """One row a year: CRPS, coverage and Brier scores of weighted paths, against (H,) log totals."""
    x = paths.log_levels[0]
    w = np.ones(len(x)) if paths.weights is None else paths.weights
    best, record = np.maximum.accumulate(x, axis=1), np.maximum.accumulate(truth)
    origin = float(paths.log_origin[0])
    for h in range(truth.size):
        even = evenly(x[None, :, h], w)[0]
        row = {"years on": h + 1, "CRPS": float(crps_of_paths(even[:, None], truth[h : h + 1])[0])}
        row["covered"] = float(even[100] <= truth[h] <= even[899])
        for multiple in MULTIPLES:
            barrier = origin + np.log(multiple)
            p = float(w @ (best[:, h] >= barrier) / w.sum())
            row[f"Brier {multiple:.2f}"] = (p - float(record[h] >= barrier)) ** 2
        yield row


def judged(panel: Panel, every: int, n_paths: int) -> tuple[pd.DataFrame, pd.DataFrame, Splits]:
    """Answers to the questions about months, scores of totals, and months of the next year, of all origins."""
    sample, questions, totals, ahead = panel.sample, [], [], []
    wholes = {int(p): whole_factor(panel, int(p)) for p in np.unique(sample.partner)}
    for i, after in origins(panel, every):
        partner, year = int(sample.partner[i]), int(sample.year[i])
        log_total, law = float(np.log(sample.total[i])), panel.laws[panel.fold(i)]
        size = next(name for low, high, name in SIZES if low <= sample.total[i] < high)
        series = replace(panel.known(partner, year, YEARS_KNOWN), name=f"{partner}-{year}")
        evidence = evidence_for(series, year, law)
        assert evidence is not None
        fitted = FittedOnEvidence(get_model("pooled").fit(series), evidence)
        try:
            base = concatenate(list(fitted.base.blocks(HORIZON, n_paths, stream(0, series.label))))
            paths = condition(base, evidence)
            source = month_source(fitted, HORIZON)
            months = source.split(paths, source.noise(n_paths, stream(1, series.label)))
        except TradeTargetError as error:
            print(f"left out: {series.label}: {error}")
            continue
        about = {"partner": partner, "year": year, "fold": panel.fold(i), "size": size}
        about["factor"] = factor_of(evidence, law)
        log_months = np.log(np.concatenate([panel.months[i], *panel.months[after[:2]]]))
        ahead.append((panel.fold(i), size, about["factor"], *months_ahead(months, log_months[:12], log_months[12:24])))
        questions += [about | row for row in answers(months, log_months, log_total, wholes[partner])]
        truth = np.log(sample.total[[j for h, j in enumerate(after) if sample.year[j] == year + 1 + h]])
        plain = paths if about["factor"] == 1.0 else condition(base, replace(evidence, law=law))
        for name, found in (("without", base), ("with", paths), ("factor 1", plain)):
            totals += [about | {"months": name} | row for row in level_scores(found, truth)]
    fold, sizes, factor, truth, even, last, bands = (np.array(c) for c in zip(*ahead, strict=True))
    naive = {"total / 12": even, "last year's": last}
    splits = Splits(fold, sizes, factor, truth, naive, {"pooled": bands.swapaxes(0, 1)})
    return pd.DataFrame(questions), pd.DataFrame(totals), splits


def with_error(gap: pd.Series, about: pd.DataFrame) -> str:
    """A mean difference and its standard error: the larger of those clustered by partner and by year."""
    errors = []
    for key in ("partner", "year"):
        centred = (gap - gap.mean()).groupby(np.asarray(about[key]).ravel()).sum()
        errors.append(np.sqrt((centred**2).sum()) / len(gap))
    return f"{gap.mean():+.4f} ± {max(errors):.4f}"


def with_base_rates(questions: pd.DataFrame) -> pd.DataFrame:
    """How often each question's event came on the other folds, in all and in the size class."""
    for name, keys in (("base", CUT), ("base in class", [*CUT, "size"])):
        every = questions.groupby(keys)["came"].transform
        own = questions.groupby([*keys, "fold"])["came"].transform
        questions[name] = (every("sum") - own("sum")) / (every("size") - own("size"))
    return questions


def question_table(q: pd.DataFrame) -> pd.DataFrame:
    """By question: how often it came, what was stated, Brier scores and reliability."""

    def row(group: pd.DataFrame) -> pd.Series:
        score = {name: (group[name] - group["came"]) ** 2 for name in ("stated", "base", "base in class")}
        figures = {"n": len(group), "came": group["came"].mean(), "mean stated": group["stated"].mean()}
        figures |= {f"Brier, {name}": value.mean() for name, value in score.items()}
        figures["from base"] = with_error(score["stated"] - score["base"], group)
        figures["from class"] = with_error(score["stated"] - score["base in class"], group)
        figures["reliability"] = reliability_error(group["stated"], group["came"])
        return pd.Series(figures)

    by_question = q.groupby(CUT)[list(q.columns)].apply(row)
    together = q.assign(**{"by month": "all (RPS)"}).groupby(CUT)[list(q.columns)].apply(row)
    return pd.concat([by_question, together]).sort_index(level=[0, 1], sort_remaining=False)


def totals_table(t: pd.DataFrame) -> pd.DataFrame:
    """By years on and size: every score with and without the months of the last year."""
    scores = ["CRPS", *(f"Brier {m:.2f}" for m in MULTIPLES)]
    keys = ["partner", "year", "size", "factor", "years on"]
    wide = t.pivot_table(index=keys, columns="months", values=[*scores, "covered"]).reset_index()
    seasonal = wide[wide["factor"] > 1.0].assign(size="factor > 1")
    calm = wide[wide["year"] != SLUMP].assign(size=f"but {SLUMP}")
    rows = {}
    for (h, size), group in pd.concat([wide.assign(size="all"), wide, seasonal, calm]).groupby(["years on", "size"]):
        row: dict[str, Any] = {"n": len(group)}
        for score in scores:
            row |= {f"{score} {name}": group[score, name].mean() for name in ("without", "with", "factor 1")}
            row[f"{score} gain"] = with_error(group[score, "with"] - group[score, "without"], group)
        rows[h, size] = row | {f"covered {name}": group["covered", name].mean() for name in ("without", "with")}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["years on", "size"])


def size_table(q: pd.DataFrame) -> pd.DataFrame:
    """Brier scores by event, multiple and size class."""
    score = q.assign(**{name: (q[name] - q["came"]) ** 2 for name in ("stated", "base", "base in class")})
    return score.groupby(["event", "multiple", "size"])[["came", "stated", "base", "base in class"]].mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", help="a parquet file with columns partner, year, month, value")
    parser.add_argument("--every", type=int, default=1, help="take every N-th origin")
    parser.add_argument("--paths", type=int, default=4096)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", TradeTargetWarning)
    questions, totals, ahead = judged(read_panel(arguments.monthly), arguments.every, arguments.paths)
    pd.set_option("display.width", 250, "display.max_columns", 40)
    found = with_base_rates(questions)
    print(f"{len(totals.groupby(['partner', 'year']))} origins of {totals['partner'].nunique()} partners\n")
    print(question_table(found).to_string(float_format="%.3f"))
    for event, group in found.groupby("event"):
        print(f"\n{event}, stated and came\n{reliability_table(group['stated'], group['came']).to_string()}")
    late = found[found["by month"] == 12]
    print("\nBy size, month 12\n", size_table(late).to_string(float_format="%.3f"), sep="")
    print("\nMonths of the year after\n", split_table(ahead).T.to_string(float_format="%.3f"), sep="")
    print("\nTotals\n", totals_table(totals).to_string(float_format="%.4f"), sep="")


if __name__ == "__main__":
    main()

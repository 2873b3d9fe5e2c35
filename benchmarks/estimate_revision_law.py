"""How far figures of a year that is just over are from the same figures when final: ``nowcasting/revision.py``.

Usage: python benchmarks/estimate_revision_law.py VINTAGES.parquet

VINTAGES holds the trade of one reporter as it was published on two dates: reporter, partner, year, month, value, kind
("Monthly" rows are used), vintage (YYYY-MM). Such are the United Kingdom's figures of January 2021 and June 2026
(Office for National Statistics, million pounds, seasonally adjusted). January-to-month sums of the first vintage's last
year are held against the same sums of the last vintage. The scale is that of a Student law about 0 with the degrees of
freedom of the law of part-year shares, which the noise is added to; changes of method are revisions like others.

Shown beside it is what the bundled statements on Kazakhstan-Uzbekistan trade say of themselves, which is not used for
the constants: officials' figures of closed years against the annual statistics, and every figure that the same side
stated again later, by itself or through a growth rate on it. None of these comparisons involves a nowcast.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, stats

from tradetarget.datasets import load
from tradetarget.nowcasting import ShareLaw, interval_of
from tradetarget.observations import Observation

SMALLEST = 10.0  # million in a year, as in estimate_part_year_shares.py
WIDEST = 0.5
"""Comparisons whose rounding leaves the revision open by more than this many log points say nothing of it."""
MONTHS = (3, 6, 9, 12)


class Fit(NamedTuple):
    """A scale and the interval in which the log-likelihood is within 1.92 of its maximum."""

    scale: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.scale:.3f} ({self.low:.3f} to {self.high:.3f}), n = {self.n}"


def student_scale(low: np.ndarray, high: np.ndarray, df: float) -> Fit:
    """Scale of a Student law about 0 of which only intervals are known."""
    grid = np.exp(np.linspace(math.log(1e-3), 0.0, 600))
    mass = stats.t.cdf(high / grid[:, None], df) - stats.t.cdf(low / grid[:, None], df)
    value = np.log(np.maximum(mass, 1e-300)).sum(axis=1)
    inside = grid[value > value.max() - 1.92]
    return Fit(float(grid[value.argmax()]), float(inside[0]), float(inside[-1]), low.size)


def sums(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """January-to-month sums by partner and year, of the first and of the last vintage."""
    monthly = table[table["kind"] == "Monthly"]
    wide = monthly.pivot_table(index=["partner", "year"], columns=["vintage", "month"], values="value")
    first, last = min(monthly["vintage"]), max(monthly["vintage"])
    return wide[first].cumsum(axis=1), wide[last].cumsum(axis=1)


def log_intervals(then: pd.Series, now: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Where log(now / then) lies, each sum rounded to a whole number."""
    low, high = (now - 0.5) / (then + 0.5), (now + 0.5) / (then - 0.5)
    return np.log(np.maximum(low, 1e-3)).to_numpy(), np.log(high).to_numpy()


def rank_correlation(a: pd.Series, b: pd.Series) -> float:
    """Correlation of a normal law with the Spearman correlation of the figures, which no outlier moves."""
    both = pd.concat([a, b], axis=1).replace([np.inf, -np.inf], np.nan).dropna()
    return float(2.0 * np.sin(np.pi / 6.0 * both.iloc[:, 0].corr(both.iloc[:, 1], method="spearman")))


def from_vintages(table: pd.DataFrame, df: float) -> pd.DataFrame:
    """By months and years back from the first vintage: scale of levels and of growth, and how they hang together."""
    then, now = sums(table)
    years = then.index.get_level_values("year")
    complete = int(years[(then[12] > then[11]).to_numpy()].max())
    with np.errstate(divide="ignore", invalid="ignore"):
        revision = np.log(now / then)
    rows = []
    for back in (0, 1, 2, 4, 8):
        large = (then[12] >= SMALLEST) & (years == complete - back)
        for m in MONTHS:
            kept = large & (then[m] >= 1.0) & (now[m] >= 1.0)
            level = student_scale(*log_intervals(then.loc[kept, m], now.loc[kept, m]), df)
            own = revision.loc[kept, m].droplevel("year")
            before = revision.loc[years == complete - back - 1, m].droplevel("year").reindex(own.index)
            change = (own - before).replace([np.inf, -np.inf], np.nan).dropna()
            growth = optimize.minimize_scalar(
                lambda s, x=change: -stats.t.logpdf(x, df, scale=math.exp(s)).sum(),
                bounds=(-7.0, 0.0),
                method="bounded",
            )
            year_end = rank_correlation(own, revision.loc[years == complete - back, 12].droplevel("year"))
            rows.append(
                (complete - back, m, level.n, level.scale, level.low, level.high, math.exp(growth.x), year_end,
                 rank_correlation(own, before))
            )  # fmt: skip
    columns = ["year", "months", "n", "level", "low", "high", "growth", "with the year", "with the year before"]
    return pd.DataFrame(rows, columns=columns)


def held_by_size(table: pd.DataFrame, df: float, scale: float) -> pd.Series:
    """Share of nine-month sums of the last three years whose revision lies in the 80 % interval, by size."""
    then, now = sums(table)
    years = then.index.get_level_values("year")
    last = int(years[(then[12] > then[11]).to_numpy()].max())
    kept = (years > last - 3) & (then[12] >= SMALLEST) & (now[9] > 0) & (then[9] > 0)
    size = pd.cut(then.loc[kept, 12], [SMALLEST, 100.0, 1000.0, np.inf])
    inside = np.log(now.loc[kept, 9] / then.loc[kept, 9]).abs() < scale * stats.t.ppf(0.9, df)
    return inside.groupby(size, observed=True).mean()


def of_closed_years() -> Iterator[tuple[float, float]]:
    """What officials said of whole years, exact in their words, against the annual statistics of their side."""
    annual = load("kazakhstan-central-asia")
    for label, series in load("kazakhstan-uzbekistan-statements").items():
        table = annual[label].in_unit(str(series.unit)).annual()
        for o in series:
            if o.reporter == "Kazakhstan" and o.is_whole_year and o.states_level and o.start.year in table.index:
                yield log_ratio(o, table[o.start.year])


def log_ratio(o: Observation, total: float) -> tuple[float, float]:
    low, high = interval_of(o)
    return math.log(max(low, 1e-9) / total), math.log(high / total)


def stated_again() -> Iterator[tuple[float, float]]:
    """What one side said of a period against what it said of it later, or implied by growth on it."""
    for series in load("kazakhstan-uzbekistan-statements").values():
        for side in series.reporters:
            stated = [o for o in series if o.reporter == side]
            levels = [o for o in stated if o.kind == "level"]
            for o in levels:
                later = [p for p in levels if (p.start, p.end) == (o.start, o.end) and p.known_from > o.known_from]
                ends = [interval_of(p) for p in later if p.value != o.value][:1]
                ends += [(low, high) for low, high in implied(o, stated)]
                low, high = interval_of(o)
                yield from ((math.log(max(a, 1e-9) / high), math.log(b / max(low, 1e-9))) for a, b in ends)


def implied(o: Observation, stated: list[Observation]) -> Iterator[tuple[float, float]]:
    """Where later statements of a level and its growth on ``o``'s months place ``o``."""
    for g in stated:
        same_months = (g.start.replace(year=o.start.year), g.end.month, g.end.day) == (o.start, o.end.month, o.end.day)
        if g.kind != "growth" or g.start.year != o.start.year + 1 or not same_months or g.known_from <= o.known_from:
            continue
        for now in stated:
            one_source = (now.stated_by, now.known_from, now.kind) == (g.stated_by, g.known_from, "level")
            if one_source and (now.start, now.end) == (g.start, g.end):
                (low, high), ratio = interval_of(now), interval_of(g)
                yield low / ratio.high, high / ratio.low


def of_statements(pairs: Iterator[tuple[float, float]], df: float) -> Fit:
    told = np.array(sorted({(round(a, 6), round(b, 6)) for a, b in pairs if b - a < WIDEST}))
    return student_scale(told[:, 0] - 5e-4, told[:, 1] + 5e-4, df)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vintages")
    table, df = pd.read_parquet(parser.parse_args().vintages), ShareLaw.shipped().df
    by_year = from_vintages(table, df)
    print(by_year.round(3).to_string(index=False))
    nine = by_year[by_year["months"] == 9].iloc[0]
    print(f"\nSCALE {nine['level']:.3f}, CARRIED {1.0 - 0.5 * (nine['growth'] / nine['level']) ** 2:.2f}")
    print(f"SHARED {by_year['with the year'][:3].mean():.2f} (months 3, 6 and 9 with the year)")
    print("80 % intervals hold:", held_by_size(table, df, float(nine["level"])).round(2).to_dict())
    print("officials' figures of closed years against statistics:", of_statements(of_closed_years(), df))
    print("figures that the same side stated again later:", of_statements(stated_again(), df))


if __name__ == "__main__":
    main()

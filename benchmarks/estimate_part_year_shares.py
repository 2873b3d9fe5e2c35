"""Estimate the law of part-year shares that ships with the package; re-running it reproduces the file byte for byte.

Usage: python benchmarks/estimate_part_year_shares.py MONTHLY.parquet [MORE.parquet ...] [--out .../shares.json]

MONTHLY has a row a partner and month: partner, year, month, value (two-way trade, million USD). It may have a reporter,
a unit such as "million EUR" (converted at the bundled rate of each year), and a kind and vintages, of which the monthly
rows of the last one count. A year counts when all its twelve months and the year before are there and the year before
came to 10 million or more. Numbers are rounded to six significant digits. The shipped law is that of the United States'
panel alone: docs/months.md has what others add.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from tradetarget.nowcasting.shares import LARGEST_GROWTH, LARGEST_KNOWN, GrowthLaw, ShareLaw
from tradetarget.observations.exchange import factor_between
from tradetarget.units import Unit

Array = NDArray[np.float64]
SHIPPED = Path(__file__).resolve().parents[1] / "src" / "tradetarget" / "nowcasting" / "data" / "part_year_shares.json"
SMALLEST, CENTRE = 10.0, 1000.0
EM_DF = 3.0
OUTLIER = 6.0
"""Years further than this many robust deviations from the mean at any cut are data breaks, and left out."""
WIDEN = 1.04
"""Factor of every spread, so that 80 % intervals of nowcasts on partners left out hold 80 %: nowcast_coverage.py found
them 1 to 2 points short at 1.00, the price of one Student law for the middle and the tails."""
NOTE = (
    "two-way trade in goods of the United States by partner, not seasonally adjusted, million USD: United States "
    "Census Bureau; benchmarks/estimate_part_year_shares.py"
)


class Sample(NamedTuple):
    """Partner-years: (N,) each, z (N, 11)."""

    partner: NDArray[np.int64]
    year: NDArray[np.int64]
    total: Array
    previous: Array
    shares: Array

    @property
    def growth(self) -> Array:
        return np.log(self.total / self.previous)

    @property
    def size(self) -> Array:
        return np.log(self.previous / CENTRE)

    def take(self, rows: NDArray[np.bool_]) -> Sample:
        return Sample(*(column[rows] for column in self))


def read_months(path: str | Path) -> pd.DataFrame:
    """Rows partner, year, month and value in million USD; partners of several reporters are told apart."""
    rows = pd.read_parquet(path)
    if "kind" in rows:
        rows = rows[rows["kind"] == "Monthly"]
    if "vintage" in rows:
        rows = rows[rows["vintage"] == rows["vintage"].max()]
    if "unit" in rows:
        (written,) = rows["unit"].unique()
        unit = Unit.parse(written.split("(")[0].strip())
        rates = {int(y): factor_between(unit, Unit("USD", 6), int(y)) for y in rows["year"].unique()}
        rows = rows.assign(value=rows["value"] * rows["year"].map({y: r[0] for y, r in rates.items() if r}))
    if "reporter" in rows:
        rows = rows.assign(partner=rows["reporter"] + "-" + rows["partner"])
    return rows.astype({"year": int, "month": int})[["partner", "year", "month", "value"]]


def joined(samples: list[Sample]) -> Sample:
    """Several panels as one, their partners told apart."""
    first = np.cumsum([0, *(int(s.partner.max()) + 1 for s in samples[:-1])])
    apart = [s._replace(partner=s.partner + n) for s, n in zip(samples, first, strict=True)]
    return Sample(*(np.concatenate(columns) for columns in zip(*apart, strict=True)))


def read_sample(path: str | Path) -> Sample:
    """Partner-years with all twelve months, a year before them, and some trade in January and December."""
    rows = read_months(path)
    table = rows.pivot_table(index=["partner", "year"], columns="month", values="value").dropna().sort_index()
    total = table.sum(axis=1)
    years = table.index.get_level_values("year").to_series(index=table.index)
    consecutive = years.groupby("partner").diff() == 1
    previous = total.groupby("partner").shift(1)
    shares = table.cumsum(axis=1).div(total.where(total > 0), axis=0).iloc[:, :11]
    inside = (shares.iloc[:, 0] > 0) & (shares.iloc[:, 10] < 1)
    kept = np.asarray(consecutive & (previous >= SMALLEST) & inside)
    partner = pd.factorize(table.index.get_level_values("partner")[kept])[0]
    columns = (np.asarray(c[kept], dtype=float) for c in (total, previous, shares))
    return Sample(np.asarray(partner), np.asarray(years[kept]), *columns)


def mean_growth_of(growth: Array, size: Array) -> float:
    """Centre of a Student law whose scale falls with size, by maximum likelihood."""

    def negative(p: Array) -> float:
        scale, df = np.exp(p[1] - p[2] * size), np.exp(p[3])
        w = (growth - p[0]) / scale
        density = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(df * np.pi) - np.log(scale)
        return float(-(density - (df + 1) / 2 * np.log1p(w * w / df)).mean())

    found = optimize.minimize(negative, np.array([0.06, np.log(0.17), 0.2, np.log(4.0)]), method="BFGS")
    return _rounded(found.x[0])


def random_effects(x: Array, partner: NDArray[np.int64], df: float, steps: int = 60) -> tuple[Array, Array]:
    """P and V of x_it = u_i + e_it with one Student scale a partner, by EM; x is (N, 11)."""
    groups = [x[partner == p] for p in np.unique(partner)]
    n, k = np.array([len(g) for g in groups]), x.shape[1]
    sums = np.stack([g.sum(axis=0) for g in groups])
    squares = np.stack([g.T @ g for g in groups])
    persistent = yearly = 0.5 * np.cov(x.T)
    for _ in range(steps):
        inner, outer = np.linalg.inv(yearly), np.linalg.inv(persistent)
        spread = np.linalg.inv(outer + n[:, None, None] * inner)
        mean = np.einsum("gij,jk,gk->gi", spread, inner, sums)
        distance = np.einsum("gij,ji->g", squares, inner) - np.einsum("gi,ij,gj->g", mean, inner, sums)
        weight = (df + n * k) / (df + distance)
        persistent = ((weight[:, None, None] * np.einsum("gi,gj->gij", mean, mean)) + spread).mean(axis=0)
        cross = np.einsum("gi,gj->gij", mean, sums)
        within = squares - cross - cross.swapaxes(1, 2) + n[:, None, None] * np.einsum("gi,gj->gij", mean, mean)
        yearly = (weight[:, None, None] * within + n[:, None, None] * spread).sum(axis=0) / n.sum()
    return persistent, yearly


def common_covariance(residual: Array, x: Array, year: NDArray[np.int64]) -> Array:
    """(11, 11) covariance of what a year does to all partners alike: of the yearly means, less their sampling noise.

    ``residual`` (N, 11) is of z itself, ``x`` of z over its spread; the means weigh every partner by its precision.
    """
    precision = (x[:, 8] / residual[:, 8]) ** 2
    total = np.zeros((residual.shape[1], residual.shape[1]))
    years = np.unique(year)
    for y in years:
        rows = year == y
        w = precision[rows] / precision[rows].sum()
        mean = w @ residual[rows]
        away = (residual[rows] - mean) * w[:, None]
        total += np.outer(mean, mean) - away.T @ away
    values, vectors = np.linalg.eigh(total / years.size)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


class AheadScore(NamedTuple):
    """How well growth, and a quarter, half or three quarters of a year, are forecast from the years before."""

    sample: Sample
    residual: Array
    """(N, 11) z less its mean."""
    growth: Array
    """(N,) growth less its mean."""
    covariances: tuple[Array, Array, Array]
    """C, P and V."""

    def __call__(self, parameters: Array) -> float:
        """Minus the mean log score, each partner-year scored with its partner's past and without.

        ``parameters`` are the logs of nu, a factor of P and V, kappa, gamma, tau and delta.
        """
        df, factor, memory, elasticity, tau, delta = np.exp(parameters)
        order = np.lexsort((self.sample.year, self.sample.partner))
        new = np.diff(self.sample.partner[order], prepend=-1) != 0
        first = np.flatnonzero(new)[np.cumsum(new) - 1]
        size, n = self.sample.size[order], np.arange(order.size) - first

        def before(values: Array) -> Array:
            running = np.cumsum(values) - values
            return running - running[first]

        s, t = np.exp(-elasticity * size), tau * np.exp(-delta * size)
        growth = self.growth[order] / t
        past_growth = before(np.clip(growth, -LARGEST_KNOWN, LARGEST_KNOWN) ** 2)
        total = 0.0
        for cut in (2, 5, 8):
            common, p, v = (c[cut, cut] for c in self.covariances)
            p, v = factor * p, factor * v + common / s**2
            now, most = self.residual[order, cut] / s, LARGEST_KNOWN * np.sqrt(p + v)
            past = np.clip(now, -most, most)
            mass, mean, square = before(1.0 / v), before(past / v), before(past**2 / v)
            for known in (1.0, 0.0):
                spread = 1.0 / (1.0 / p + known * mass)
                freedom = df + known * memory * 2.0 * n
                distance = known * (np.maximum(square - mean**2 * spread, 0.0) + past_growth)
                scale = (df + memory * distance) / freedom
                w = ((now - known * mean * spread) ** 2 / (v + spread) + growth**2) / scale
                log_scale = np.log(scale) + 0.5 * np.log(v + spread) + np.log(s * t)
                density = (
                    special.gammaln((freedom + 2) / 2) - special.gammaln(freedom / 2) - np.log(freedom) - log_scale
                )
                total += float((density - (freedom + 2) / 2 * np.log1p(w / freedom)).mean())
        return -total


def estimate(sample: Sample) -> ShareLaw:
    """The law from a sample: weighted least squares for the mean, then the spread by size, EM for the
    covariances, and last the tails and the memory of scale that forecast each year best from the years before it."""
    mean_growth = mean_growth_of(sample.growth, sample.size)
    z = np.log(sample.shares / (1.0 - sample.shares))
    away = np.clip(sample.growth - mean_growth, -LARGEST_GROWTH, LARGEST_GROWTH)
    design = np.column_stack([np.ones(len(z)), sample.size, away, _next_year(sample, away)])
    elasticity, kept = 0.25, np.ones(len(z), dtype=bool)
    for _ in range(8):
        weight = np.exp(elasticity * sample.size)[:, None]
        effects = np.linalg.lstsq((design * weight)[kept], (z * weight)[kept], rcond=None)[0]
        residual = z - design @ effects
        spread = np.log(np.abs(residual)).mean(axis=1)[kept]
        elasticity = -float(np.polyfit(sample.size[kept], spread, 1)[0])
        x = residual * np.exp(elasticity * sample.size)[:, None]
        kept = (np.abs(x) < OUTLIER * 1.4826 * np.median(np.abs(x), axis=0)).all(axis=1)
    inside = sample.take(kept)
    common = common_covariance(residual[kept], x[kept], inside.year)
    covariances = (common, *random_effects(x[kept], inside.partner, EM_DF))
    score = AheadScore(sample, residual, sample.growth - mean_growth, covariances)
    start = np.log([4.0, 1.0, 0.2, elasticity, 0.16, 0.2])
    found = optimize.minimize(
        score, start, method="Nelder-Mead", options={"maxiter": 3000, "xatol": 1e-5, "fatol": 1e-8}
    )
    df, factor, memory, elasticity, tau, delta = (_rounded(v) for v in np.exp(found.x))
    common, persistent, yearly = (f * WIDEN**2 * c for f, c in zip((1.0, factor, factor), covariances, strict=True))
    provenance = {
        "note": NOTE,
        "partners": int(np.unique(inside.partner).size),
        "partner_years": int(kept.sum()),
        "left_out_as_breaks": int((~kept).sum()),
        "first_year": int(sample.year.min()),
        "last_year": int(sample.year.max()),
    }
    arrays = (_round_all(a) for a in (*effects, persistent, yearly, common))
    return ShareLaw(
        *arrays, CENTRE, elasticity, df, memory, GrowthLaw(mean_growth, _rounded(WIDEN * tau), delta), provenance
    )


def _next_year(sample: Sample, values: Array) -> Array:
    """(N,) the partner's value a year later; 0, the mean, where there is none."""
    later = pd.Series(values, index=[sample.partner, sample.year - 1])
    found = later.reindex(pd.MultiIndex.from_arrays([sample.partner, sample.year]))
    return np.asarray(found.fillna(0.0))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _round_all(values: Array) -> Array:
    return np.vectorize(_rounded)(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("monthly", nargs="+")
    parser.add_argument("--out", default=SHIPPED, type=Path)
    arguments = parser.parse_args()
    law = estimate(joined([read_sample(path) for path in arguments.monthly]))
    arguments.out.write_text(law.to_json(), encoding="utf8")
    print(law.to_json())


if __name__ == "__main__":
    main()

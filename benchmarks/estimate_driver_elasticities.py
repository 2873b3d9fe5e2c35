"""Estimate what drives a pair's trade, from a panel of pairs and a panel of GDP; writes the estimates that ship.

Usage:

    python benchmarks/estimate_driver_elasticities.py PAIRS.parquet MACRO.parquet            write the shipped estimates
    python benchmarks/estimate_driver_elasticities.py PAIRS.parquet MACRO.parquet --check    1 if they differ by a byte

PAIRS.parquet: columns reporter, partner (ISO3), year, value (exports and imports that the reporter states, in million
current USD): World Bank WITS (UN Comtrade), 1962-2016, the panel of one side's statistics that the pooled prior is
estimated on too. MACRO.parquet: a long table with the columns area, concept, year and value, of which GDP in billion
current USD (NY.GDP.MKTP.CD, World Bank, World Development Indicators) and the oil price (BRENT, USD a barrel, yearly
means, United States Energy Information Administration, from 1987) are used. Only estimates are kept.

1. GDP: its growth in current dollars and the errors of forecasting it by a constant growth, 1 to 10 years ahead.
2. The law, given both GDPs to come: it minimises the ranked probability score of hitting times, as the prior of the
   pooled law does (tradetarget.models.pooled.estimation), with the elasticity and its spread among the parameters;
   standard errors are the sandwich, clustered by pair.
3. What a decade shares beyond GDP: the growth of what is left, averaged over pairs a year and over ten years.
4. Oil: each pair's slope of what is left on the oil price; their mean, shrunk to zero, and their spread.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from tradetarget.models.drivers.estimates import DRIVER_MEANINGS, REMAINDER_MEANINGS, DriverEstimates
from tradetarget.models.drivers.law import PAST, DriverGrowths, DriverLaw, driver_law
from tradetarget.models.drivers.model import innovation_scale
from tradetarget.models.pooled.cases import HORIZON, LENGTHS, MULTIPLES
from tradetarget.models.pooled.estimation import CASE_VARIANCE, SHARED
from tradetarget.models.pooled.law import MEMORY, History, hitting_probability, read_history
from tradetarget.models.pooled.prior import DERIVED, NAMED, PARAMETERS, Parameter

FILE = Path(__file__).resolve().parents[1] / "src/tradetarget/models/drivers/drivers.json"
SMALLEST, SIZE_CENTRE, LARGEST_SAMPLE = 10.0, 150.0, 4_000
LONG_RUN_GDP = (0.05, 0.02)
"""Mean and standard deviation of world GDP's growth in current dollars over a century, log points a year: volume grew
2.1 % a year in 1870-1913, 1.9 % in 1913-50, 4.9 % in 1950-73 and 3.0 % in 1973-98 (Maddison 2001, The World Economy,
doi:10.1787/9789264189980-en, table 3-1b), dollar prices by 1-3 %."""
DECADE_SPREAD = 0.05
"""Standard deviation between decades of that growth, log points a year."""
ERROR_DF = 8.0
OIL_SPREAD_BEFORE = 0.1
"""What is thought of the mean effect of the oil price before any data: zero, with this standard deviation."""
_P = Parameter
FITTED = (
    *(
        _P(p.name, p.link, *{"drift": (0.0, 0.05), "past_drift": (0.05, 0.05)}.get(p.name, (p.centre, p.spread)), "")
        for p in PARAMETERS
        if p.name not in NAMED + DERIVED
    ),
    _P("elasticity", "identity", 0.5, 0.25, ""),
    _P("elasticity_spread", "log", -1.4, 0.7, ""),
)


Expected = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Panels:
    """Logs by year: trade (pairs, years), GDP of both sides (2, pairs, years), GDP by country; the sides' codes."""

    trade: np.ndarray
    gdp: np.ndarray
    countries: np.ndarray
    pairs: np.ndarray
    first_year: int
    ends: np.ndarray

    def take(self, rows: np.ndarray) -> Panels:
        """Some of the pairs."""
        chosen = self.trade[rows], self.gdp[:, rows], self.countries, self.pairs[rows]
        return Panels(*chosen, self.first_year, self.ends[rows])


@dataclass(frozen=True)
class Cases:
    """Cases cut from the panels: the pair's row, the origin, the history, the drivers, and what was reached."""

    pair: np.ndarray
    origin: np.ndarray
    history: History
    drivers: DriverGrowths
    reached: np.ndarray


def read_panels(pairs: Path, macro: Path) -> Panels:
    """What one side states of each pair, beside the GDP of both sides."""
    p, g = pd.read_parquet(pairs), pd.read_parquet(macro)
    p = p[p["value"] > 0].astype({"reporter": str, "partner": str})
    p["pair"] = p["reporter"] + "-" + p["partner"]
    years = range(int(p["year"].min()), int(p["year"].max()) + 1)
    wide = p.pivot_table(index="pair", columns="year", values="value", aggfunc="first").reindex(columns=years)
    ends = p.groupby("pair")[["reporter", "partner"]].first().reindex(wide.index)
    g = g[g["concept"] == "NY.GDP.MKTP.CD"].astype({"area": str})
    logs = np.log(g.pivot_table(index="area", columns="year", values="value", aggfunc="first")).reindex(columns=years)
    named = sorted(set(ends.to_numpy().ravel()) & set(logs.index))
    both = np.stack([logs.reindex(ends[side]).to_numpy(float) for side in ("reporter", "partner")])
    trade, countries, names = np.log(wide.to_numpy(float)), logs.loc[named].to_numpy(float), wide.index.to_numpy(str)
    return Panels(trade, both, countries, names, years[0], ends.to_numpy(str))


def gdp_forecast(panels: Panels) -> dict[str, float]:
    """The drift of GDP and the variance of a constant drift's errors v(h) = error h + error_trend h^2, h = 1..10."""
    growth = np.diff(panels.countries, axis=1)
    estimate = float(np.nanmean(growth))
    decades = np.isfinite(growth).any(axis=0).sum() / 10.0
    hidden = DECADE_SPREAD**2 / decades
    weight = LONG_RUN_GDP[1] ** 2 / (LONG_RUN_GDP[1] ** 2 + hidden)
    drift = LONG_RUN_GDP[0] + weight * (estimate - LONG_RUN_GDP[0])
    traded = np.nan_to_num(panels.trade, nan=-np.inf) >= np.log(SMALLEST)
    variance, together = [], 0.0
    for h in range(1, HORIZON + 1):
        e = panels.gdp[:, :, h:] - panels.gdp[:, :, :-h] - drift * h
        kept = e[:, np.isfinite(e).all(axis=0) & traded[:, :-h]]
        limit = 3.0 * float(np.quantile(np.abs(kept), 0.683))
        cut = np.clip(kept, -limit, limit)
        variance.append(float((cut**2).mean()) / h)
        together = float((cut[0] * cut[1]).mean() / (cut**2).mean())
    slope, intercept = np.polyfit(np.arange(1, HORIZON + 1), variance, 1)
    return {
        "gdp_drift": drift,
        "gdp_error": float(intercept),
        "gdp_error_trend": float(max(slope, 0.0)),
        "gdp_error_correlation": together,
        "gdp_error_df": ERROR_DF,
    }


def runs(seen: np.ndarray) -> np.ndarray:
    """How many observations in a row end at each column."""
    run = np.zeros(seen.shape, dtype=np.int64)
    for t in range(seen.shape[1]):
        run[:, t] = np.where(seen[:, t], (run[:, t - 1] if t else 0) + 1, 0)
    return run


def cut_cases(
    panels: Panels,
    gdp: dict[str, float],
    *,
    lengths: tuple[int, ...] = LENGTHS,
    origins: tuple[int, int] = (0, 9999),
    largest: int = LARGEST_SAMPLE,
    per_pair: int = 1,
    known: int = HORIZON,
    expected: Expected | None = None,
) -> Cases:
    """Cases with ten years of trade and GDP to come, of which the law is told ``known`` years of GDP.

    ``expected`` gives (cases, 2, HORIZON) growth of GDP that an outlook expected at the origins of the pairs' rows, NaN
    where it expected none; the law takes it for a forecast, whose error is in the path.
    """
    rng = np.random.default_rng(0)
    seen, both = np.isfinite(panels.trade), np.isfinite(panels.gdp).all(axis=0)
    years = panels.first_year + np.arange(seen.shape[1])
    ahead = runs((seen & both)[:, ::-1])[:, ::-1] - 1
    open_to = (np.nan_to_num(panels.trade, nan=-np.inf) >= np.log(SMALLEST)) & (ahead >= HORIZON)
    open_to &= (years >= origins[0]) & (years <= origins[1])
    back, chosen = runs(seen), []
    for n in lengths:
        key = np.where(open_to & (back >= n), rng.random(seen.shape), 2.0)
        order = np.argsort(key, axis=1)[:, :per_pair]
        unit, k = np.nonzero(np.take_along_axis(key, order, axis=1) < 2.0)
        chosen.append(np.stack([unit, order[unit, k], np.full(unit.size, n)]))
    cases = np.concatenate(chosen, axis=1)
    if cases.shape[1] > largest:
        cases = cases[:, np.sort(rng.permutation(cases.shape[1])[:largest])]
    return _case_rows(panels, gdp, *cases, known=known, expected=expected)


def _case_rows(
    panels: Panels,
    gdp: dict[str, float],
    pair: np.ndarray,
    at: np.ndarray,
    seen: np.ndarray,
    *,
    known: int,
    expected: Expected | None,
) -> Cases:
    age = np.arange(MEMORY - 1, -1, -1)
    past = np.where(age < seen[:, None], _lookup(panels.trade, pair, at[:, None] - age), np.nan)
    future = _lookup(panels.trade, pair, at[:, None] + np.arange(1, HORIZON + 1)) - past[:, -1:]
    reached = np.maximum.accumulate(future, axis=1)[:, None, :] >= np.log(MULTIPLES)[:, None] - 1e-12
    levels = at[:, None] + np.arange(-PAST, HORIZON + 1)
    growth = np.stack([np.diff(_lookup(side, pair, levels), axis=1) for side in panels.gdp], axis=1)
    reported = np.isfinite(growth)
    reported[:, :, PAST + known :] = False
    scale = innovation_scale(growth[:, :, :PAST], gdp["gdp_drift"], gdp["gdp_error"], gdp["gdp_error_df"])
    told = np.where(reported, growth, gdp["gdp_drift"])
    if expected is not None:
        ahead = expected(pair, panels.first_year + at)
        told[:, :, PAST:] = np.where(reported[:, :, PAST:] | np.isnan(ahead), told[:, :, PAST:], ahead)
    return Cases(
        pair,
        panels.first_year + at,
        read_history(np.exp(past)),
        DriverGrowths(told, reported, scale, (0, 0)),
        reached.astype(float),
    )


def _lookup(matrix: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """matrix[rows, columns], NaN beyond its edges."""
    inside = (columns >= 0) & (columns < matrix.shape[1])
    return np.where(inside, matrix[rows[:, None], np.where(inside, columns, 0)], np.nan)


def estimates_of(values: dict[str, float]) -> DriverEstimates:
    """Estimates from some of the values, the rest zero (an oil price that does nothing)."""
    names = (*DRIVER_MEANINGS, *REMAINDER_MEANINGS)
    return DriverEstimates({k: values.get(k, 0.0) for k in names}, {}, size_centre=SIZE_CENTRE)


def law_of(values: dict[str, float], cases: Cases) -> DriverLaw:
    """The law of the cases under these values."""
    e = estimates_of(values)
    return driver_law(e.values, e.of_drivers, cases.history, cases.drivers, size_centre=SIZE_CENTRE)


def probabilities(values: dict[str, float], cases: Cases) -> np.ndarray:
    """(cases, multiples, years) P(reached)."""
    barriers = np.broadcast_to(np.log(MULTIPLES), (cases.pair.size, len(MULTIPLES)))
    return hitting_probability(law_of(values, cases).path, barriers)


def fit_law(cases: Cases, gdp: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Values and standard errors of ``FITTED``: least squares of (p - o) with a Gaussian prior, clustered by pair."""
    n, centre = cases.pair.size, np.array([p.centre for p in FITTED])
    spread = np.array([p.spread for p in FITTED])
    weight, pull = np.sqrt(1.0 / (n * len(MULTIPLES) * HORIZON)), np.sqrt(SHARED * CASE_VARIANCE / n)

    def natural(u: np.ndarray) -> dict[str, float]:
        return {p.name: p.natural(t) for p, t in zip(FITTED, centre + spread * u, strict=True)}

    def residuals(u: np.ndarray) -> np.ndarray:
        gap = probabilities({**gdp, **natural(u)}, cases) - cases.reached
        return np.concatenate([weight * gap.ravel(), pull * u])

    fitted = least_squares(residuals, np.zeros(centre.size), diff_step=0.05, max_nfev=6, ftol=1e-4)
    rows = fitted.jac[: -centre.size] * fitted.fun[: -centre.size, None]
    scores = np.zeros((cases.pair.max() + 1, centre.size))
    np.add.at(scores, cases.pair, rows.reshape(n, -1, centre.size).sum(axis=1))
    bread = np.linalg.inv(fitted.jac.T @ fitted.jac)
    meat = SHARED * scores.T @ scores + pull**4 * np.eye(centre.size)
    errors = np.sqrt(np.diag(bread @ meat @ bread))
    values = natural(fitted.x)
    return values, {p.name: p.slope(values[p.name]) * p.spread * e for p, e in zip(FITTED, errors, strict=True)}


def left_over(panels: Panels, values: dict[str, float]) -> np.ndarray:
    """(pairs, years - 1) growth of what the two GDPs leave, at all pairs' elasticity; NaN where not known."""
    growth = np.diff(panels.gdp, axis=2)
    move = np.diff(panels.trade, axis=1) - values["elasticity"] * growth.sum(axis=0)
    big = np.minimum(panels.trade[:, 1:], panels.trade[:, :-1]) >= np.log(SMALLEST)
    kept = big & np.isfinite(growth).all(axis=0)
    return np.where(kept, np.clip(move, -1.0, 1.0), np.nan)


def decade_spread(left: np.ndarray) -> float:
    """What the panel's own decades hide of the growth that a decade shares: sd of ten-year means over root decades."""
    enough = np.isfinite(left).sum(axis=0) >= 100
    by_year = np.array([np.nanmean(c) for c in left.T[enough]])
    tens = [by_year[i : i + 10].mean() for i in range(by_year.size - 9)]
    return float(np.std(tens) / np.sqrt(by_year.size / 10.0))


def oil_response(left: np.ndarray, first_year: int, macro: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Mean and spread of the pairs' slopes on the oil price, and the variance of its yearly change."""
    price = pd.read_parquet(macro)
    price = price[price["concept"] == "BRENT"].groupby("year")["value"].first()
    change = pd.Series(np.diff(np.log(price)), index=price.index[1:])
    years = first_year + 1 + np.arange(left.shape[1])
    inside = np.isin(years, change.index)
    x, y = change.loc[years[inside]].to_numpy(), left[:, inside]
    y = y[np.isfinite(y).all(axis=1)]  # pairs with every year, so that all slopes are on the same changes
    x = x - x.mean()
    slope = y @ x / (x @ x)
    rest = y - y.mean(axis=1, keepdims=True) - slope[:, None] * x
    sampling = (rest**2).sum(axis=1) / (x.size - 2) / (x @ x)
    by_year = (y - y.mean()).mean(axis=0) - slope.mean() * x
    error = float(np.sqrt((by_year**2).sum() / (x.size - 2) / (x @ x)))
    shrunk = slope.mean() * OIL_SPREAD_BEFORE**2 / (OIL_SPREAD_BEFORE**2 + error**2)
    values = {
        "oil_elasticity": float(shrunk),
        "oil_spread": float(np.sqrt(max(slope.var() - sampling.mean(), 0.0))),
        "oil_error": float(change.var()),
    }
    return values, {"oil_elasticity": float(1.0 / np.sqrt(1.0 / error**2 + 1.0 / OIL_SPREAD_BEFORE**2))}


def estimate(panels: Panels, macro: Path) -> tuple[dict[str, float], dict[str, float], int]:
    """All values, standard errors, and the number of cases."""
    gdp = gdp_forecast(panels)
    cases = cut_cases(panels, gdp)
    law, errors = fit_law(cases, gdp)
    left = left_over(panels, {**gdp, **law})
    oil, oil_errors = oil_response(left, panels.first_year, macro)
    values = {**gdp, **law, **oil, "drift_spread": decade_spread(left)}
    return values, {**errors, **oil_errors}, int(cases.pair.size)


def estimate_text(pairs: Path, macro: Path) -> str:
    """The estimates as the JSON text that ships."""
    panels = read_panels(pairs, macro)
    values, errors, cases = estimate(panels, macro)
    provenance = {
        "pairs": int(panels.pairs.size),
        "cases": cases,
        "first_year": panels.first_year,
        "last_year": panels.first_year + panels.trade.shape[1] - 1,
        "trade": "exports and imports that one side states, million current USD: World Bank WITS (UN Comtrade)",
        "gdp": "current USD: World Bank, World Development Indicators NY.GDP.MKTP.CD",
        "oil": "Brent, from 1987: United States Energy Information Administration",
        "script": "benchmarks/estimate_driver_elasticities.py",
    }
    names = (*DRIVER_MEANINGS, *REMAINDER_MEANINGS)
    rounded = {k: round(float(values[k]), 4) for k in names}
    se = {k: round(float(errors[k]), 4) if k in errors else None for k in names}
    return DriverEstimates(rounded, se, "million USD", SIZE_CENTRE, provenance).to_json()


def main(arguments: list[str] | None = None) -> int:
    """Write the estimates, or check those that ship."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, help="the panel of pairs, a parquet file")
    parser.add_argument("macro", type=Path, help="the table of GDP and oil prices, a parquet file")
    parser.add_argument("--check", action="store_true", help="compare with the shipped estimates instead of writing")
    given = parser.parse_args(arguments)
    text = estimate_text(given.pairs, given.macro)
    if given.check:
        same = FILE.exists() and FILE.read_text("utf8") == text
        print("the shipped estimates are reproduced" if same else "the shipped estimates differ")
        return 0 if same else 1
    FILE.write_text(text, "utf8")
    print(f"wrote {FILE.name}: {len(text)} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Do drivers pay? DriverGrowth against the pooled law on real pairs, with GDP known, forecast by the IMF, and by drift.

Usage:

    python benchmarks/driver_backtest.py PAIRS.parquet MACRO.parquet OUTLOOKS.parquet

The first two panels are those of estimate_driver_elasticities.py. OUTLOOKS.parquet is a table of drivers with every
vintage since 1990 (area, concept, vintage, period, value): real growth (NGDP_RPCH) and inflation (PCPIPCH) in per cent.
Pairs are split in two halves; each is judged by what was estimated on the other. A case is a pair at an origin of
1990-2006 with its last 3, 10 or 25 years: when does its trade reach 1.25, 1.5, 2 and 3 times its last value? Scores are
ranked probability scores (lower is better). Contenders:

pooled            the pooled law, without countries' names
drivers, known    GDP of both sides known ten years ahead: what no one has, the most that drivers can give
drivers, 2 years  GDP known two years ahead, then its drift: an upper bound for a good forecaster of GDP
drivers, outlook  the newest outlook of the origin's year, five years ahead, then its drift: real growth of each side
                  and the inflation of the dollar, as GDP in dollars grows where purchasing power parity holds
drivers, drift    GDP goes on by its long-run drift, the error of that forecast in every path: what anyone has

All of them were fitted to all years of the other half, so all know the period's average growth.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from estimate_driver_elasticities import (
    HORIZON,
    MULTIPLES,
    SIZE_CENTRE,
    Cases,
    Expected,
    Panels,
    cut_cases,
    estimate,
    probabilities,
    read_panels,
)
from tradetarget.models.pooled.estimation import estimate_prior
from tradetarget.models.pooled.law import hitting_probability, pooled_law
from tradetarget.models.pooled.outlook import YEARS_AHEAD
from tradetarget.models.pooled.prior import Prior

LENGTHS = (3, 10, 25)
ORIGINS = (1990, 2006)
KNOWN = {"drivers, known": 10, "drivers, 2 years": 2, "drivers, outlook": 0, "drivers, drift": 0}
"""Years of GDP to come that each contender is told."""


def outlook_of(path: Path, panels: Panels) -> Expected:
    """What the newest outlook of each origin's year expected of both sides' GDP in dollars."""
    table = pd.read_parquet(path)
    table = table[table["concept"].isin(["NGDP_RPCH", "PCPIPCH"])].astype({"area": str, "vintage": str, "concept": str})
    table["year"] = table["vintage"].str[:4].astype(int)
    table = table[table["vintage"] == table.groupby("year")["vintage"].transform("max")]
    table["ahead"] = table["period"] - table["year"]
    table = table[table["ahead"].between(1, YEARS_AHEAD)]
    table["growth"] = np.log1p(table["value"].clip(-50.0, 100.0) / 100.0)
    real = table[table["concept"] == "NGDP_RPCH"].pivot_table(index=["year", "area"], columns="ahead", values="growth")
    dollar = table[(table["concept"] == "PCPIPCH") & (table["area"] == "USA")]
    dollar = dollar.pivot_table(index="year", columns="ahead", values="growth")

    def expected(pair: np.ndarray, origin: np.ndarray) -> np.ndarray:
        out = np.full((pair.size, 2, HORIZON), np.nan)
        for side in (0, 1):
            keys = pd.MultiIndex.from_arrays([origin, panels.ends[pair, side]])
            out[:, side, :YEARS_AHEAD] = real.reindex(keys).to_numpy() + dollar.reindex(origin).to_numpy()
        return out

    return expected


def prior_of(panels: Panels) -> Prior:
    """The pooled prior of these pairs, nameless."""
    row, year = np.nonzero(np.isfinite(panels.trade))
    panel = {"unit": panels.pairs[row], "period": panels.first_year + year, "value": np.exp(panels.trade[row, year])}
    return estimate_prior(pd.DataFrame(panel), size_centre=SIZE_CENTRE)


def pooled_probabilities(prior: Prior, cases: Cases) -> np.ndarray:
    """(cases, multiples, years) P(reached) under the pooled law."""
    law = pooled_law(prior.values, cases.history, cases.reached.shape[2], size_centre=prior.size_centre)
    return hitting_probability(law, np.broadcast_to(np.log(MULTIPLES), (cases.pair.size, len(MULTIPLES))))


def cover(p: np.ndarray, reached: np.ndarray, level: float = 0.8) -> float:
    """Share of cases whose year of reaching lies in the central interval, by a randomised probability transform."""
    n, m, h = p.shape
    edges = np.concatenate([np.zeros((n, m, 1)), p, np.ones((n, m, 1))], axis=2)
    year = np.where(reached.any(axis=2), reached.argmax(axis=2), h)[..., None]
    low, high = (np.take_along_axis(edges, year + i, axis=2)[..., 0] for i in (0, 1))
    u = low + (high - low) * np.random.default_rng(0).random(low.shape)
    return float((np.abs(u - 0.5) < level / 2).mean())


def contest(panels: Panels, macro: Path, outlooks: Path) -> pd.DataFrame:
    """One row a case: pair, origin, length, and the score of each contender; coverage beside them."""
    half = np.array([zlib.crc32(p.encode()) % 2 for p in panels.pairs])
    rows = []
    for k in (0, 1):
        train, test = panels.take(half != k), panels.take(half == k)
        outlook = outlook_of(outlooks, test)
        prior, (values, _, _) = prior_of(train), estimate(train, macro)
        for n in LENGTHS:
            asked = {"lengths": (n,), "origins": ORIGINS, "largest": 4_000, "per_pair": 2}
            told = {
                name: cut_cases(test, values, known=years, expected=outlook if "outlook" in name else None, **asked)
                for name, years in KNOWN.items()
            }
            known = told["drivers, known"]
            answers = {"pooled": pooled_probabilities(prior, known)}
            answers |= {name: probabilities(values, cases) for name, cases in told.items()}
            frame = pd.DataFrame({"pair": test.pairs[known.pair], "length": n, "origin": known.origin})
            for name, p in answers.items():
                frame[name] = ((p - known.reached) ** 2).mean(axis=(1, 2))
                frame[f"{name} 80 %"] = cover(p, known.reached)
            rows.append(frame)
    return pd.concat(rows, ignore_index=True)


def momentum(panels: Panels, past: int, ahead: int = 10) -> float:
    """Slope of a country's GDP growth over the next years on that over the last ones."""
    x, at = panels.countries, np.arange(past, panels.countries.shape[1] - ahead)
    later, before = (x[:, at + ahead] - x[:, at]) / ahead, (x[:, at] - x[:, at - past]) / past
    both = np.isfinite(later) & np.isfinite(before)
    return float(np.polyfit(before[both], later[both], 1)[0])


def clustered_error(gap: pd.Series, by: pd.Series) -> float:
    """Standard error of a mean whose terms of one cluster belong together."""
    sums = (gap - gap.mean()).groupby(by).sum()
    return float(np.sqrt((sums**2).sum()) / gap.size)


def main(arguments: list[str] | None = None) -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, help="the panel of pairs, a parquet file")
    parser.add_argument("macro", type=Path, help="the table of GDP and oil prices, a parquet file")
    parser.add_argument("outlooks", type=Path, help="the table of outlooks, a parquet file")
    given = parser.parse_args(arguments)
    panels = read_panels(given.pairs, given.macro)
    print("GDP growth over ten years on that of the last", {n: round(momentum(panels, n), 3) for n in (5, 10)})
    cases = contest(panels, given.macro, given.outlooks)
    names = ["pooled", *KNOWN]
    five = (cases["origin"] // 5 * 5).rename("origins from")
    print(f"{len(cases)} cases of {cases['pair'].nunique()} pairs")
    print(cases[names].mean().round(4).to_string(), "\n")
    print(cases.groupby("length")[names].mean().round(4).to_string(), "\n")
    print(cases.groupby(five)[names].mean().round(4).assign(cases=cases.groupby(five).size()).to_string(), "\n")
    print(cases[[f"{n} 80 %" for n in names]].mean().round(3).to_string(), "\n")
    for name in names[1:]:
        gap = cases[name] - cases["pooled"]
        errors = [clustered_error(gap, cases[by]) for by in ("pair", "origin")]
        print(f"{name} less pooled: {gap.mean():+.4f}, errors by pair {errors[0]:.4f}, by origin {errors[1]:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Score the pooled law at real origins with nothing that was not known then, the centres of its estimates included.

Usage:

    python benchmarks/hindsight_free.py --data FOLDER [--origins 1976,1980,...] [--package] [--without-outlook]

FOLDER holds dyads_annual_1950_2004.parquet (two-sided pairs), reporter_pairs_1962_2016.parquet (what one side states)
and weo_vintages_1990_2025.parquet (outlooks as they were published); benchmarks/estimate_shipped_prior.py says what is
in them. Nothing of it ships with the package.

First the centres: around ``START``, which says as little as can be said, with a weak ridge, the prior is estimated on
both panels up to 1975, and again around its own estimates. Then, at each origin, the prior is estimated on what one
side had stated up to then and the outlooks published by October, around those centres; with ``--package``, beside it
around the rounded centres that the package holds (``PARAMETERS``). A case is a series with values in the last three
years, 10 million USD at least at the origin, and all years to come up to ten; at most 2,500 an origin, drawn by seed.

What hindsight is left: the shape of the law, and a century's growth and a decade's spread
(``estimation.LONG_RUN_GROWTH``, ``DECADE_SPREAD``), were written down by people who know what came after 1975.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import tradetarget as tt
from estimate_shipped_prior import read_one_sided, read_panels
from tradetarget.evaluation import pit_coverage, ranked_probability_score, reliability_error
from tradetarget.models.pooled.prior import DERIVED, PARAMETERS

ORIGINS = tuple(range(1976, 2013, 4))
LAST, HORIZON, FLOOR, PER_ORIGIN, SEED = 2016, 10, 10.0, 2500, 5
MULTIPLES = np.array([1.25, 1.5, 2.0, 3.0])
CENTRES_UP_TO, ROUNDS, RIDGE = 1975, 2, 0.03
START: Mapping[str, float] = {
    **{p.name: 0.0 for p in PARAMETERS if p.link == "identity" and p.name not in DERIVED},
    "past_drift": 0.08,
    "log_variance": -3.0,
    "log_variance_size": -0.2,
    "volatility_df": 8.0,
    "noise": 0.2,
    "swing": 0.5,
    "swing_persistence": 0.5,
    "drift_variance": 0.02,
    "drift_persistence": 0.9,
    "country_drift": 0.5,
    "outlook_growth": 0.5,
}
Array = NDArray[np.float64]


def centres(panel: pd.DataFrame) -> dict[str, float]:
    """What the panel up to ``CENTRES_UP_TO`` says of each parameter that is fitted."""
    before = panel[panel["period"] <= CENTRES_UP_TO]
    values = dict(START)
    for _ in range(ROUNDS):
        prior = tt.estimate_prior(before, centres=values, ridge=RIDGE)
        values = {name: prior.values[name] for name in START}
        values["drift"] -= prior.provenance["shared_growth"]
    return values


def cases(panel: pd.DataFrame, origin: int) -> tuple[pd.DataFrame, Array]:
    """The cases' values around the origin, and (C, multiples, years) whether each target was reached."""
    years = min(HORIZON, LAST - origin)
    window = panel[(panel["period"] > origin - 3) & (panel["period"] <= origin + years)]
    wide = window.set_index(["unit", "period"])["value"].unstack("period").dropna()  # noqa: PD010
    wide = wide[wide[origin] >= FLOOR]
    if len(wide) > PER_ORIGIN:
        rng = np.random.default_rng(SEED + origin)
        wide = wide.iloc[np.sort(rng.choice(len(wide), PER_ORIGIN, replace=False))]
    values = wide.loc[:, origin:].to_numpy(float)
    best = np.maximum.accumulate(values[:, 1:], axis=1)[:, None, :]
    return wide, (best >= (values[:, :1] * MULTIPLES)[:, :, None]).astype(float)


def outlooks(path: Path, origin: int) -> pd.DataFrame | None:
    """Every outlook published by October of the origin year; None before there was one."""
    table = pd.read_parquet(path)
    table = table[table["vintage"].astype(str) <= f"{origin}-10"]
    return None if table.empty else table


def probabilities(panel: pd.DataFrame, wide: pd.DataFrame, origin: int, drivers: pd.DataFrame | None, **given) -> Array:
    """(C, multiples, years) of the cases, by a prior estimated on the panel up to the origin."""
    past = panel[panel["period"] <= origin]
    prior = tt.estimate_prior(past, drivers=drivers, **given)
    units = wide.index.to_numpy(str)
    targets = pd.DataFrame({
        "unit": np.repeat(units, MULTIPLES.size),
        "target": (wide[origin].to_numpy()[:, None] * MULTIPLES).ravel(),
    })  # fmt: skip
    own = past[past["unit"].isin(units)]
    years = min(HORIZON, LAST - origin)
    answer = tt.forecast_targets(own, targets, horizon=years, prior=prior, drivers=drivers)
    return answer["probability"].to_numpy().reshape(units.size, MULTIPLES.size, years)


def scores(probability: Array, outcome: Array) -> dict[str, float]:
    """RPS, share of years inside the central 80 % interval, reliability error and mean error of the probabilities."""
    return {
        "rps": float(ranked_probability_score(probability, outcome).mean()),
        "cover80": pit_coverage(probability, outcome, 0.8, np.random.default_rng(0)),
        "reliability": reliability_error(probability, outcome),
        "bias": float((probability - outcome).mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--origins", default=",".join(map(str, ORIGINS)))
    parser.add_argument("--package", action="store_true")
    parser.add_argument("--without-outlook", action="store_true")
    arguments = parser.parse_args()
    files = [arguments.data / f"{name}.parquet" for name in ("dyads_annual_1950_2004", "reporter_pairs_1962_2016")]
    before = centres(read_panels(*files))
    print(pd.Series(before, name=f"centres from {CENTRES_UP_TO} and before").round(4).to_string(), flush=True)
    ways = {
        "centres re-estimated": {"centres": before},
        **({"centres of the package": {}} if arguments.package else {}),
    }
    panel, rows = read_one_sided(files[1]), []
    for origin in map(int, arguments.origins.split(",")):
        wide, outcome = cases(panel, origin)
        drivers = None
        if not arguments.without_outlook:
            drivers = outlooks(arguments.data / "weo_vintages_1990_2025.parquet", origin)
        for name, given in ways.items():
            p = probabilities(panel, wide, origin, drivers, **given)
            rows.append({"centres": name, "origin": origin, **scores(p, outcome)})
            print(rows[-1], flush=True)
    print(pd.DataFrame(rows).groupby("centres").mean().drop(columns="origin").round(4).to_string())


if __name__ == "__main__":
    main()

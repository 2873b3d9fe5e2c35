"""Estimate how a currency's price of the dollar moves, and judge hitting probabilities of trade in local currency.

Usage: python benchmarks/estimate_currency_law.py OUTLOOKS [--pairs PAIRS] [--outlook-table FILE]

OUTLOOKS is a table of drivers with inflation in per cent (PCPIPCH) of every vintage, and PAIRS a panel of what one
side states in million dollars (reporter, partner, year, value).

The law is that of tradetarget.models.pooled.currency. Its constants minimise the mean continuous ranked probability
score of the mean change a year over 1, 2, 3, 5 and 10 years, origins 1990 to 2019, every currency with a rate and an
outlook; once with the expected difference of inflation, once without. Printed besides: the same constants from origins
to 1999 alone, judged on those after it, and how often the 80 % intervals hold. With --pairs: the ranked probability
score of reaching 1.25, 1.5, 2 and 3 times the last value in each reporter's own currency within ten years, read as if
the currency were dollars, read in dollars with a currency that stands still, and with the law of the currency added.
--outlook-table writes the newest vintage's expected inflation of every currency, the table that comes with the package.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import ndtr

from make_exchange_rates import AREAS
from tradetarget.models.pooled.currency import (
    WITH_OUTLOOK,
    WITHOUT_OUTLOOK,
    CurrencyHistory,
    Parameters,
    currency_path,
    with_currency,
)
from tradetarget.models.pooled.law import hitting_probability, pooled_law, read_history
from tradetarget.models.pooled.outlook import DOLLAR_AREA, INFLATION, YEARS_AHEAD
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations.exchange import rates_of

ORIGINS, HORIZONS = range(1990, 2020), (1, 2, 3, 5, 10)
PAIR_ORIGINS = (1991, 1994, 1997, 2000, 2003, 2006)
HEADER = """\
# Consumer price inflation expected of each currency's area, mean a year over five years, log points
# (benchmarks/estimate_currency_law.py). From the World Economic Outlook of the International Monetary Fund, {vintage}.
"""


def areas() -> dict[str, str]:
    """The area of each currency."""
    codes = AREAS.split()
    return dict(zip(codes[::2], codes[1::2], strict=True)) | {"EUR": "DEU"}


def expected_inflation(path: str) -> pd.DataFrame:
    """(years of the vintage, areas) mean inflation a year over the five years after the vintage's, log points."""
    table = pd.read_parquet(path)
    table = table[table["concept"] == INFLATION].astype({"area": str, "vintage": str})
    table["year"] = table["vintage"].str[:4].astype(int)
    table = table[table["vintage"] == table.groupby("year")["vintage"].transform("max")]
    ahead = table[table["period"].between(table["year"] + 1, table["year"] + YEARS_AHEAD)]
    ahead = ahead.assign(growth=np.log1p(ahead["value"].clip(-20.0, 500.0) / 100.0))
    return ahead.pivot_table(index="year", columns="area", values="growth")


def cases(outlook: pd.DataFrame) -> pd.DataFrame:
    """One row a currency and origin: its history, and the log change of its rate over each horizon.

    Origins before which the rate was fixed are left out: the law has neither drift nor spread for them.
    """
    rows = []
    for currency, area in areas().items():
        rates = rates_of(currency)
        for origin in ORIGINS:
            history = CurrencyHistory.read(rates, origin)
            if history is None or history.is_fixed or area not in outlook:
                continue
            difference = outlook[area].get(origin, np.nan) - outlook[DOLLAR_AREA].get(origin, np.nan)
            if np.isnan(difference):
                continue
            for h in HORIZONS:
                if origin + h in rates:
                    change = np.log(rates[origin + h] / rates[origin])
                    rows.append((currency, origin, h, history.recent, history.variance, difference, change))
    return pd.DataFrame(rows, columns=["currency", "origin", "h", "recent", "variance", "difference", "change"])


def moments(p: Parameters, c: pd.DataFrame, outlook: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of every case's change."""
    h = c["h"].to_numpy(float)
    out = np.empty((2, len(c)))
    for horizon in HORIZONS:
        at = (h == horizon).nonzero()[0]
        history = CurrencyHistory(*(c[part].to_numpy()[at] for part in ("recent", "variance")))
        path = currency_path(history, horizon, c["difference"].to_numpy()[at] if outlook else None, p)
        out[:, at] = path.mean[:, -1], np.sqrt(path.covariance[:, -1, -1])
    return out[0], out[1]


def score(p: Parameters, c: pd.DataFrame, outlook: bool) -> float:
    """Mean CRPS of a normal forecast of the mean change a year (Gneiting and Raftery 2007), log points."""
    mean, sd = moments(p, c, outlook)
    z = (c["change"].to_numpy() - mean) / sd
    crps = sd * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi) - 1.0 / np.sqrt(np.pi))
    return float((crps / c["h"].to_numpy()).mean())


def estimated(c: pd.DataFrame, outlook: bool) -> Parameters:
    """The constants with the smallest score."""

    def natural(theta: np.ndarray) -> Parameters:
        spread = np.exp(theta[:3])
        persistence = 1.0 / (1.0 + np.exp(-theta[6]))
        difference = theta[4] if outlook else 0.0
        return Parameters(*spread, theta[3], difference, theta[5], persistence, max(theta[7], 0.0))

    start = np.array([np.log(0.3), np.log(0.008), np.log(0.8), 0.005, 0.7, 0.6, 0.8, 0.03])
    best = minimize(lambda t: 100.0 * score(natural(t), c, outlook), start, method="Nelder-Mead",
                     options={"maxiter": 3000, "xatol": 1e-3, "fatol": 1e-6, "adaptive": True})  # fmt: skip
    return natural(best.x)


def judged(name: str, p: Parameters, c: pd.DataFrame, outlook: bool) -> None:
    """Print score and coverage of the parts of the cases."""
    mean, sd = moments(p, c, outlook)
    inside = np.abs(c["change"].to_numpy() - mean) < 1.2816 * sd  # 80 % of a normal law
    parts = {"all": c.index >= 0} | {f"h={h}": c["h"] == h for h in HORIZONS}
    parts |= {f"{a}-{a + 9}": c["origin"].between(a, a + 9) for a in (1990, 2000, 2010)}
    parts = {name: mask for name, mask in parts.items() if mask.any()}
    print(name, "score", {k: round(score(p, c[m], outlook), 4) for k, m in parts.items()})
    print(name, "80 % holds", {k: round(float(inside[m].mean()), 3) for k, m in parts.items()})


def pairs_in_local_currency(path: str, outlook: pd.DataFrame) -> pd.DataFrame:
    """RPS of each reading of the pairs, by origin."""
    panel = pd.read_parquet(path, columns=["reporter", "partner", "year", "value"]).dropna()
    panel = panel.astype({"reporter": str, "partner": str})
    currency = {a: c for c, a in areas().items()}
    panel["currency"] = panel["reporter"].map(currency)
    panel = panel.dropna(subset=["currency"])
    prior, rows = Prior.shipped(), []
    log_barriers = np.log([1.25, 1.5, 2.0, 3.0])
    for origin in PAIR_ORIGINS:
        years = range(origin - 24, origin + 11)
        wide = panel.pivot_table(index=["currency", "reporter", "partner"], columns="year", values="value")
        wide = wide.reindex(columns=years)
        wide = wide[wide[origin].notna() & (wide.loc[:, :origin].notna().sum(axis=1) >= 3)]
        wide = wide[wide.loc[:, origin + 1 :].notna().any(axis=1)].sample(frac=1.0, random_state=origin).head(2500)
        rates = {c: rates_of(c) for c in set(wide.index.get_level_values(0))}
        named = wide.index.get_level_values(0)
        rate = np.array([[rates[c].get(y, np.nan) for y in years] for c in named])
        difference = np.array([outlook.get(areas()[c], pd.Series(dtype=float)).get(origin, np.nan) for c in named])
        difference = difference - outlook[DOLLAR_AREA].get(origin, np.nan)
        histories = [CurrencyHistory.read(rates[c], origin) for c in named]
        usable = np.isfinite(rate[:, 24:]).all(axis=1) & np.isfinite(difference)
        usable &= np.array([h is not None for h in histories])
        kept = [h for h, u in zip(histories, usable, strict=True) if u and h is not None]
        history = CurrencyHistory(*(np.array([getattr(h, k) for h in kept]) for k in ("recent", "variance")))
        dollars, rate, difference = wide.to_numpy()[usable], rate[usable], difference[usable]
        local = dollars * rate
        ahead = np.log(local[:, 25:] / local[:, 24:25])
        top = np.fmax.accumulate(np.where(np.isfinite(ahead), ahead, -np.inf), axis=1)
        came = top[:, None, :] >= log_barriers[:, None]
        as_dollars, in_dollars = (
            pooled_law(prior.values, read_history(v), 10, size_centre=prior.size_centre)
            for v in (local[:, :25] / rate[:, 24:25], np.where(np.isfinite(rate[:, :25]), dollars[:, :25], np.nan))
        )
        laws = {
            "as if dollars": as_dollars,
            "a currency that stands still": in_dollars,
            "law of the currency, without outlook": with_currency(in_dollars, currency_path(history, 10, None)),
            "law of the currency": with_currency(in_dollars, currency_path(history, 10, difference)),
        }
        for name, law in laws.items():
            p = hitting_probability(law, np.broadcast_to(log_barriers, (len(local), 4)))
            fast, error = difference > 0.03, p - came
            calm = (error[~fast] ** 2).mean(), error[~fast].mean()
            rows.append((origin, name, (error**2).mean(), error.mean(), (error[fast] ** 2).mean(), fast.mean(), *calm))
    names = ["origin", "reading", "RPS", "stated less came", "RPS, 3 % more inflation", "their share", "RPS, others",
             "stated less came, others"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outlooks")
    parser.add_argument("--pairs")
    parser.add_argument("--outlook-table")
    given = parser.parse_args()
    outlook = expected_inflation(given.outlooks)
    if given.outlook_table:
        newest = outlook.index.max()
        places = sorted([*areas().items(), ("USD", DOLLAR_AREA)])
        row = {currency: outlook.loc[newest, area] for currency, area in places if area in outlook}
        with open(given.outlook_table, "w", encoding="utf8", newline="") as out:  # noqa: PTH123
            out.write(HEADER.format(vintage=f"October {newest}"))
            pd.Series(row).dropna().round(4).rename_axis("currency").rename(str(newest)).to_csv(
                out, lineterminator="\n"
            )
    c = cases(outlook)
    print(len(c), "cases of", c["currency"].nunique(), "currencies")
    for wanted, shipped in ((True, WITH_OUTLOOK), (False, WITHOUT_OUTLOOK)):
        print("with the outlook" if wanted else "without")
        best = estimated(c, wanted)
        print(best)
        judged("estimated", best, c, wanted)
        judged("shipped", shipped, c, wanted)
        early = estimated(c[(c["origin"] + c["h"] <= 2000)], wanted)
        print("from outcomes to 2000:", early)
        judged("on origins from 2000", early, c[c["origin"] >= 2000].reset_index(drop=True), wanted)
    if given.pairs:
        table = pairs_in_local_currency(given.pairs, outlook)
        print(table.pivot_table(index="reading", columns="origin", values="RPS").round(4).to_string())
        print(table.groupby("reading").mean().drop(columns="origin").round(4).to_string())


if __name__ == "__main__":
    main()

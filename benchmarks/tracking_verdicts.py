"""How often does each official verdict come true? Judged half-way to a deadline, on real trade of pairs.

Usage: python benchmarks/tracking_verdicts.py PANEL [--least 10] [--csv FILE]

PANEL is a parquet file with reporter, partner (ISO3), year and value (exports plus imports, million USD). For every
pair and every base year b = 1965, 1970, ... with all totals from b to b + H, and a total of at least --least million
USD in b, a target of 1.25, 1.5, 2 or 3 times the total of b is due in b + H, for H = 6 and 10. It is judged by every
scale at b + H / 2, counting from b, and left out where it was reached by then. A verdict came true where the total
of some year after that, and up to b + H, is at or above the target. Beside it stands P(reached by b + H) of
`forecast_targets`, from totals up to b + H / 2 alone. Intervals are 95 %, by 2,000 bootstrap samples of reporters,
because the pairs of one reporter move together.

Brier scores: of a scale, with each verdict replaced by the frequency with which it came true in these very cases
(the best that five words can do), and of the library's probability, which uses totals up to b + H / 2 alone. The
shipped prior behind it was estimated on the panel of reporters, so it is not blind to these outcomes.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradetarget import forecast_targets
from tradetarget.passage.events import reached
from tradetarget.tracking.destatis import destatis_verdict
from tradetarget.tracking.escap import escap_verdict
from tradetarget.tracking.eurostat import eurostat_verdict
from tradetarget.tracking.progress import Progress, Verdict
from tradetarget.tracking.sdsn import sdsn_verdict
from tradetarget.tracking.unsd import unsd_verdict

MULTIPLES = (1.25, 1.5, 2.0, 3.0)
SPANS = (6, 10)
BASES = range(1965, 2011, 5)
SAMPLES, SEED = 2000, 0
JUDGES = (eurostat_verdict, unsd_verdict, destatis_verdict, escap_verdict, sdsn_verdict)


class Case(NamedTuple):
    reporter: str
    span: int
    multiple: float
    base: int
    outcome: bool
    probability: float
    verdicts: dict[str, Verdict]


def judged(levels: np.ndarray, base: int, target: float, span: int) -> dict[str, Verdict]:
    years = np.arange(base, base + levels.size)
    progress = Progress(years, levels, target, base + span)
    return {v.scale: v for v in (judge(progress) for judge in JUDGES)}


def cases_of(rows: pd.DataFrame, table: pd.DataFrame, base: int, span: int, least: float) -> list[Case]:
    """Every pair and multiple of one base year and span that was not reached half-way."""
    check = base + span // 2
    window = table.loc[:, list(range(base, base + span + 1))]
    window = window[window.notna().all(axis=1) & (window[base] >= least)]
    if window.empty:
        return []
    keys = window.index.to_numpy()
    panel = rows[rows["unit"].isin(keys) & (rows["period"] <= check)]
    targets = pd.DataFrame([(k, m * v) for k, v in zip(keys, window[base], strict=True) for m in MULTIPLES])
    answers = forecast_targets(panel, targets.set_axis(["unit", "target"], axis=1), horizon=base + span - check)
    probability = answers["probability"].to_numpy().reshape(len(keys), len(MULTIPLES), -1)[:, :, -1]
    cases = []
    for i, (unit, row) in enumerate(zip(keys, window.to_numpy(), strict=True)):
        so_far, later = row[: span // 2 + 1], row[span // 2 + 1 :]
        for j, multiple in enumerate(MULTIPLES):
            target = multiple * float(row[0])
            if reached(so_far, target).any():
                continue
            reached_later = bool(reached(later, target).any())
            verdicts = judged(so_far, base, target, span)
            cases.append(Case(unit[:3], span, multiple, base, reached_later, float(probability[i, j]), verdicts))
    return cases


def interval(reporters: np.ndarray, outcome: np.ndarray, seed: int = SEED) -> tuple[float, float]:
    """95 % interval of a frequency by resampling reporters."""
    _, code = np.unique(reporters, return_inverse=True)
    hits, sizes = np.bincount(code, outcome), np.bincount(code)
    drawn = np.random.default_rng(seed).multinomial(sizes.size, np.full(sizes.size, 1 / sizes.size), SAMPLES)
    low, high = np.quantile((drawn @ hits) / np.maximum(1, drawn @ sizes), [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panel")
    parser.add_argument("--least", type=float, default=10.0)
    parser.add_argument("--csv")
    args = parser.parse_args()
    rows = pd.read_parquet(args.panel, columns=["reporter", "partner", "year", "value"]).dropna()
    rows = rows[rows["value"] > 0].astype({"reporter": str, "partner": str}).rename(columns={"year": "period"})
    rows["unit"] = rows["reporter"] + "-" + rows["partner"]
    table = rows.pivot_table(index="unit", columns="period", values="value", aggfunc="first")
    last = int(table.columns.max())
    cases = [c for s in SPANS for b in BASES if b + s <= last for c in cases_of(rows, table, b, s, args.least)]
    frame = pd.DataFrame(
        [
            (c.reporter, c.span, c.multiple, c.base, c.outcome, c.probability, scale, v.verdict, v.is_favourable)
            for c in cases
            for scale, v in c.verdicts.items()
        ],
        columns=["reporter", "span", "multiple", "base", "outcome", "probability", "scale", "verdict", "favourable"],
    )
    for span, g in frame.groupby("span"):
        one = g[g["scale"] == "Eurostat"]
        print(f"span {span}: {len(one):,} cases of {one['reporter'].nunique()} reporters")
    lines = []
    for (span, scale, verdict), g in frame.groupby(["span", "scale", "verdict"], sort=False):
        lines.append((span, scale, verdict, *_line(g)))
    for (span, scale, favourable), g in frame.groupby(["span", "scale", "favourable"], sort=False):
        lines.append((span, scale, f"any favourable: {favourable}", *_line(g)))
    columns = ["span", "scale", "verdict", "cases", "came_true", "low", "high", "mean_probability"]
    report = pd.DataFrame(lines, columns=columns).sort_values(
        ["span", "scale", "came_true"], ascending=[True, True, False]
    )
    print(report.to_string(index=False, float_format="%.3f"))
    print(by_multiple(frame).to_string(index=False, float_format="%.3f"))
    print(scores(frame).to_string(index=False, float_format="%.4f"))
    print(divided(frame).to_string(index=False, float_format="%.3f"))
    if args.csv:
        report.to_csv(args.csv, index=False)


def _line(g: pd.DataFrame) -> tuple[int, float, float, float, float]:
    low, high = interval(g["reporter"].to_numpy(), g["outcome"].to_numpy())
    return len(g), float(g["outcome"].mean()), low, high, float(g["probability"].mean())


def by_multiple(frame: pd.DataFrame) -> pd.DataFrame:
    """Favourable verdicts by target: how many, and how often they came true."""
    good = frame[frame["favourable"]]
    lines = [(*key, *_line(g)) for key, g in good.groupby(["span", "multiple", "scale"], sort=False)]
    return pd.DataFrame(lines, columns=["span", "multiple", "scale", "cases", "came_true", "low", "high", "mean_p"])


def scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Brier scores of each scale at its best, of the base rate by multiple, and of the probability."""
    lines = []
    for span, g in frame.groupby("span"):
        one = g[g["scale"] == "Eurostat"]
        lines.append((span, "base rate", _brier(one["outcome"].mean(), one)))
        for scale, h in g.groupby("scale", sort=False):
            lines.append((span, scale, _brier(h.groupby("verdict")["outcome"].transform("mean"), h)))
        lines.append((span, "probability", _brier(one["probability"], one)))
    return pd.DataFrame(lines, columns=["span", "forecast", "brier"])


def _brier(p: float | pd.Series, g: pd.DataFrame) -> float:
    return float(((p - g["outcome"]) ** 2).mean())


def divided(frame: pd.DataFrame) -> pd.DataFrame:
    """Favourable verdicts by what the probability said."""
    good = frame[frame["favourable"]].assign(p=lambda d: pd.cut(d["probability"], [0, 0.25, 0.5, 0.75, 1.0]))
    lines = [(*key, len(g), g["outcome"].mean()) for key, g in good.groupby(["span", "scale", "p"], observed=True)]
    return pd.DataFrame(lines, columns=["span", "scale", "probability", "cases", "came_true"])


if __name__ == "__main__":
    main()

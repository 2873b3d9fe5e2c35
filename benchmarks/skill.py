"""Judge target dates on real country pairs, beside what a user would pick instead.

Usage:

    python benchmarks/skill.py FOLDER                                everything: minutes
    python benchmarks/skill.py FOLDER isolated --set recovery=0      what one part of the pooled law buys

FOLDER holds the contest: cases.py (which cases), score.py (how they are scored), run.py (how the package is asked)
and baseline.csv (the peers' scores on exactly these cases). Nothing in it ships with the package.

isolated   the pair's own last n totals and nothing else, a prior from the other half of the pairs
panel      everything known at an origin year, a prior from the panel up to it

Beside the pooled law stand the reference class and the base rate, counted from the same other half or past, and the
even mixture of law and reference class. ``--set PARAMETER=VALUE`` adds a row in which the estimated prior has that
parameter fixed afterwards, without estimating the others again; it may be given more than once.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tradetarget as tt
from tradetarget.evaluation import skill_against
from tradetarget.models.reference_class.table import BANDS, ReferenceTable, band_index, cells

sys.path.insert(0, str(Path(__file__).resolve().parent))
from estimate_reference_class import HORIZON, MULTIPLES, log_matrix

NEEDED = ("cases.py", "score.py", "run.py", "baseline.csv")


class Contest:
    """The modules of the folder, and its panel."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise SystemExit(f"{folder} holds no {missing[0]}: give the folder of the contest")
        sys.path.insert(0, str(folder))
        self.cases, self.score, self.run = (import_module(name) for name in ("cases", "score", "run"))
        self.panel: pd.DataFrame = self.run.load()
        self.baseline = pd.read_csv(folder / "baseline.csv")


def reference_table(panel: pd.DataFrame) -> ReferenceTable:
    """The reference table of a long panel with columns pair, year, value."""
    return ReferenceTable.count(log_matrix(panel)[0], MULTIPLES, HORIZON)


def reference_answers(contest: Contest, c: Any, table: ReferenceTable) -> tuple[np.ndarray, np.ndarray]:
    """(cases, multiples, years) of the reference class and of the base rate."""
    h = c.history[c.history["unit"].isin(c.units)].sort_values(["unit", "period"])
    barriers, years = np.log(contest.cases.MULTIPLES), contest.cases.HORIZON
    p, curves = np.empty((c.units.size, barriers.size, years)), {}
    row = {unit: i for i, unit in enumerate(c.units)}
    for unit, part in h.groupby("unit", sort=False):
        period, x = part["period"].to_numpy(), np.log(part["value"].to_numpy(float))
        breaks = np.flatnonzero(np.diff(period) > 1)
        x = x[breaks[-1] + 1 :] if breaks.size else x
        band = band_index(x.size, float(x[-1]))
        key = band, int(cells(BANDS[band], x[-BANDS[band].window :]))
        if key not in curves:
            curves[key] = table.curve(*key, barriers, years).probability
        p[row[unit]] = curves[key]
    return p, np.broadcast_to(table.base_rate(barriers, years).probability, p.shape)


def changed(prior: Any, setting: str) -> Any:
    """The prior with one parameter fixed: "recovery=0"."""
    name, _, value = setting.partition("=")
    if name not in prior.values:
        raise SystemExit(f"no parameter {name!r}: the prior has {', '.join(prior.values)}")
    return replace(prior, values={**prior.values, name: float(value)})


def isolated(contest: Contest, settings: list[str]) -> None:
    """The isolated contest, cross-fitted over halves of the pairs."""
    run, cases = contest.run, contest.cases
    c = cases.isolated(contest.panel, (1962, 1994), seed=1)
    law, reference, base = "pooled law", "reference class", "base rate, all years"
    found = {name: np.empty(c.outcome().shape) for name in (law, reference, base, *settings)}
    for k in (0, 1):
        others, mine = contest.panel[cases.half(contest.panel.pair) != k], cases.half(c.units) == k
        part, prior = c.take(mine), tt.estimate_prior(run.as_panel(others))
        found[law][mine] = part.probabilities(run.forecast_isolated(part, prior))
        for setting in settings:
            found[setting][mine] = part.probabilities(run.forecast_isolated(part, changed(prior, setting)))
        found[reference][mine], found[base][mine] = reference_answers(contest, part, reference_table(others))
    found["law and class, mixed"] = 0.5 * (found[law] + found[reference])
    run.show("isolated", found, c, contest.baseline)
    intervals(contest, found, c, base)


def panel(contest: Contest, settings: list[str]) -> None:
    """The panel contest at each origin."""
    run, cases = contest.run, contest.cases
    means: dict[str, list[float]] = {}
    for origin in run.PANEL_ORIGINS:
        c = cases.at_origin(contest.panel, origin)
        found = {"pooled law": c.probabilities(run.forecast_panel(c))}
        if settings:
            prior, own = tt.estimate_prior(c.history), c.history[c.history["unit"].isin(c.units)]
            for setting in settings:
                answer = tt.forecast_targets(own, c.targets(), horizon=cases.HORIZON, prior=changed(prior, setting))
                found[setting] = c.probabilities(answer)
        table = reference_table(contest.panel[contest.panel["year"] <= origin])
        found["reference class"], found["base rate, all years"] = reference_answers(contest, c, table)
        found["law and class, mixed"] = 0.5 * (found["pooled law"] + found["reference class"])
        run.show(f"panel {origin}", found, c, contest.baseline)
        for name, p in found.items():
            means.setdefault(name, []).append(float(contest.score.ranked_probability_score(p, c.outcome()).mean()))
    print("\npanel, mean RPS of the origins")
    print(pd.Series({name: np.mean(values) for name, values in means.items()}).round(4).to_string())


def intervals(contest: Contest, found: dict[str, np.ndarray], c: Any, against: str) -> None:
    """Skill against the base rate, with its bootstrap interval over pairs."""
    outcome, pairs = c.outcome(), np.array([str(u)[:7] for u in c.units])
    scores = {name: contest.score.ranked_probability_score(p, outcome) for name, p in found.items()}
    print(f"\nskill against {against!r}, 90 % interval over {np.unique(pairs).size} pairs")
    for name, s in scores.items():
        if name != against:
            gain = skill_against(s, scores[against], pairs)
            print(f"{name:28}{100 * gain.value:7.2f} %   {100 * gain.low:6.2f} to {100 * gain.high:5.2f}")


def main(arguments: list[str] | None = None) -> int:
    """Run the contests asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the contest")
    parser.add_argument("contest", nargs="?", default="all", choices=["all", "isolated", "panel"])
    parser.add_argument("--set", action="append", default=[], metavar="PARAMETER=VALUE", dest="settings")
    given = parser.parse_args(arguments)
    contest = Contest(given.folder.resolve())
    if given.contest in ("all", "isolated"):
        isolated(contest, given.settings)
    if given.contest in ("all", "panel"):
        panel(contest, given.settings)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

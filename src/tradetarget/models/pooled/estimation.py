r"""Estimating a prior from a panel of pairs: cut cases, then choose the law that scores best on them.

The parameters theta of :mod:`tradetarget.models.pooled.law` minimise the mean ranked probability score of the hitting
times, with a Gaussian prior around the values thought likely before any panel,

    S(theta) = sum_i w_i mean_{m,h} (p_{imh}(theta) - o_{imh})^2 + lambda sum_k ((theta_k - centre_k) / spread_k)^2,

o_{imh} = 1 if the pair reached m times its value by year h. The score is proper, so this is optimum score estimation
(Gneiting and Raftery 2007, doi:10.1198/016214506000001437), and a sum of squares, so Gauss-Newton solves it. Standard
errors are the sandwich, clustered by pair.

Cases are cut from each pair at random origins with its last n values, n = 1, 3, 5, 10 and 25, so that the law knows
what a short history is worth. Futures that the panel does not yet hold count as far as they go.

A panel of pairs is a short panel of decades: all pairs of a decade share its inflation and its growth. Its drift is
therefore drawn to a long-run one, as a panel of years / 10 independent decades deserves (``long_run_drift``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.checks import LARGEST, SMALLEST, any_text, between, optional, table, takes, text
from tradetarget.models.pooled.law import MEMORY, CommonPath, History, hitting_probability, pooled_law, read_history
from tradetarget.models.pooled.prior import DERIVED, NAMED, PARAMETERS, CommonState, Prior, common_path
from tradetarget.observations.panel import Panel, read_panel

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
MULTIPLES = (1.25, 1.5, 2.0, 3.0)
HORIZON = 10
LENGTHS = (1, 3, 5, 10, 25)
SHORTEST_FUTURE = 3
LARGEST_SAMPLE = 4_000
CUBATURE = 32
SHARED = 40.0
"""So many cases are worth one: those of a decade share its shocks, those of a pair its history."""
CASE_VARIANCE = 0.15
"""Variance of a case's mean (p - o), the noise against which a spread is weighed."""
LONG_RUN_DRIFT = (0.06, 0.02)
"""Mean and standard deviation of world trade's growth in current dollars over a century, log points a year: volume
grew 3.4 % a year in 1870-1913, 0.9 % in 1913-50, 7.9 % in 1950-73 and 5.1 % in 1973-98 (Maddison 2001, The World
Economy, doi:10.1787/9789264189980-en, table 3-2a), dollar prices by 1-3 %."""
DECADE_SPREAD = 0.05
"""Standard deviation between decades of the growth common to all pairs, log points a year."""
COUNTRY_RIDGE = 4.0
LARGEST_GROWTH = 1.0


@dataclass(frozen=True)
class Grid:
    """A panel by calendar year: (U, Y) logs, NaN where not observed, and the countries of each unit (C: unknown)."""

    logs: Array
    first_year: int
    countries: tuple[str, ...]
    ends: tuple[Ints, Ints]

    @property
    def last_year(self) -> int:
        """The panel's last year."""
        return self.first_year + int(self.logs.shape[1]) - 1


@dataclass(frozen=True)
class Cases:
    """Training cases, one a row: the pair, its history, its countries, and what happened."""

    pair: Ints
    history: History
    common: CommonPath
    outcome: Array
    weight: Array

    def take(self, rows: NDArray[np.bool_]) -> Cases:
        """The cases where ``rows`` is true."""
        h, c = self.history, self.common
        return Cases(
            self.pair[rows],
            History(h.past[rows], h.observed[rows], h.log_last[rows], h.below_peak[rows]),
            CommonPath(c.past[rows], c.growth[rows], c.known[rows]),
            self.outcome[rows],
            self.weight[rows],
        )


@takes(
    drivers=optional(table),
    unit=text,
    smallest=between(SMALLEST, LARGEST),
    size_centre=between(SMALLEST, LARGEST),
    note=any_text,
)
def estimate_prior(
    panel: pd.DataFrame,
    drivers: pd.DataFrame | None = None,
    *,
    unit: str = "million USD",
    smallest: float = 10.0,
    size_centre: float = 150.0,
    note: str = "",
) -> Prior:
    """Estimate a prior from a panel of pairs.

    Parameters
    ----------
    panel
        Long table with columns unit, period (year), value, and optionally reporter and partner (country codes): with
        them the prior also carries each country's state at the panel's end.
    drivers
        Reserved; the law does not use them.
    unit
        The unit of the values.
    smallest
        Cases start from at least this value: below it a pair's total is mostly single shipments.
    size_centre
        The size at which the law is centred, in the unit of the values.
    note
        Kept in the provenance.

    Returns
    -------
    Prior
        A panel too small to say anything gives the values before any panel, and no standard errors.
    """
    checked = read_panel(panel)
    grid = calendar_grid(checked)
    world, growth = common_growth(grid)
    cases = cut_cases(grid, growth, smallest)
    theta = np.array([p.centre for p in PARAMETERS])
    errors = np.full(theta.size, np.nan)
    named = np.array([p.name in NAMED for p in PARAMETERS])
    own = np.array([p.name not in NAMED + DERIVED for p in PARAMETERS])
    theta, errors = _fit(cases, own, theta, errors, size_centre, named=False)
    if cases.common.known.any():
        theta, errors = _fit(cases.take(cases.common.known), named, theta, errors, size_centre, named=True)
    values = {p.name: p.natural(t) for p, t in zip(PARAMETERS, theta, strict=True)}
    se = {
        p.name: round(p.slope(values[p.name]) * e, 4) if np.isfinite(e) else None
        for p, e in zip(PARAMETERS, errors, strict=True)
    }
    values["drift"], values["drift_spread"] = long_run_drift(values["drift"], se["drift"], grid.logs.shape[1])
    provenance = {
        "pairs": int(grid.logs.shape[0]),
        "cases": int(cases.pair.size),
        "first_year": grid.first_year,
        "last_year": grid.last_year,
        "note": note,
    }
    rounded = {k: round(v, 4) for k, v in values.items()}
    return Prior(rounded, se, unit, size_centre, provenance, _state(grid, world, growth))


def long_run_drift(estimate: float, standard_error: float | None, years: int) -> tuple[float, float]:
    """The drift a panel of ``years`` years supports, and what it leaves unknown of a decade to come.

    With k = years / 10 decades, each off the long run by a normal error of standard deviation sd,

        w = s0^2 / (s0^2 + sd^2 / k + se^2),   drift = m0 + w (estimate - m0),   spread^2 = (1 - w) s0^2 + sd^2 / k.

    The second term of the spread is what k decades, fitted to, hide of the variance between decades: the law holds
    sd^2 (1 - 1/k) of it already, since it is fitted to cases from all of them.
    """
    centre, prior_spread = LONG_RUN_DRIFT
    decades = max(years / 10.0, 1.0)
    hidden = DECADE_SPREAD**2 / decades
    w = prior_spread**2 / (prior_spread**2 + hidden + (prior_spread if standard_error is None else standard_error) ** 2)
    return centre + w * (estimate - centre), float(np.sqrt((1.0 - w) * prior_spread**2 + hidden))


def calendar_grid(panel: Panel) -> Grid:
    """The panel by calendar year, units sorted by name so that the order of the rows does not matter."""
    order = np.argsort(panel.units.astype(str), kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    first, last = int(panel.year.min()), int(panel.year.max())
    logs = np.full((order.size, last - first + 1), np.nan)
    logs[rank[panel.code], panel.year - first] = np.log(panel.value)
    sides = [side[order].astype(str) for side in (panel.reporter, panel.partner)]
    names = tuple(sorted(set(np.concatenate(sides).tolist()) - {""}))
    place = {name: i for i, name in enumerate(names)}
    ends = [np.array([place.get(name, len(names)) for name in side], dtype=np.int64) for side in sides]
    return Grid(logs, first, names, (ends[0], ends[1]))


def common_growth(grid: Grid) -> tuple[Array, Array]:
    """Growth common to all pairs (Y - 1,), and of each country's pairs relative to it (C + 1, Y - 1), log points.

    Each year by itself, weighted ridge regression of the pairs' log growth (cut off at +-1) on a constant and their
    two countries; the weight rises with the square root of size up to 25 times the smallest. The last row is zero: it
    stands for a country that is not known.
    """
    logs, count = grid.logs, len(grid.countries)
    world, country = np.zeros(logs.shape[1] - 1), np.zeros((count + 1, logs.shape[1] - 1))
    for t in range(world.size):
        g = logs[:, t + 1] - logs[:, t]
        rows = np.flatnonzero(np.isfinite(g))
        if rows.size == 0:
            continue
        size = np.minimum(logs[rows, t], logs[rows, t + 1])
        w = np.minimum(np.exp(0.5 * (size - np.log(10.0))), 5.0)
        y = np.clip(g[rows], -LARGEST_GROWTH, LARGEST_GROWTH)
        design = np.zeros((rows.size, count + 1))
        for side in grid.ends:
            np.add.at(design, (np.arange(rows.size), side[rows]), 1.0)
        design[:, -1] = 1.0
        penalty = np.append(np.full(count, COUNTRY_RIDGE), 1e-9)
        beta = np.linalg.solve(design.T @ (w[:, None] * design) + np.diag(penalty), design.T @ (w * y))
        world[t], country[:count, t] = beta[-1], beta[:-1]
    return world, country


def cut_cases(grid: Grid, growth: Array, smallest: float, *, per_pair: int = 1) -> Cases:
    """Cut ``per_pair`` cases of each length from every pair, at origins drawn from a fixed stream.

    A case has its last n years and the first years of its future (all that the panel holds, up to the horizon) without
    a gap; at least ``SHORTEST_FUTURE`` of them.
    """
    rng = np.random.default_rng(0)
    logs, years = grid.logs, grid.logs.shape[1]
    seen = np.isfinite(logs)
    back, ahead = _unbroken(seen), _unbroken(seen[:, ::-1])[:, ::-1] - 1
    due = np.minimum(HORIZON, years - 1 - np.arange(years))
    open_to = (np.nan_to_num(logs, nan=-np.inf) >= np.log(smallest)) & (ahead >= due) & (due >= SHORTEST_FUTURE)
    pairs, columns, lengths = [], [], []
    for n in LENGTHS:
        possible = open_to & (back >= n)
        order = np.argsort(np.where(possible, rng.random(logs.shape), 2.0), axis=1)[:, :per_pair]
        unit, k = np.nonzero(np.take_along_axis(possible, order, axis=1))
        pairs.append(unit)
        columns.append(order[unit, k])
        lengths.append(np.full(unit.size, n))
    pair, at, n_seen = np.concatenate(pairs), np.concatenate(columns), np.concatenate(lengths)
    if pair.size > LARGEST_SAMPLE:
        keep = np.sort(rng.permutation(pair.size)[:LARGEST_SAMPLE])
        pair, at, n_seen = pair[keep], at[keep], n_seen[keep]
    return _case_rows(grid, growth, pair, at, n_seen)


def _case_rows(grid: Grid, growth: Array, pair: Ints, at: Ints, n_seen: Ints) -> Cases:
    age = np.arange(MEMORY - 1, -1, -1)
    past = np.where(age < n_seen[:, None], _lookup(grid.logs, pair, at[:, None] - age), np.nan)
    future = _lookup(grid.logs, pair, at[:, None] + np.arange(1, HORIZON + 1))
    best = np.maximum.accumulate(future - past[:, -1:], axis=1)[:, None, :]
    reached = np.where(np.isfinite(best), best >= np.log(MULTIPLES)[:, None] - 1e-12, np.nan)
    together = growth[grid.ends[0]] + growth[grid.ends[1]]
    relative = np.nan_to_num(_lookup(together, pair, at[:, None] - 1 - np.arange(MEMORY - 1)))
    known = (np.minimum(*grid.ends) < len(grid.countries))[pair]
    return Cases(pair, read_history(np.exp(past)), common_path(relative, known), reached, np.ones(pair.size))


def _unbroken(seen: NDArray[np.bool_]) -> Ints:
    """How many observations in a row end at each column."""
    run = np.zeros(seen.shape, dtype=np.int64)
    for t in range(seen.shape[1]):
        run[:, t] = np.where(seen[:, t], (run[:, t - 1] if t else 0) + 1, 0)
    return run


def _lookup(matrix: Array, rows: Ints, columns: Ints) -> Array:
    """matrix[rows, columns], NaN beyond its edges."""
    inside = (columns >= 0) & (columns < matrix.shape[1])
    return np.where(inside, matrix[rows[:, None], np.where(inside, columns, 0)], np.nan)


def _fit(
    cases: Cases, free: NDArray[np.bool_], theta: Array, errors: Array, size_centre: float, *, named: bool
) -> tuple[Array, Array]:
    """Estimate the ``free`` parameters by penalised Gauss-Newton; the others stay."""
    if cases.pair.size == 0:
        return theta, errors
    known = np.isfinite(cases.outcome)
    outcome = np.where(known, cases.outcome, 0.0)
    terms = cases.weight / cases.weight.sum() / (len(MULTIPLES) * HORIZON)
    root = np.sqrt(terms)[:, None, None] * known
    barriers = np.broadcast_to(np.log(MULTIPLES), (cases.pair.size, len(MULTIPLES)))

    def residuals(x: Array) -> Array:
        full = theta.copy()
        full[free] = x
        values = {p.name: p.natural(t) for p, t in zip(PARAMETERS, full, strict=True)}
        law = pooled_law(
            values, cases.history, HORIZON, size_centre=size_centre, common=cases.common if named else None
        )
        return np.asarray((root * (hitting_probability(law, barriers, n_points=CUBATURE) - outcome)).ravel())

    centre = np.array([p.centre for p in PARAMETERS])[free]
    spread = np.array([p.spread for p in PARAMETERS])[free]
    penalty = SHARED * CASE_VARIANCE / cases.weight.sum() / spread**2
    x, jacobian, rest = _gauss_newton(residuals, theta[free], centre, penalty, 0.05 * spread)
    found, se = theta.copy(), errors.copy()
    found[free], se[free] = x, _sandwich(jacobian, rest, penalty, spread, cases.pair)
    return found, se


def _gauss_newton(
    residuals: Callable[[Array], Array], start: Array, centre: Array, penalty: Array, step: Array, rounds: int = 3
) -> tuple[Array, Array, Array]:
    """Minimise r'r + sum penalty (x - centre)^2 with a forward-difference Jacobian; x, the Jacobian and r."""
    x, r = start.copy(), residuals(start)
    jacobian = np.empty((r.size, x.size))
    for _ in range(rounds):
        for k in range(x.size):
            moved = x.copy()
            moved[k] += step[k]
            jacobian[:, k] = (residuals(moved) - r) / step[k]
        gradient = jacobian.T @ r + penalty * (x - centre)
        curvature = jacobian.T @ jacobian + np.diag(penalty)
        now = float(r @ r + penalty @ (x - centre) ** 2)
        for damping in (0.0, 0.1, 1.0, 10.0):
            trial = x - np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), gradient)
            there = residuals(trial)
            if float(there @ there + penalty @ (trial - centre) ** 2) < now:
                break
        else:
            break
        gain = now - float(there @ there + penalty @ (trial - centre) ** 2)
        x, r = trial, there
        if gain < 2e-6:
            break
    return x, jacobian, r


def _sandwich(jacobian: Array, residual: Array, penalty: Array, spread: Array, cluster: Ints) -> Array:
    """Standard errors A^-1 B A^-1, B from the scores summed by cluster (``SHARED`` times), and the prior's own."""
    bread = np.linalg.inv(jacobian.T @ jacobian + np.diag(penalty))
    by_case = (jacobian * residual[:, None]).reshape(cluster.size, -1, penalty.size).sum(axis=1)
    _, group = np.unique(cluster, return_inverse=True)
    scores = np.zeros((group.max() + 1, penalty.size))
    np.add.at(scores, group, by_case)
    meat = SHARED * scores.T @ scores + np.diag((penalty * spread) ** 2)
    return np.asarray(np.sqrt(np.diag(bread @ meat @ bread)))


def _state(grid: Grid, world: Array, growth: Array) -> CommonState | None:
    """What was happening in each country at the panel's end, the last year first."""
    if not grid.countries:
        return None
    kept = min(MEMORY - 1, world.size)
    latest = np.zeros((len(grid.countries), MEMORY - 1))
    latest[:, :kept] = growth[:-1, ::-1][:, :kept]
    everyone = np.zeros(MEMORY - 1)
    everyone[:kept] = world[::-1][:kept]
    return CommonState(grid.last_year, grid.countries, latest.round(4), everyone.round(4))

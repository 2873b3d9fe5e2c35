r"""Estimating a prior from a panel of pairs: cut cases, then choose the law that scores best on them.

The parameters theta of :mod:`tradetarget.models.pooled.law` minimise the mean ranked probability score of the hitting
times, with a Gaussian prior around the values thought likely before any panel,

    S(theta) = sum_i w_i mean_{m,h} (p_{imh}(theta) - o_{imh})^2 + lambda sum_k ((theta_k - centre_k) / spread_k)^2,

o_{imh} = 1 if the pair reached m times its value by year h. The score is proper, so this is optimum score estimation
(Gneiting and Raftery 2007, doi:10.1198/016214506000001437), and a sum of squares, so Gauss-Newton solves it. Standard
errors are the sandwich, clustered by pair.

Cases are cut from each pair at random origins with its last n values, n = 1, 3, 5, 10 and 25, so that the law knows
what a short history is worth. Futures that the panel does not yet hold count as far as they go.

A panel of pairs is a short panel of decades: all pairs of a decade share its inflation and its growth. So each case is
given the growth that all pairs shared in the years after its origin, and the parameters say how a pair fares relative
to its decade. What decades themselves do is learnt from the panel's years: the mean of the growth that pairs share less
the inflation of those years, drawn to a century's as years / 10 independent decades deserve (``long_run_drift``), and
beside it the inflation to expect now (:mod:`tradetarget.models.pooled.dollar`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.arrays import Array
from tradetarget.checks import LARGEST, SMALLEST, any_text, between, instance_of, optional, table, takes, text
from tradetarget.errors import DataError, ModelError
from tradetarget.models.pooled.cases import HORIZON, MULTIPLES, Cases, cut_cases
from tradetarget.models.pooled.dollar import INFLATION_SPREAD, expected_inflation, inflation_of_years
from tradetarget.models.pooled.grid import calendar_grid, common_growth, common_state
from tradetarget.models.pooled.law import hitting_probability, pooled_law
from tradetarget.models.pooled.outlook import Outlook, read_outlook
from tradetarget.models.pooled.prior import DERIVED, NAMED, NAMELESS, PARAMETERS, Prior
from tradetarget.observations.panel import read_panel
from tradetarget.progress import Advance, Progress, progress_choice, reporting
from tradetarget.units import Unit

Ints = NDArray[np.int64]
ROUNDS = 3
"""At most so many steps of Gauss-Newton. Judgement. They end earlier where one gains less than 2e-6 of the score."""
FARTHEST = 400
"""Steps from the centre that an estimate may be. Twenty spreads of a parameter; the exponential of many more overflows,
where a tiny ridge leaves a parameter that the panel says nothing of to jump."""
SHARED = 10.0
"""So many cases are worth one. Those of a pair share its history, those of neighbours their shocks. Judgement; 3 to 40
score alike over ten origins (docs/pooled.md)."""
CASE_VARIANCE = 0.15
"""Variance of a case's mean (p - o), the noise against which a spread is weighed."""
LONG_RUN_GROWTH = (0.035, 0.015)
"""Mean and standard deviation of the real growth of a century's trade, log points a year. World trade's volume grew
3.4 % a year in 1870-1913, 0.9 % in 1913-50 and 7.9 % in 1950-73, 3.5 % over all (Maddison 2001, The World Economy,
doi:10.1787/9789264189980-en, table 3-2a). Three periods that differ so much leave the mean unknown by about 0.015."""
DECADE_SPREAD = 0.035
"""Standard deviation between decades of the real growth common to all pairs, log points a year. 0.036, rounded,
in the two panels of benchmarks/estimate_shipped_prior.py (0.036, 0.061, 0.095, -0.009, 0.034 and 0.074 in the decades
from the 1950s to the 2000s)."""


@takes(
    drivers=optional(table),
    unit=text,
    smallest=between(SMALLEST, LARGEST),
    size_centre=between(SMALLEST, LARGEST),
    note=any_text,
    centres=optional(instance_of(Mapping, "give a dict by parameter")),
    ridge=between(0.0, 1e6),
    progress=progress_choice,
)
def estimate_prior(
    panel: pd.DataFrame,
    drivers: pd.DataFrame | None = None,
    *,
    unit: str = "million USD",
    smallest: float = 10.0,
    size_centre: float = 150.0,
    note: str = "",
    centres: Mapping[str, float] | None = None,
    ridge: float = 1.0,
    progress: Progress = None,
) -> Prior:
    """Estimate a prior from a panel of pairs.

    Parameters
    ----------
    panel
        Long table with columns unit, period (year), value, and optionally reporter and partner (country codes): with
        them the prior also carries each country's state at the panel's end.
    drivers
        A table of drivers that holds outlooks as they were published (area, concept, period, value, vintage,
        is_forecast; real growth ``NGDP_RPCH``, and ``PCPIPCH`` of the USA): a case is given the vintage of its time. It
        takes reporter and partner to be the table's areas. None leaves the elasticity at its value before any panel.
    unit
        The unit of the values. Inflation is taken from United States prices where its currency is USD.
    smallest
        Cases start from at least this value: below it a pair's total is mostly single shipments.
    size_centre
        The size at which the law is centred, in the unit of the values.
    note
        Kept in the provenance.
    centres
        What is thought of parameters before any panel, by name, in place of the centres of ``PARAMETERS``; another
        prior's ``values`` will do. That of the drift counts as growth beyond what all pairs share.
    ridge
        How much the centres weigh, 1 for what is usual; near 0 the panel speaks alone.
    progress
        A bar where work lasts over two seconds: None shows it on a terminal and in a notebook, True anywhere, False
        never. Or a function, which is called with the evaluations done and those in all after each; it may end early.

    Returns
    -------
    Prior
        A panel too small to say anything gives the values before any panel, and no standard errors.
    """
    checked, outlook = read_panel(panel), read_outlook(drivers)
    currency = Unit.parse(unit).currency
    grid = calendar_grid(checked)
    world, growth = common_growth(grid)
    cases = cut_cases(grid, world, growth, smallest, outlook=outlook)
    centre = _centre(centres or {})
    with reporting(progress, "estimation", (ROUNDS * (centre.size + 1) + 1) * (cases.pair.size > 0)) as advance:
        try:
            theta, errors = _estimates(cases, size_centre, centre, ridge, advance)
        except np.linalg.LinAlgError:
            raise ModelError(
                f"ridge {ridge:g} leaves parameters that this panel says nothing of: give a larger one, such as 1"
            ) from None
    values = {p.name: p.natural(t) for p, t in zip(PARAMETERS, theta, strict=True)}
    se = {
        p.name: round(p.slope(values[p.name]) * e, 4) if np.isfinite(e) else None
        for p, e in zip(PARAMETERS, errors, strict=True)
    }
    years = np.arange(grid.first_year + 1, grid.last_year + 1)
    real = world - inflation_of_years(years, currency)
    shared, values["drift_spread"] = long_run_drift(float(real.mean()) if real.size else None, grid.logs.shape[1])
    values["drift"] += shared
    values["inflation"] = _inflation_to_expect(outlook, grid.last_year, currency)
    provenance = {
        "pairs": int(grid.logs.shape[0]),
        "cases": int(cases.pair.size),
        "first_year": grid.first_year,
        "last_year": grid.last_year,
        "shared_growth": round(shared, 4),
        "note": note,
    }
    rounded = {k: round(float(v), 4) for k, v in values.items()}
    return Prior(rounded, se, unit, size_centre, provenance, common_state(grid, world, growth))


def _centre(centres: Mapping[str, float]) -> Array:
    """Centres on the scale of the links, the given ones in place of those of ``PARAMETERS``.

    Raises
    ------
    DataError
        On a name that is no parameter.
    """
    unknown = sorted(set(centres) - {p.name for p in PARAMETERS})
    if unknown:
        raise DataError(
            f"there is no parameter {unknown[0]!r} to give a centre to: the prior has "
            f"{', '.join(p.name for p in PARAMETERS)}"
        )
    return np.array([p.theta(centres[p.name]) if p.name in centres else p.centre for p in PARAMETERS])


def _estimates(cases: Cases, size_centre: float, centre: Array, ridge: float, advance: Advance) -> tuple[Array, Array]:
    """Parameters on the scale of their links and their standard errors, from cases whose countries are known.

    What is different where they are not known is estimated afterwards, from all cases as if no country were known.
    """
    theta, errors = centre.copy(), np.full(centre.size, np.nan)
    without = _rows(NAMELESS)
    for_all = ~(without | _rows(NAMED) | _rows(DERIVED))
    if not cases.common.known.any():
        theta[without] = 0.0
        return _fit(cases, for_all, theta, errors, size_centre, ridge, advance, named=False)
    theta, errors = _fit(
        cases.take(cases.common.known), for_all | _rows(NAMED), theta, errors, size_centre, ridge, advance, named=True
    )
    return _fit(cases, without, theta, errors, size_centre, ridge, advance, named=False)


def _rows(names: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([p.name in names for p in PARAMETERS])


def _inflation_to_expect(outlook: Outlook | None, year: int, currency: str) -> float:
    """What the newest outlook expects of the dollar after the panel's end; without one, what its past suggests."""
    expected = expected_inflation(year, currency)
    if outlook is None or currency != "USD":
        return expected
    return float(outlook.of_dollar(np.array([max(year, outlook.last_vintage)]), expected)[0])


def long_run_drift(mean: float | None, years: int) -> tuple[float, float]:
    """The real growth to expect of all pairs, and what is unknown of a decade's growth and inflation together.

    With k = years / 10 decades, each off the long run by a normal error of standard deviation sd,

        w = s0^2 / (s0^2 + sd^2 / k),   drift = m0 + w (mean - m0),   spread^2 = (1 - w) s0^2 + sd^2 + si^2,

    m0 and s0 a century's mean and its standard deviation (``LONG_RUN_GROWTH``), sd that of a decade (``DECADE_SPREAD``)
    and si that of its inflation. A panel of one year has no growth to show: the mean is then None.
    """
    centre, prior_spread = LONG_RUN_GROWTH
    w = prior_spread**2 / (prior_spread**2 + DECADE_SPREAD**2 / max(years / 10.0, 1.0))
    drift, w = (centre, 0.0) if mean is None else (centre + w * (mean - centre), w)
    return drift, float(np.sqrt((1.0 - w) * prior_spread**2 + DECADE_SPREAD**2 + INFLATION_SPREAD**2))


def _fit(
    cases: Cases,
    free: NDArray[np.bool_],
    theta: Array,
    errors: Array,
    size_centre: float,
    ridge: float,
    advance: Advance,
    *,
    named: bool,
) -> tuple[Array, Array]:
    """Estimate the ``free`` parameters by penalised Gauss-Newton; the others stay."""
    if cases.pair.size == 0:
        return theta, errors
    observed = np.isfinite(cases.outcome)
    outcome = np.where(observed, cases.outcome, 0.0)
    terms = cases.weight / cases.weight.sum() / (len(MULTIPLES) * HORIZON)
    root = np.sqrt(terms)[:, None, None] * observed
    barriers = np.broadcast_to(np.log(MULTIPLES), (cases.pair.size, len(MULTIPLES)))

    def residuals(x: Array) -> Array:
        full = theta.copy()
        full[free] = x
        values = {p.name: p.natural(t) for p, t in zip(PARAMETERS, full, strict=True)}
        common = cases.common if named else None
        law = pooled_law(values, cases.history, HORIZON, size_centre=size_centre, common=common, shared=cases.shared)
        residuals = np.asarray((root * (hitting_probability(law, barriers) - outcome)).ravel())
        advance()
        return residuals

    centre = theta[free]
    spread = np.array([p.spread for p in PARAMETERS])[free]
    penalty = ridge * SHARED * CASE_VARIANCE / cases.weight.sum() / spread**2
    x, jacobian, last_residuals = _gauss_newton(residuals, centre, centre, penalty, 0.05 * spread)
    estimates, standard_errors = theta.copy(), errors.copy()
    estimates[free], standard_errors[free] = x, _sandwich(jacobian, last_residuals, penalty, spread, cases.pair)
    return estimates, standard_errors


def _gauss_newton(
    residuals: Callable[[Array], Array], start: Array, centre: Array, penalty: Array, step: Array, rounds: int = ROUNDS
) -> tuple[Array, Array, Array]:
    """Minimise r'r + sum penalty (x - centre)^2 with a forward-difference Jacobian; x, the Jacobian and r."""
    x, r = start.copy(), residuals(start)
    jacobian = np.empty((r.size, x.size))
    for _ in range(rounds):
        for k in range(x.size):
            shifted = x.copy()
            shifted[k] += step[k]
            jacobian[:, k] = (residuals(shifted) - r) / step[k]
        gradient = np.einsum("ik,i->k", jacobian, r) + penalty * (x - centre)
        curvature = _squared(jacobian) + np.diag(penalty)
        objective = float(r @ r + penalty @ (x - centre) ** 2)
        for damping in (0.0, 0.1, 1.0, 10.0):
            trial = x - np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), gradient)
            trial = np.clip(trial, centre - FARTHEST * step, centre + FARTHEST * step)
            trial_residuals = residuals(trial)
            if float(trial_residuals @ trial_residuals + penalty @ (trial - centre) ** 2) < objective:
                break
        else:
            break
        gain = objective - float(trial_residuals @ trial_residuals + penalty @ (trial - centre) ** 2)
        x, r = trial, trial_residuals
        if gain < 2e-6:
            break
    return x, jacobian, r


def _squared(jacobian: Array) -> Array:
    """J'J without BLAS, whose second thread would spin for longer than the product takes."""
    return np.asarray(np.einsum("ik,il->kl", jacobian, jacobian))


def _sandwich(jacobian: Array, residual: Array, penalty: Array, spread: Array, cluster: Ints) -> Array:
    """Standard errors A^-1 B A^-1, B from the scores summed by cluster (``SHARED`` times), and the prior's own."""
    bread = np.linalg.inv(_squared(jacobian) + np.diag(penalty))
    by_case = (jacobian * residual[:, None]).reshape(cluster.size, -1, penalty.size).sum(axis=1)
    _, group = np.unique(cluster, return_inverse=True)
    scores = np.zeros((group.max() + 1, penalty.size))
    np.add.at(scores, group, by_case)
    meat = SHARED * scores.T @ scores + np.diag((penalty * spread) ** 2)
    return np.asarray(np.sqrt(np.diag(bread @ meat @ bread)))

"""Many units at once: panel + targets -> a table of probabilities."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.answering.costs import check_batch
from tradetarget.arrays import Array
from tradetarget.checks import instance_of, optional, table, takes
from tradetarget.models.interface import checked_horizon
from tradetarget.models.pooled.law import hitting_probability, pooled_law, read_history
from tradetarget.models.pooled.outlook import Outlook, read_outlook
from tradetarget.models.pooled.prior import Prior
from tradetarget.observations.panel import Panel, read_panel, read_targets
from tradetarget.observations.provenance import stamped
from tradetarget.seeding import checked_seed
from tradetarget.targets import checked_probabilities

UNITS_AT_ONCE = 1024
"""Units whose laws one thread computes at a time. Judgement, because 25 x 25 covariances of so many take 5 MB, about a
processor's cache, and the overhead of a call is small beside them."""


@takes(prior=optional(instance_of(Prior, "give a Prior, such as Prior.shipped()")), drivers=optional(table))
def forecast_panel(
    panel: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    horizon: int = 10,
    prior: Prior | None = None,
    seed: int = 0,
    drivers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """P(reached after the origin, by the end of each year) for many units and targets at once, by the pooled law.

    A unit is judged by its own history and the prior, never by the other units in the call: its numbers are the same
    bit for bit alone and among a million.

    Parameters
    ----------
    panel
        Long table with columns unit, period (an int year or a pandas Period), value, and optionally reporter and
        partner (ISO3 codes); values in the prior's unit (million USD for the shipped one). Gaps are allowed, one
        observation is enough, and only the last 25 years are looked at. Each unit's origin is its last period.
    targets
        Columns unit and target, in the unit of the values; several rows a unit are allowed.
    horizon
        Years after the origin, 1 to 200.
    prior
        What a panel of other pairs says, from ``estimate_prior``; None is the shipped prior. Reporter and partner are
        used where the prior knows what was happening in those countries.
    seed
        Kept for the contract: the law is exact to its cubature and draws no random numbers.
    drivers
        A table of drivers that holds an outlook (area, concept, period, value, vintage, is_forecast): expected real
        growth in per cent (``NGDP_RPCH``) of the areas that reporter and partner name, and expected inflation of the
        USA (``PCPIPCH``), which takes the place of the prior's where values are in dollars. Each unit is given the
        newest vintage of its origin year or the year before, never a later one.

    Returns
    -------
    pandas.DataFrame
        Columns unit, target, period, probability: one row for every row of ``targets`` and year of the horizon, in
        that order; periods are of the kind that the panel's were. ``attrs`` names the version, the model, the unit and
        what the prior was estimated from.

    Raises
    ------
    DataError, TargetError, SettingError
        On a missing column, a value or target that is not a positive number, a (unit, period) that stands twice, a
        target for a unit that is not in the panel, or a horizon out of range; each names the first offender.
    """
    horizon = checked_horizon(horizon)
    checked_seed(seed)
    table = read_panel(panel)
    code, target = read_targets(targets, table)
    check_batch(len(np.unique(code)), code.size, horizon)
    chosen_prior = Prior.shipped() if prior is None else prior
    outlook = read_outlook(drivers)
    probability = panel_probabilities(table, code, target, horizon, chosen_prior, outlook)
    years = table.origin[code][:, None] + np.arange(1, horizon + 1)
    columns = {
        "unit": np.repeat(table.units[code], horizon),
        "target": np.repeat(target, horizon),
        "period": table.periods_of(years.ravel()),
        "probability": probability.ravel(),
    }
    frame = pd.DataFrame(columns, copy=False)  # they were made here, and a copy takes as long as reading the panel
    return stamped(frame, {"model": "pooled", "unit": chosen_prior.unit, "prior": dict(chosen_prior.provenance)})


def panel_probabilities(
    table: Panel,
    code: NDArray[np.int64],
    target: Array,
    horizon: int,
    prior: Prior,
    outlook: Outlook | None = None,
    threads: int | None = None,
) -> Array:
    """(rows, horizon) P(reached by the end of each year) for every target, by the pooled law.

    Parameters
    ----------
    table
        Checked histories. Units that no row asks about are not looked at.
    code
        (rows,) the unit of each target.
    target
        (rows,) positive levels, in the prior's unit.
    horizon, prior, outlook
        As ``forecast_panel`` checked them.
    threads
        At most so many at once; None means one for each processor.
    """
    order = np.argsort(code, kind="stable")
    probability = np.empty((code.size, horizon))
    asked, ordered = np.unique(code), code[order]

    def fill(units: NDArray[np.int64]) -> None:
        rows = order[slice(*np.searchsorted(ordered, [units[0], units[-1] + 1]))]
        probability[rows] = _probabilities(table, units, code[rows], target[rows], horizon, prior, outlook)

    parts = np.array_split(asked, -(-asked.size // UNITS_AT_ONCE))
    if len(parts) == 1:
        fill(parts[0])
    else:
        with ThreadPoolExecutor(max_workers=min(len(parts), threads or os.cpu_count() or 1)) as pool:
            list(pool.map(fill, parts))
    return probability


def _probabilities(
    table: Panel,
    units: NDArray[np.int64],
    code: NDArray[np.int64],
    target: Array,
    horizon: int,
    prior: Prior,
    outlook: Outlook | None,
) -> Array:
    """(rows, horizon) probabilities of some units' targets; ``code`` is sorted and holds every one of ``units``."""
    values = table.matrix(units)
    common = prior.common_paths(table.reporter[units], table.partner[units], table.origin[units], outlook)
    shared = prior.inflation_paths(table.origin[units], horizon, outlook)
    law = pooled_law(
        prior.values,
        read_history(values),
        horizon,
        size_centre=prior.size_centre,
        common=common,
        shared=shared,
    )
    row = np.searchsorted(units, code)
    place = np.arange(code.size) - np.searchsorted(code, code)
    barrier = np.zeros((units.size, int(place.max()) + 1))
    barrier[row, place] = np.log(target) - np.log(values[row, -1])
    return checked_probabilities(hitting_probability(law, barrier)[row, place], "a unit of the panel")

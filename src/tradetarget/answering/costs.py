"""What an answer costs, estimated before it is paid: seconds of one processor, from the sizes that were asked for.

The constants are rounded up from ``python benchmarks/costs.py``, which measures each on the machine at hand; another
machine may be two or three times as fast or slow. A question that would take longer than ``LONGEST`` is refused at
once, with the estimate and with what fits.
"""

from __future__ import annotations

from tradetarget.errors import SettingError

LONGEST = 300.0
"""Seconds that one call may be estimated to take. Judgement. Whoever waits longer had better split the question."""
A_PATH_PERIOD = 4e-8
"""Seconds to simulate and count one period of one path; a month as much as a year. ``benchmarks/costs.py``."""
A_COPY_PERIOD, A_COPY_MONTH = 3e-9, 6e-9
"""Seconds to adjust and count it under one more scenario, or for one more target. ``benchmarks/costs.py``."""
A_LAW, A_LAW_YEAR2 = 0.04, 6e-5
"""Seconds of an exact law, and more for each year of the horizon squared. ``benchmarks/costs.py``."""
A_UNIT_YEAR2, A_ROW_YEAR2 = 1e-7, 1e-8
"""Seconds of a batch for each unit, and each row of targets, by the square of the horizon. ``benchmarks/costs.py``."""


def check_simulation(n_paths: int, horizon: int, *, monthly: bool = False, copies: int = 1, members: int = 1) -> None:
    """Refuse a simulation that would take too long.

    Parameters
    ----------
    n_paths, horizon
        Paths, and years of each.
    monthly
        Whether the event is seen every month.
    copies
        Scenarios times targets.
    members
        Series on one path.

    Raises
    ------
    SettingError
        With the estimate, and the number of paths that fits.
    """
    periods = horizon * members * (12 if monthly else 1)
    a_path = periods * (A_PATH_PERIOD + copies * (A_COPY_MONTH if monthly else A_COPY_PERIOD))
    if n_paths * a_path > LONGEST:
        unit = "months" if monthly else "years"
        raise SettingError(
            f"{n_paths:,} paths of {periods:,} {unit} for {copies:,} scenarios and targets would take about "
            f"{_words(n_paths * a_path)}, and one call may take {_words(LONGEST)}: ask for fewer, such as "
            f"n_paths={_rounded(LONGEST / a_path)}"
        )


def check_laws(laws: int, horizon: int) -> None:
    """Refuse more exact answers than can be computed in time.

    Raises
    ------
    SettingError
        With the estimate, and the number that fits.
    """
    seconds = A_LAW + A_LAW_YEAR2 * horizon**2
    if laws * seconds > LONGEST:
        raise SettingError(
            f"{laws:,} answers of {horizon} years would take about {_words(laws * seconds)}, and one call may take "
            f"{_words(LONGEST)}: ask for {_rounded(LONGEST / seconds)} at a time, or a table with forecast_targets"
        )


def check_batch(units: int, rows: int, horizon: int) -> None:
    """Refuse a table that would take too long.

    Raises
    ------
    SettingError
        With the estimate, and the horizon that fits.
    """
    each = A_UNIT_YEAR2 * units + A_ROW_YEAR2 * rows
    if each * horizon**2 > LONGEST:
        raise SettingError(
            f"{rows:,} targets of {units:,} units over {horizon} years would take about {_words(each * horizon**2)}, "
            f"and one call may take {_words(LONGEST)}: give horizon={max(1, int((LONGEST / each) ** 0.5))} or fewer, "
            "or fewer units at a time"
        )


def _rounded(number: float) -> int:
    """The number with two digits, rounded down, as a remedy names it; 1 at least."""
    whole = max(1, int(number))
    step: int = 10 ** max(0, len(str(whole)) - 2)
    return whole // step * step


def _words(seconds: float) -> str:
    """Seconds as people say them: "5 minutes"."""
    for size, unit in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2.0 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.0f} seconds"

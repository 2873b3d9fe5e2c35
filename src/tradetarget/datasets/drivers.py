"""Bundled tables of drivers: GDP, prices and an oil price, reported and forecast, each of one vintage."""

from __future__ import annotations

import pandas as pd

from tradetarget.checks import any_text, takes
from tradetarget.errors import unknown_name
from tradetarget.packaged import packaged_file

_TABLES = {"imf-weo-2025-10": "International Monetary Fund, World Economic Outlook database, October 2025"}


def driver_names() -> tuple[str, ...]:
    """The names of the bundled tables of drivers.

    >>> driver_names()
    ('imf-weo-2025-10',)
    """
    return tuple(_TABLES)


@takes(name=any_text)
def driver_source(name: str) -> str:
    """Where a bundled table of drivers is from.

    Raises
    ------
    UnknownNameError
        On another name; the nearest are offered.
    """
    if name not in _TABLES:
        raise unknown_name("table of drivers", name, _TABLES)
    return _TABLES[name]


@takes(name=any_text)
def load_drivers(name: str) -> pd.DataFrame:
    """A bundled table of drivers, as ``forecast(..., drivers=...)`` takes it.

    Parameters
    ----------
    name
        One of ``driver_names()``. "imf-weo-2025-10" holds, for 1995-2030, GDP in billion current USD (NGDPD), real
        growth in per cent (NGDP_RPCH) and consumer price inflation in per cent (PCPIPCH) of KAZ, KGZ, TJK, TKM and UZB;
        for the WORLD also the volume growth of exports in per cent (TX_RPCH) and an oil price in USD a barrel
        (POILAPSP).

    Returns
    -------
    pandas.DataFrame
        Columns area, concept, period (year), value, vintage ("2025-10") and is_forecast.

    Raises
    ------
    UnknownNameError
        On another name; the nearest are offered.

    Examples
    --------
    >>> t = load_drivers("imf-weo-2025-10")
    >>> float(t.query("area == 'UZB' and concept == 'NGDPD' and period == 2030")["value"].iloc[0])
    240.767
    """
    driver_source(name)
    with packaged_file("datasets", "data", f"{name}.csv") as file:
        return pd.read_csv(file, dtype={"area": str, "concept": str, "vintage": str}, encoding="utf8")

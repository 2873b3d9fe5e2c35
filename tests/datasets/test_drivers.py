"""The bundled tables of drivers."""

import numpy as np
import pytest

from tradetarget import datasets
from tradetarget.errors import UnknownNameError
from tradetarget.observations.drivers import COLUMNS, read_drivers

OUTLOOK = "imf-weo-2025-10"


def test_the_outlook_has_the_columns_that_models_read_and_passes_their_check() -> None:
    table = datasets.load_drivers(OUTLOOK)
    assert tuple(table.columns) == COLUMNS
    assert len(read_drivers(table).frame) == len(table) == 684


def test_the_outlook_holds_the_published_figures() -> None:
    # IMF World Economic Outlook database, October 2025: Uzbekistan, GDP, billion current USD.
    table = datasets.load_drivers(OUTLOOK).set_index(["area", "concept", "period"])["value"]
    assert table["UZB", "NGDPD", 2024] == 114.962
    assert table["UZB", "NGDPD", 2030] == 240.767
    assert table["KAZ", "NGDPD", 2030] == 429.484


def test_what_is_a_forecast_comes_after_what_was_reported_and_all_is_of_one_vintage() -> None:
    table = datasets.load_drivers(OUTLOOK)
    assert set(table["vintage"]) == {"2025-10"}
    for _, rows in table.groupby(["area", "concept"]):
        flags = rows.sort_values("period")["is_forecast"].to_numpy()
        assert (np.diff(flags.astype(int)) >= 0).all()
        assert rows["period"].tolist() == list(range(1995, 2031))


def test_every_table_says_where_it_is_from() -> None:
    for name in datasets.driver_names():
        assert "International Monetary Fund" in datasets.driver_source(name)


def test_an_unknown_table_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'imf-weo-2025-10'"):
        datasets.load_drivers("imf-weo-2024-10")

"""Values as statistics offices write them; the decimal mark is that of the whole column."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetarget import TradeSeries
from tradetarget.errors import DataError
from tradetarget.reading.values import MISSING, float_values, read_figures, read_values


def figures(*values: object, decimal: str | None = None, **how: bool) -> list[float]:
    read = read_values(list(values), decimal, "mine.csv", **how)
    assert not read.problems
    return [read.numbers[v] for v in values]


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (("3,1", "2,85"), [3.1, 2.85]),
        (("1.234,5", "2.000"), [1234.5, 2000.0]),
        (("1,234.5", "2,000"), [1234.5, 2000.0]),
        (("1,234,567", "1,234"), [1234567.0, 1234.0]),
        (("1 234,5", "12 345"), [1234.5, 12345.0]),
        (("1\u202f234,5", "1\u00a0234"), [1234.5, 1234.0]),
        (("1'234.5", "1’234"), [1234.5, 1234.0]),
        (("12,34,567.5",), [1234567.5]),
        (("1,234 p", "5.5 (e)", "6.1*", "7.25 r", "12e"), [1234.0, 5.5, 6.1, 7.25, 12.0]),
        (("$1,234.5", "€ 7.1", "7.2 €"), [1234.5, 7.1, 7.2]),
        (("1.5e9", "2E+03"), [1.5e9, 2000.0]),
        (("-5.5", "(6.5)", "−7.5"), [-5.5, -6.5, -7.5]),
        ((np.float32(4.2), 3, Decimal("1.25"), np.int8(7)), [4.2, 3.0, 1.25, 7.0]),
        (("0,123",), [0.123]),
        (("4.395", "3.1"), [4.395, 3.1]),
    ],
)
def test_the_column_shows_how_its_figures_are_written(values: tuple[object, ...], numbers: list[float]) -> None:
    assert figures(*values) == numbers


@pytest.mark.parametrize("marker", [*sorted(MISSING), ": c", ":", None, float("nan"), pd.NA, pd.NaT, "  "])
def test_markers_of_missing_figures_are_no_figures(marker: object) -> None:
    read = read_values([marker, "1.5"], None, "mine.csv")
    assert (marker in read.missing or marker is pd.NaT, list(read.numbers)) == (True, ["1.5"])


@pytest.mark.parametrize(
    "bad", ["abc", "4 bn", "3.2 b", "5k", "5m", "5 %", "1_000", "0x1f", "1,2,3", "1.2.3", "2019 100", "(e)", True]
)
def test_what_is_no_number_is_named(bad: object) -> None:
    read = read_values([bad, "7.5"], None, "mine.csv")
    assert "is not a number" in read.problems[bad]


def test_a_break_is_a_flag_in_eurostat_files_alone() -> None:
    assert figures("3.2 b", break_flag=True) == [3.2]


def test_two_decimal_marks_in_one_column_are_refused() -> None:
    with pytest.raises(DataError, match=r"the decimal mark is a comma in '1,5' and a point in '1.5'"):
        figures("1,5", "1.5")


def test_a_point_before_three_digits_is_open_where_semicolons_separate() -> None:
    with pytest.raises(DataError, match="may be 4395"):
        figures("4.395", locale_comma=True)
    assert figures("4.395", "1,5", locale_comma=True) == [4395.0, 1.5]
    assert figures("4.395") == [4.395]


@given(st.floats(1e-30, 1e30))
def test_single_precision_is_read_by_its_shortest_decimal(x: float) -> None:
    single = np.float32(x)
    for dtype in ("float32", "Float32"):
        assert float_values(pd.Series([single], dtype=dtype)).tolist() == [float(str(single))]


def test_half_precision_is_read_by_its_shortest_decimal() -> None:
    column = pd.Series([4.2, 0.1, np.nan], dtype="float16")
    assert float_values(column).tolist()[:2] == [4.2, 0.1]
    assert TradeSeries.from_annual(column[:2].set_axis([2023, 2024])).annual().to_dict() == {2023: 4.2, 2024: 0.1}


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=5))
def test_plain_text_keeps_every_digit(numbers: list[float]) -> None:
    assert read_figures(pd.Series([repr(x) for x in numbers], dtype=object), None, "x").number.tolist() == numbers


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "int64[pyarrow]", "category", "object", "float32", "int8"])
def test_columns_of_every_type_hold_figures(dtype: str) -> None:
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    column = pd.Series([1, 2, 3]).astype(dtype)
    assert read_figures(column, None, "x").number.tolist() == [1.0, 2.0, 3.0]


def test_truth_values_are_no_figures() -> None:
    read = read_figures(pd.Series([True, False]), None, "x")
    assert list(read.problems) == [0, 1]

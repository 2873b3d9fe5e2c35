"""Quarters are their year's total for every command."""

import json
from pathlib import Path

import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.cli import main
from tradetarget.evaluation import backtest

# China's exports by quarter, billion dollars (huizhaohuang/china-econ-data-penetrate).
QUARTERS = {
    2021: (708.3, 806.6, 879.2, 963.1),
    2022: (811.0, 896.3, 956.1, 881.1),
    2023: (795.4, 852.4, 861.1, 870.1),
    2024: (807.0, 900.5, 911.8, 956.4),
    2025: (852.1, 955.3, 970.6, 992.1),
}
TOTALS = {2021: 3357.2, 2022: 3544.5, 2023: 3379.0, 2024: 3575.7, 2025: 3770.1}
UNITS = ("--unit", "USD bn", "--data-unit", "USD bn")


@pytest.fixture
def quarterly() -> tt.TradeSeries:
    index = [f"{y}Q{q}" for y in QUARTERS for q in range(1, 5)]
    values = [v for quarters in QUARTERS.values() for v in quarters]
    return tt.TradeSeries.from_quarterly(pd.Series(values, index=index), unit="USD bn", name="China-world")


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_forecast_starts_from_the_last_years_sum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "china.csv"
    rows = [f"{y}Q{q},{v}" for y, quarters in QUARTERS.items() for q, v in enumerate(quarters, start=1)]
    path.write_text("\n".join(["period,value", *rows]), encoding="utf8")
    record = answered(capsys, "forecast", str(path), "--target", "3766.33", *UNITS)
    assert record["last"] == {"period": "2025", "value": 3770.1}
    assert record["already_reached"] == "2025"
    assert main(["forecast", str(path), "--target", "4500", *UNITS]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "5 calendar-year totals, 2021-2025, in USD bn, all summed from parts" in said


def test_a_region_of_quarters_has_the_origin_and_totals_of_the_same_region_in_years(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        f"China-{other},{y}Q{q},{v * size}"
        for other, size in (("east", 0.4), ("west", 0.6))
        for y, quarters in QUARTERS.items()
        for q, v in enumerate(quarters, start=1)
    ]
    path = tmp_path / "region.csv"
    path.write_text("\n".join(["series,period,value", *rows]), encoding="utf8")
    words = ("region", str(path), "--target", "China-east=1600", "--horizon", "2")
    record = answered(capsys, *words, *UNITS)
    assert record["data_through"] == "2025"
    assert [m["last"] for m in record["members"]] == pytest.approx([0.4 * 3770.1, 0.6 * 3770.1])


def test_totals_and_batch_are_those_of_the_same_years(quarterly: tt.TradeSeries) -> None:
    yearly = tt.TradeSeries.from_annual(pd.Series(TOTALS), unit="USD bn", name="China-world")
    assert quarterly.annual().to_dict() == pytest.approx(TOTALS, rel=1e-14)
    panels = [
        pd.DataFrame({"unit": "x", "period": s.annual().index, "value": 1000.0 * s.annual().to_numpy()})
        for s in (quarterly, yearly)
    ]
    targets = pd.DataFrame({"unit": ["x"], "target": [4e6]})
    answers = [tt.forecast_targets(panel, targets, horizon=3)["probability"].to_numpy() for panel in panels]
    assert answers[0] == pytest.approx(answers[1], abs=1e-9)


def test_a_backtest_of_quarters_is_the_forecast_that_a_user_would_have_got(quarterly: tt.TradeSeries) -> None:
    asked = backtest(quarterly, targets=[3900.0], origins=[2023, 2024], horizon=2, multiples=None).to_frame()
    for origin, rows in asked.groupby("origin"):
        then = tt.forecast(quarterly.as_of(f"{origin + 1}-03"), 3900.0, horizon=2)
        assert then.last_year == origin
        assert rows["probability"].to_list() == then.hitting_time.probability[: len(rows)].tolist()


def test_what_was_known_before_the_last_quarter_has_no_total(quarterly: tt.TradeSeries) -> None:
    answer = tt.forecast(quarterly.as_of("2026-01"), 4500.0, horizon=2)
    assert answer.last_year == 2024
    assert answer.nowcast().loc[2025, "median"] == pytest.approx(3770.1, rel=0.05)
    assert tt.forecast(quarterly.as_of("2026-02"), 4500.0, horizon=2).last_year == 2025


def test_quarters_of_the_last_year_say_something_of_the_next(quarterly: tt.TradeSeries) -> None:
    answer = tt.forecast(quarterly, 4500.0, horizon=2)
    assert [o.period for o in answer.statements] == [
        "2025-01/2025-03",
        "2025-04/2025-06",
        "2025-07/2025-09",
        "2025-10/2025-12",
    ]
    assert answer.nowcast().empty

"""Parts that tile a year are its total: quarters, half-years, months, cumulated figures and their differences."""

import re
from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradetarget as tt
from tradetarget import Observation, TradeSeries
from tradetarget.errors import DataError
from tradetarget.observations.plausibility import plausibility_notes
from tradetarget.observations.tiling import MONTHS, by_year, half_width, tile, year_of
from tradetarget.observations.totals import year_totals
from tradetarget.reading.dates import month_end
from tradetarget.targets.past import past_levels

MONTHLY = [3.0, 2.5, 4.0, 3.5, 3.0, 4.5, 5.0, 2.0, 3.0, 4.0, 3.5, 6.0]
"""Twelve months that add up to 44."""


def part(first: int, last: int, value: float | None = None, year: int = 2024, **details: object) -> Observation:
    """Months ``first`` to ``last`` of a year, by default what ``MONTHLY`` has for them."""
    level = float(np.sum(MONTHLY[first - 1 : last])) if value is None else value
    return Observation(start=date(year, first, 1), end=month_end(year, last), value=level, **details)


def series(parts: Iterable[Observation], name: str = "A-B") -> TradeSeries:
    return TradeSeries(name, tuple(parts))


@pytest.mark.parametrize(
    "spans",
    [
        [(1, 3), (4, 6), (7, 9), (10, 12)],
        [(1, 6), (7, 12)],
        [(1, 9), (10, 12)],
        [(1, 3), (4, 4), (5, 5), (6, 6), (7, 9), (10, 10), (11, 12)],
        [(1, 4), (5, 8), (9, 12)],
        [(1, 11), (12, 12)],
        [(m, m) for m in range(1, 13)],
        # Differences: January-September less April-September is the first quarter, and so on.
        [(1, 9), (4, 9), (4, 12)],
        [(1, 6), (1, 9), (7, 12), (10, 12)],
        [(1, 8), (3, 8), (3, 10), (5, 10), (5, 12)],
    ],
)
def test_parts_that_tie_december_to_january_are_the_years_total(spans: list[tuple[int, int]]) -> None:
    found = series(part(a, b) for a, b in spans)
    assert found.annual().to_dict() == pytest.approx({2024: 44.0}, rel=1e-14)
    assert found.totals[2024].is_sum
    assert plausibility_notes(found) == ()


@pytest.mark.parametrize(
    "spans", [[(1, 3), (4, 6), (7, 9)], [(1, 6), (6, 12)], [(1, 5), (7, 12)], [(4, 9), (4, 12)], [(2, 12)]]
)
def test_parts_that_leave_a_month_open_or_counted_twice_are_no_total(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(DataError, match=r"has no complete year: give .* all four quarters"):
        series(part(a, b) for a, b in spans).annual()


@st.composite
def tied_years(draw: st.DrawFn) -> tuple[list[float], list[tuple[int, int]]]:
    """Months in cents, and spans that tie the thirteen boundaries together, with some more spans that repeat them."""
    months = draw(st.lists(st.integers(0, 10**6), min_size=12, max_size=12).filter(lambda m: sum(m) > 0))
    order = draw(st.permutations(range(13)))
    tree = {tuple(sorted((order[i], order[draw(st.integers(0, i - 1))]))) for i in range(1, 13)}
    more = draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] < p[1]), max_size=5))
    spans = sorted(s for s in {*tree, *more} if s != (0, 12))
    return [m / 100.0 for m in months], spans


@given(tied_years())
def test_any_spans_that_tie_all_boundaries_give_the_sum_of_the_months(given_: tuple[list[float], list]) -> None:
    months, spans = given_
    cumulated = np.concatenate([[0.0], np.cumsum(months)])
    levels = {(a, b): round(float(cumulated[b] - cumulated[a]), 2) for a, b in spans}
    figures = [part(a + 1, b, v, rounding=0.01) for (a, b), v in levels.items()]
    tiling = tile(figures)
    assert tiling.disagreements == ()
    tied = {0} | {k for k in range(1, 13) if k in tiling.cumulated}
    for a, b in spans:
        assert (a in tied) == (b in tied)
    if MONTHS in tied:
        total = sum(t.sign * t.observation.value for t in tiling.cumulated[MONTHS])
        assert total == pytest.approx(sum(months), abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] < p[1]), max_size=8))
def test_a_boundary_is_tied_where_a_chain_of_spans_leads_to_it(spans: list[tuple[int, int]]) -> None:
    reached = {0}
    while more := {x for pair in spans for x in pair if reached & set(pair)} - reached:
        reached |= more
    figures = [part(a + 1, b) for a, b in {s for s in spans if s != (0, 12)}]
    if (0, 12) not in spans:
        assert set(tile(figures).cumulated) == reached - {0}


def test_the_sum_is_exactly_that_of_the_figures_as_they_were_written() -> None:
    # China's exports by quarter, billion dollars (huizhaohuang/china-econ-data-penetrate).
    quarters = pd.Series([852.1, 955.3, 970.6, 992.1], index=["2025Q1", "2025Q2", "2025Q3", "2025Q4"])
    assert TradeSeries.from_quarterly(quarters).annual().loc[2025] == 3770.1


def test_a_sum_is_known_from_the_latest_of_its_parts_and_as_wide_as_their_roundings_together() -> None:
    parts = [
        part(1, 9, rounding=0.5, as_of=date(2024, 11, 4)),
        part(10, 12, rounding=0.1, as_of=date(2025, 4, 20)),
    ]
    total = series(parts).totals[2024]
    assert (total.known_from, total.rounding) == (date(2025, 4, 20), pytest.approx(0.6))
    whole_2023 = Observation(start=date(2023, 1, 1), end=date(2023, 12, 31), value=40.0)
    known = series([whole_2023, *parts])
    assert known.as_of("2025-03").annual().index.tolist() == [2023]
    assert known.as_of("2025-04").annual().index.tolist() == [2023, 2024]


def test_a_stated_total_goes_before_its_parts_and_a_difference_is_noted() -> None:
    stated = Observation(start=date(2024, 1, 1), end=date(2024, 12, 31), value=50.0)
    found = series([stated, part(1, 6), part(7, 12)])
    assert found.annual().loc[2024] == 50.0
    assert not found.totals[2024].is_sum
    assert plausibility_notes(found) == (
        "The total of 2024 was stated as 50, and 2024-01/2024-06 + 2024-07/2024-12 come to 44: the stated total "
        "counts.",
    )


def test_tilings_that_agree_to_their_rounding_are_no_contradiction() -> None:
    quarters = [part(1, 3, 9.6), part(4, 6), part(7, 9), part(10, 12)]
    months = [part(m, m) for m in range(1, 13)]
    found = series([*quarters, *months])
    assert found.annual().loc[2024] == 44.0
    assert found.tilings[2024].disagreements == ()


def test_a_figure_that_finer_ones_contradict_is_set_aside_by_name() -> None:
    quarters = [part(1, 3, 12.5), part(4, 6), part(7, 9), part(10, 12)]
    found = series([*quarters, *(part(m, m) for m in range(1, 13))])
    assert found.annual().loc[2024] == 44.0
    reason = "2024-01/2024-03 is 12.5, but 2024-01 + 2024-02 + 2024-03 come to 9.5: 1.9 apart"
    assert [d.reason for d in found.tilings[2024].disagreements] == [reason]
    assert plausibility_notes(found) == (f"Parts of 2024 disagree: {reason}; the former does not count.",)
    aside = tt.nowcasting.readings(found).set_aside
    assert [(a.observation.value, a.reason) for a in aside] == [(12.5, reason)]


def test_contradictions_list_the_part_with_those_that_deny_it() -> None:
    found = series([part(1, 3, 12.5), *(part(m, m) for m in range(1, 13))])
    [clash] = tt.nowcasting.contradictions(found)
    assert clash.what == "2024-01/2024-03 against 2024-01 + 2024-02 + 2024-03"
    assert (len(clash.observations), clash.gap) == (4, pytest.approx(1.9))


def test_twelve_months_to_a_quarter_are_known_from_quarters() -> None:
    quarters = pd.Series([1.0, 2.0, 3.0, 4.0, 2.0, 3.0, 1.0, 1.0], index=pd.period_range("2023Q1", periods=8, freq="Q"))
    levels = past_levels(TradeSeries.from_quarterly(quarters), tt.Target(5, event="rolling_12_months"), None)
    assert {str(m): v for m, v in levels.items()} == pytest.approx(
        {"2023-12": 10.0, "2024-03": 11.0, "2024-06": 12.0, "2024-09": 10.0, "2024-12": 7.0}
    )


def test_of_dated_figures_that_contradict_one_another_the_later_known_counts() -> None:
    early = [part(m, m, as_of=date(2025, 2, 10)) for m in range(1, 13)]
    late = part(1, 3, 12.5, as_of=date(2025, 9, 1))
    found = series([*early, late])
    assert found.annual().loc[2024] == pytest.approx(44.0 - 9.5 + 12.5)
    assert found.as_of("2025-08").annual().loc[2024] == 44.0


@pytest.mark.parametrize(("value", "width"), [(446.2, 0.05), (519.0, 0.5), (446200.0, 50.0), (0.0, 0.0)])
def test_rounding_that_is_not_given_is_read_off_the_figure(value: float, width: float) -> None:
    assert half_width(part(1, 3, value)) == pytest.approx(width)


def test_years_may_start_in_any_month() -> None:
    # The year that ends in March 2025: April-December 2024 and January-March 2025.
    figures = [part(4, 9, 20.0), part(10, 12, 12.0), part(1, 3, 8.0, year=2025), part(1, 3, 7.0)]
    totals = year_totals(figures, "A-B", first_month=4)
    assert {year: total.value for year, total in totals.items()} == {2025: 40.0}
    assert sorted(by_year(figures, 4)) == [2024, 2025]
    assert [year_of(12 * 2024 + 2, 4), year_of(12 * 2024 + 3, 4), year_of(12 * 2024, 1)] == [2024, 2025, 2024]


class TestYearsAndMonthsWithoutTrade:
    def test_a_month_without_trade_is_a_figure_of_its_years_total(self) -> None:
        figures = [0.0 if m == 3 else v for m, v in enumerate(MONTHLY, start=1)]
        months = pd.Series(figures, index=pd.period_range("2024-01", periods=12, freq="M"))
        found = TradeSeries.from_monthly(months)
        assert found.annual().to_dict() == {2024: 40.0}
        assert found.monthly().loc["2024-03"] == 0.0
        reasons = [a.reason for a in tt.nowcasting.readings(found).set_aside]
        assert reasons == []

    def test_alone_it_has_no_share_and_is_set_aside_with_the_reason(self) -> None:
        found = series([Observation(start=date(2023, 1, 1), end=date(2023, 12, 31), value=40.0), part(5, 5, 0.0)])
        [aside] = tt.nowcasting.readings(found).set_aside
        assert aside.reason == "2024-05 level is 0: it counts in sums, and no share of it can be weighed"
        assert tt.forecast(found, 50.0, horizon=2).last_year == 2023

    def test_january_without_trade_is_set_aside_and_later_sums_count(self) -> None:
        rows = {f"2024-{m:02d}": 0.0 if m == 1 else 4.0 for m in range(1, 7)}
        found = TradeSeries.from_monthly(pd.Series({f"2023-{m:02d}": 4.0 for m in range(1, 13)} | rows))
        answer = tt.forecast(found, 60.0, horizon=2)
        assert [a.observation.period for a in answer.set_aside] == ["2024-01"]
        assert 20.0 < answer.nowcast().loc[2024, "median"] < 60.0

    def test_a_year_without_trade_is_refused_and_leaving_it_out_keeps_the_others(self) -> None:
        rows = {f"{y}-{m:02d}": 0.0 if y == 2023 else 4.0 for y in (2022, 2023, 2024) for m in range(1, 13)}
        months = pd.Series(rows)
        with pytest.raises(DataError, match=re.escape("add up to 0, and growth is only defined for totals above 0")):
            TradeSeries.from_monthly(months).annual()
        others = TradeSeries.from_monthly(months[~months.index.str.startswith("2023")])
        assert others.annual().to_dict() == {2022: 48.0, 2024: 48.0}
        assert tt.forecast(others, 60.0, horizon=2).last_year == 2024
        with pytest.raises(DataError, match=r"2023: the value 0 is not above 0; .* leave the row out, and the oth"):
            TradeSeries.from_annual(pd.Series({2022: 4.0, 2023: 0.0, 2024: 4.4}))

    @pytest.mark.parametrize("details", [{"qualifier": "about"}, {"qualifier": "at least"}])
    def test_only_an_exact_part_may_be_0(self, details: dict[str, str]) -> None:
        with pytest.raises(DataError, match="is not above 0"):
            part(3, 3, 0.0, **details)

    def test_months_without_trade_are_met_by_the_months_of_paths(self) -> None:
        figures = {f"{y}-{m:02d}": 0.0 if m == 3 else 4.0 for y in (2022, 2023, 2024) for m in range(1, 13)}
        answer = tt.forecast(TradeSeries.from_monthly(pd.Series(figures)), 60.0, horizon=2, n_paths=2048)
        months = answer.monthly(probabilities=[0.5])[0.5]
        assert months.loc["2024-03"] == pytest.approx(0.0, abs=1e-4)
        assert months.loc["2024-04"] == pytest.approx(4.0, rel=1e-6)
        assert np.isfinite(months).all()

    def test_the_monthly_model_refuses_them_by_name(self) -> None:
        figures = {f"{y}-{m:02d}": 0.0 if (y, m) == (2023, 3) else 4.0 for y in range(2020, 2025) for m in range(1, 13)}
        found = TradeSeries.from_monthly(pd.Series(figures))
        with pytest.raises(tt.errors.ModelError, match="2023-03 is 0 and monthly works in logarithms: use pooled"):
            tt.forecast(found, 60.0, model="monthly", horizon=2)
        assert tt.forecast(found, 60.0, model="pooled", horizon=2).last_year == 2024


class TestFromQuarterly:
    @pytest.mark.parametrize(
        "index",
        [
            pd.period_range("2020Q1", periods=20, freq="Q"),
            pd.date_range("2020", periods=20, freq="QE"),
            pd.date_range("2020", periods=20, freq="QS"),
            [f"{y}Q{q}" for y in range(2020, 2025) for q in range(1, 5)],
        ],
    )
    def test_quarters_come_as_periods_dates_or_text(self, index: object) -> None:
        values = pd.Series([1.0, 2.0, 3.0, 4.0] * 5, index=index)
        assert TradeSeries.from_quarterly(values).annual().to_dict() == dict.fromkeys(range(2020, 2025), 10.0)

    @pytest.mark.parametrize("freq", ["QE", "QS"])
    def test_dates_of_quarters_given_for_months_are_refused_with_the_remedy(self, freq: str) -> None:
        values = pd.Series([1.0, 2.0, 3.0, 4.0] * 5, index=pd.date_range("2020", periods=20, freq=freq))
        with pytest.raises(DataError, match="are a quarter apart, and from_monthly reads each as a month: use"):
            TradeSeries.from_monthly(values)

    def test_a_month_is_no_quarter(self) -> None:
        with pytest.raises(DataError, match="period '2020-01' is not a calendar quarter"):
            TradeSeries.from_quarterly(pd.Series({"2020-01": 1.0}))

    def test_a_quarter_that_stands_twice_is_refused(self) -> None:
        twice = pd.Series([1.0, 2.0], index=pd.to_datetime(["2020-01-01", "2020-03-31"]))
        with pytest.raises(DataError, match="stands twice"):
            TradeSeries.from_quarterly(twice)


@st.composite
def statements(draw: st.DrawFn) -> list[Observation]:
    """Parts of two years, some without trade, after a stated total."""
    spans = draw(
        st.lists(
            st.tuples(st.integers(2024, 2025), st.integers(1, 12), st.integers(0, 11)).filter(
                lambda s: s[1] + s[2] <= 12
            ),
            max_size=12,
            unique=True,
        )
    )
    values = draw(st.lists(st.sampled_from([0.0, 0.1, 1.0, 5.0]), min_size=len(spans), max_size=len(spans)))
    parts = [
        part(m, m + more, v, year=y) for (y, m, more), v in zip(spans, values, strict=True) if (m, more) != (1, 11)
    ]
    return [Observation(start=date(2023, 1, 1), end=date(2023, 12, 31), value=20.0), *parts]


@given(statements())
def test_whatever_parts_say_every_reading_has_a_logarithm(said: list[Observation]) -> None:
    found = series(said)
    read = tt.nowcasting.readings(found)
    assert all(np.isfinite(r.log_moments).all() for r in read.used)
    # Nothing is lost: what is not read is set aside, or is one of the parts that others tie together.
    used = {o for r in read.used for o in r.observations} | {a.observation for a in read.set_aside}
    tied = {(y, k) for y, t in found.tilings.items() for k in (0, *t.cumulated)}
    for o in said:
        inside = {(o.start.year, o.start.month - 1), (o.start.year, o.end.month)} <= tied
        assert o in used or inside
    sums = [sum(t.sign * t.observation.value for t in x.cumulated.get(MONTHS, ())) for x in found.tilings.values()]
    covered = [MONTHS in x.cumulated for x in found.tilings.values()]
    if any(c and s <= 0.0 for c, s in zip(covered, sums, strict=True)):
        with pytest.raises(DataError, match="add up to"):
            found.annual()
        return
    evidence = tt.nowcasting.evidence_for(found, max(found.totals))
    if evidence is not None and evidence.unknown.size:
        at = evidence.log_likelihood(evidence.central[None], np.log(20.0))
        assert not np.isnan(at).any()

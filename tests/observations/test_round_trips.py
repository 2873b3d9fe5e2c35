"""Any mixture of statements survives a CSV file, a frame and JSON text unchanged."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradetarget import Observation, TradeSeries
from tradetarget.errors import DataError
from tradetarget.observations import QUALIFIERS
from tradetarget.units import Unit

BN = Unit.parse("USD bn")
TEXT = st.none() | st.text("aZ0, ;\"'/йў—\n", max_size=12)


@st.composite
def statements(draw: st.DrawFn) -> Observation:
    start = draw(st.dates(date(1990, 1, 1), date(2030, 1, 1)))
    end = start + timedelta(days=draw(st.integers(0, 400)))
    kind = draw(st.sampled_from(["level", "growth"]))
    return Observation(
        start=start,
        end=end,
        value=draw(st.floats(1e-6, 1e9) if kind == "level" else st.floats(-0.99, 50.0)),
        kind=kind,
        qualifier=draw(st.sampled_from(QUALIFIERS)),
        rounding=draw(st.none() | st.floats(0.0, 1.0)),
        reporter=draw(st.sampled_from([None, "Kazakhstan", "Uzbekistan"])),
        stated_by=draw(TEXT),
        as_of=draw(st.none() | st.just(end + timedelta(days=draw(st.integers(0, 900))))),
        source=draw(TEXT),
        address=draw(TEXT),
    )


def mixture(statements: list[Observation], unit: Unit | None = BN) -> TradeSeries:
    level = Observation(start=date(1980, 1, 1), end=date(1980, 12, 31), value=1.0)
    figures = [replace(o, unit=unit) if o.kind == "level" else o for o in (level, *statements)]
    return TradeSeries("A-B", tuple(figures), "turnover", unit)


MIXTURES = st.builds(
    mixture,
    st.lists(statements(), max_size=6, unique_by=lambda o: (o.start, o.end, o.kind)),
    st.sampled_from([BN, None, Unit.parse("KZT tn")]),
)


@settings(max_examples=50)
@given(MIXTURES)
def test_json_gives_the_same_series_back(series: TradeSeries) -> None:
    assert TradeSeries.from_json(series.to_json()) == series


@given(MIXTURES)
def test_a_frame_gives_the_same_series_back(series: TradeSeries) -> None:
    assert TradeSeries.from_frame(series.to_frame()) == series


@settings(max_examples=30)
@given(MIXTURES)
def test_a_csv_file_gives_the_same_series_back(tmp_path_factory: pytest.TempPathFactory, series: TradeSeries) -> None:
    path = tmp_path_factory.mktemp("round") / "series.csv"
    series.to_csv(path)
    assert TradeSeries.from_csv(path) == series


def test_a_vintage_survives_json() -> None:
    series = mixture([]).as_of("1999-06")
    assert TradeSeries.from_json(series.to_json()).vintage == date(1999, 6, 30)


def test_two_sources_may_contradict_each_other_about_one_period() -> None:
    figures = [
        Observation(start=date(2018, 1, 1), end=date(2018, 12, 31), value=v, unit=BN, source=s)
        for v, s in ((2.1, "one page"), (3.0, "another page"))
    ]
    assert len(mixture(figures)) == 3


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 9}', '{"schema": 1, "name": "x"}'])
def test_json_that_is_no_series_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        TradeSeries.from_json(text)


def test_a_mid_month_period_is_written_by_its_days(tmp_path: Path) -> None:
    figure = Observation(start=date(2018, 1, 1), end=date(2018, 6, 15), value=0.7, unit=BN)
    mixture([figure]).to_csv(tmp_path / "x.csv")
    assert "2018-01-01/2018-06-15" in (tmp_path / "x.csv").read_text()

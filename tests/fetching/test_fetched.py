"""The question's checks, the table, and the file that keeps every vintage."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from loopback import Time, serving
from service_answers import EXPORTS, IMPORTS, imf

import tradetarget as tt
from tradetarget.errors import DataError, FetchError, OutputError, SettingError, UnknownNameError
from tradetarget.fetching import Fetched, fetch, sources
from tradetarget.fetching.areas import area

FIRST = Fetched(
    "imf", "IMF", area("KAZ"), area("UZB"), {("turnover", y): v for y, v in EXPORTS.items()}, "USD",
    date(2026, 5, 10), "", ("https://example.org/x",),
)  # fmt: skip


class TestQuestion:
    def ask(self, **asked: object) -> Fetched:
        time = Time()
        options: dict[str, object] = {"reporter": "KAZ", "partner": "UZB", "start": 2022, **asked}
        with serving(imf()) as server:
            return fetch("imf", address=server.url, sleep=time.sleep, clock=time.clock, **options)  # type: ignore[arg-type]

    @pytest.mark.parametrize("name", ["KAZ", "kaz", "KZ", "Kazakhstan", " kazakhstan "])
    def test_countries_are_given_by_code_or_name(self, name: str) -> None:
        assert self.ask(reporter=name).reporter.iso3 == "KAZ"

    def test_an_unknown_country_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(UnknownNameError, match=r"unknown country 'Kazakstan': did you mean Kazakhstan \(KAZ\)"):
            self.ask(reporter="Kazakstan")

    def test_a_nonsense_code_is_refused_with_an_example(self) -> None:
        with pytest.raises(UnknownNameError, match="give a code of three letters"):
            self.ask(partner="Q9#")

    def test_years_out_of_range_or_order_are_refused(self) -> None:
        for years in ({"start": 1900}, {"start": 2024, "end": 2022}, {"end": 2027}, {"start": 2022.5}):
            with pytest.raises(SettingError, match="year"):
                self.ask(**years)

    def test_a_country_with_itself_is_refused(self) -> None:
        with pytest.raises(SettingError, match="reporter and partner"):
            self.ask(partner="KAZ")

    def test_unknown_sources_and_flows_are_refused(self) -> None:
        with pytest.raises(UnknownNameError, match="did you mean 'comtrade'"):
            fetch("comtrad", reporter="KAZ")
        with pytest.raises(UnknownNameError, match="unknown flow 'trade'"):
            self.ask(flow="trade")
        assert sources() == ("comtrade", "eurostat", "imf", "worldbank")

    def test_the_year_that_is_not_over_is_left_out(self) -> None:
        time = Time(datetime(2024, 6, 1, tzinfo=UTC))
        with serving(imf()) as server:
            fetched = fetch(
                "imf", reporter="KAZ", partner="UZB", start=2022, end=2024, address=server.url, clock=time.clock,
                sleep=time.sleep,
            )  # fmt: skip
        assert fetched.years == (2022, 2023)
        assert fetched.notes == ("2024 is not over: its figure is left out.",)

    def test_a_year_with_one_flow_has_no_turnover_and_it_is_said(self) -> None:
        time = Time()
        with serving(imf(imports={y: v for y, v in IMPORTS.items() if y != 2023})) as server:
            fetched = fetch(
                "imf", reporter="KAZ", partner="UZB", start=2022, end=2024, address=server.url, clock=time.clock,
                sleep=time.sleep, flow="all",
            )  # fmt: skip
        assert ("turnover", 2023) not in fetched.values
        assert ("exports", 2023) in fetched.values
        assert fetched.notes == ("2023 has no turnover: the service has exports alone.",)

    def test_missing_years_are_said_in_spans(self) -> None:
        assert self.ask(start=2015).notes == ("The service has no figure for 2015-2021, 2025.",)

    def test_a_figure_of_nought_is_none(self) -> None:
        time = Time()
        with serving(imf({2022: 0.0}, {2022: 0.0})) as server, pytest.raises(FetchError, match="has no exports and"):
            fetch("imf", reporter="KAZ", partner="UZB", address=server.url, clock=time.clock, sleep=time.sleep)


class TestTable:
    def test_it_is_read_back_as_a_series_with_its_provenance(self, tmp_path: Path) -> None:
        series = tt.TradeSeries.from_csv(FIRST.write(tmp_path / "trade.csv"))
        assert series.label == "Kazakhstan-Uzbekistan turnover"
        assert dict(series.annual()) == EXPORTS
        assert (str(series.unit), series.home) == ("USD", "Kazakhstan")
        assert series.sources == ("IMF, Kazakhstan as reporter, retrieved 2026-05-10",)
        assert {o.address for o in series} == {"https://example.org/x"}
        assert series.observations == FIRST.series().observations

    def test_several_flows_stand_in_one_file(self, tmp_path: Path) -> None:
        both = replace(FIRST, values={("exports", 2022): 1.0, ("imports", 2022): 2.0})
        path = both.write(tmp_path / "trade.csv")
        assert tt.TradeSeries.from_csv(path, flow="imports").annual().loc[2022] == 2.0
        with pytest.raises(DataError, match="several flow"):
            both.series()

    def test_what_was_retrieved_before_the_usual_delay_is_known_from_that_day(self) -> None:
        early = replace(FIRST, values={("turnover", 2025): 4.0, ("turnover", 2024): 3.0}, retrieved=date(2026, 1, 20))
        known_from = {o.start.year: o.known_from for o in early.series()}
        assert known_from == {2024: date(2025, 3, 1), 2025: date(2026, 1, 20)}

    def test_repr_and_summary_say_what_there_is(self) -> None:
        assert repr(FIRST) == "Fetched('IMF', 'Kazakhstan-Uzbekistan', turnover, 2022-2024, USD, 2026-05-10)"
        assert "2.98 USD bn in 2024" in FIRST.summary()
        assert "https://example.org/x" in FIRST.summary()
        assert FIRST.to_dict()["vintage"] is None


class TestVintages:
    LATER = replace(
        FIRST,
        values={**FIRST.values, ("turnover", 2023): 3.5e9, ("turnover", 2025): 4.1e9},
        retrieved=date(2026, 11, 28),
    )

    def test_a_second_fetch_adds_what_changed_and_what_is_new(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        series = tt.TradeSeries.from_csv(self.LATER.write(path))
        assert len(series) == 5
        assert dict(series.as_of("2026-06").annual()) == EXPORTS
        assert dict(series.annual()) == {**EXPORTS, 2023: 3.5e9, 2025: 4.1e9}

    def test_the_same_figures_again_change_nothing(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        before = path.read_bytes()
        assert replace(FIRST, retrieved=date(2026, 6, 1)).write(path).read_bytes() == before

    def test_a_fetch_repeated_on_one_day_does_not_stand_twice(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        self.LATER.write(path)
        once = path.read_bytes()
        assert self.LATER.write(path).read_bytes() == once

    def test_a_fetch_of_fewer_years_on_one_day_keeps_the_others(self, tmp_path: Path) -> None:
        early = replace(FIRST, values={**FIRST.values, ("turnover", 2025): 4e9}, retrieved=date(2026, 1, 20))
        path = early.write(tmp_path / "trade.csv")
        before = path.read_bytes()
        assert replace(FIRST, retrieved=date(2026, 1, 20)).write(path).read_bytes() == before

    def test_a_third_fetch_is_compared_with_the_latest_known(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        self.LATER.write(path)
        back = replace(FIRST, values={**self.LATER.values, ("turnover", 2023): 3.02e9}, retrieved=date(2027, 1, 5))
        series = tt.TradeSeries.from_csv(back.write(path))
        assert [o.value for o in series if o.start.year == 2023] == [3.02e9, 3.5e9, 3.02e9]

    def test_the_news_tells_revisions_from_new_figures(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        series = tt.TradeSeries.from_csv(self.LATER.write(path))
        change = tt.explain_change(series, tt.Target(5, unit="USD bn"), "2026-06", "2026-11", by=2030)
        causes = {(p.cause, p.observation.start.year) for p in change.parts if p.observation is not None}
        assert causes == {("revision", 2023), ("new figure", 2025)}

    def test_another_pairs_file_is_not_touched(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        before = path.read_bytes()
        with pytest.raises(OutputError, match="holds series Kazakhstan-Uzbekistan, not Kazakhstan-Kyrgyzstan"):
            replace(self.LATER, partner=area("KGZ")).write(path)
        assert path.read_bytes() == before

    def test_a_figure_that_somebody_spoilt_is_named_and_stays(self, tmp_path: Path) -> None:
        path = FIRST.write(tmp_path / "trade.csv")
        path.write_text(path.read_text().replace(str(EXPORTS[2024]), "about 3"))
        with pytest.raises(OutputError, match="holds the value 'about 3': correct it"):
            self.LATER.write(path)

    @pytest.mark.parametrize("text", ["period,value\n2024,4.4\n", "a;b\n1;2\n"])
    def test_a_file_of_something_else_is_written_over_only_when_asked(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "mine.csv"
        path.write_text(text)
        with pytest.raises(OutputError, match="is no earlier fetch"):
            FIRST.write(path)
        assert path.read_text() == text
        assert dict(tt.TradeSeries.from_csv(FIRST.write(path, anew=True)).annual()) == EXPORTS

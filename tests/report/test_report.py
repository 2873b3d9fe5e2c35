import json

import numpy as np
import pandas as pd
import pytest

from tradetarget import HittingTime, Observation, Target, TradeSeries, datasets, forecast
from tradetarget.errors import OutputError
from tradetarget.forecasting.single import Forecast
from tradetarget.models.random_walk import RandomWalk
from tradetarget.observations import parse_period
from tradetarget.report import (
    Text,
    checked_path,
    dataset_list,
    dataset_summary,
    fit_summary,
    forecast_record,
    forecast_summary,
    hitting_time_summary,
    scenario_record,
    scenario_summary,
    write_whole,
)
from tradetarget.report.text import WIDTH, amount, level, percent, points, rate, shown_width
from tradetarget.scenarios import GrowthShift, Scenario, run_scenarios
from tradetarget.units import Unit

TOTALS = {2018: 2.484, 2019: 3.415, 2020: 2.931, 2021: 3.834, 2022: 4.922, 2023: 4.418, 2024: 4.131, 2025: 4.765}
SERIES = TradeSeries.from_annual(
    pd.Series(TOTALS), unit="USD bn", name="Kazakhstan-Uzbekistan", reporter="Kazakhstan", source="A yearbook"
)


def ask(series: TradeSeries = SERIES, target: Target | float = 5.0, horizon: int = 15) -> Forecast:
    return forecast(series, target, model="random-walk", horizon=horizon, n_paths=2048)


def hitting_time(*probability: float, past: int | None = None) -> HittingTime:
    already = None if past is None else pd.Period(year=past, freq="Y")
    years = np.arange(2026, 2026 + len(probability), dtype=np.int64)
    return HittingTime(Target(5, "USD bn"), 2025, years, np.array(probability), already)


def line(summary: str, start: str) -> str:
    """The rest of the line that starts so."""
    return next(row[len(start) :].strip() for row in summary.splitlines() if row.startswith(start))


class TestForecastSummary:
    def test_the_answer_stands_before_what_it_rests_on(self) -> None:
        text = ask().summary()
        assert text.startswith("When does Kazakhstan-Uzbekistan turnover reach 5 USD bn?\n")
        order = [text.index(w) for w in ("Median year", "Not by 2040", "Standard error", "Reporter", "Model", "Notes")]
        assert order == sorted(order)

    def test_it_names_series_reporter_unit_years_source_and_date_of_knowledge(self) -> None:
        text = ask().summary()
        assert line(text, "Reporter") == "Kazakhstan"
        assert line(text, "Data") == "8 calendar-year totals, 2018-2025, in USD bn"
        assert line(text, "Known as of") == "2026-03"
        assert line(text, "Source") == "A yearbook"
        assert line(text, "Last value") == "4.765 USD bn in 2025; the target is 4.9 % above it"

    def test_required_growth_stands_beside_achieved_growth(self) -> None:
        rows = [r for r in ask().summary().splitlines() if r.startswith(("2026 ", "2027 "))]
        # 5 / 4.765 - 1 = 4.93 %; 4.765 / 4.131 - 1 = 15.35 %; (4.765 / 2.931)^(1/5) - 1 = 10.21 %.
        assert "+4.9 %" in rows[0]
        assert rows[0].endswith("+15.3 % over 1 year")
        assert rows[1].endswith("+10.2 % over 5 years")

    def test_a_table_of_every_year_has_growing_probabilities(self) -> None:
        rows = [r.split() for r in ask().summary().splitlines() if r[:2] == "20"]
        assert [r[0] for r in rows] == [str(y) for y in range(2026, 2041)]
        shown = [float(r[1]) for r in rows]
        assert shown == sorted(shown)

    def test_a_long_horizon_shows_twenty_years_then_every_fifth_and_the_last(self) -> None:
        rows = [r[:4] for r in ask(horizon=33).summary().splitlines() if r[:2] == "20"]
        assert rows == [str(y) for y in [*range(2026, 2046), 2050, 2055, 2058]]

    def test_an_exact_law_has_no_standard_error_and_a_simulation_states_its_own(self) -> None:
        assert line(ask().summary(), "Standard error") == "none: exact law"
        drawn = forecast(SERIES, 5.0, model="random-walk", method="simulation", n_paths=2048)
        assert "percentage points (simulation)" in line(drawn.summary(), "Standard error")

    def test_an_earlier_peak_is_said_beside_the_answer(self) -> None:
        assert line(ask(target=4.9).summary(), "Already reached") == "in 2022, but the total of 2025 is below it"

    def test_a_target_below_the_last_value_is_answered_without_a_table(self) -> None:
        text = ask(target=4.0).summary()
        said = " ".join(text.split())
        assert "Already reached yes: the total of 2025 is at or above the target; first in 2022" in said
        assert "2026" not in text.replace("2026-03", "")
        assert "every probability is 1 by convention" in " ".join(text.split())

    def test_a_past_date_of_knowledge_is_called_pseudo_real_time(self) -> None:
        assert "Pseudo-real-time" in ask(SERIES.as_of("2024-05")).summary()
        assert "Pseudo-real-time" not in ask().summary()

    def test_a_unit_taken_for_granted_is_said(self) -> None:
        bare = TradeSeries.from_annual(pd.Series(TOTALS), name="A-B")
        assert "taken to be in USD bn" in " ".join(ask(bare, Target(5, "USD bn")).summary().split())
        assert "in the same unit as the target" in " ".join(ask(bare).summary().split())

    def test_part_year_figures_and_growth_rates_are_cited_beside_the_estimate_they_make(self) -> None:
        start, end = parse_period("2026-01/2026-03")
        part = Observation(start=start, end=end, value=1.2, unit=Unit.parse("USD bn"), reporter="Kazakhstan")
        growth = Observation(start=start, end=end, value=0.1, kind="growth", reporter="Kazakhstan")
        more = TradeSeries("A-B", (*SERIES.observations, part, growth), "turnover", SERIES.unit)
        text = ask(more).summary()
        assert line(text, "From") == "2026-01/2026-03: +10 %; 2026-01/2026-03: 1.2"
        assert "80 % interval" in line(text, "Estimate of 2026")
        assert line(text, "Effective paths").endswith("agree with it (estimate and fan)")
        assert "Not used" not in text

    def test_a_deadline_has_its_own_line(self) -> None:
        text = ask(target=Target(5, "USD bn", deadline=2030)).summary()
        assert line(text, "Deadline").startswith("2030: reached by then with probability ")
        missed = ask(target=Target(5, "USD bn", deadline=2020)).summary()
        assert line(missed, "Deadline") == "2020, which is past: missed"

    @pytest.mark.parametrize("target", [3.0, 5.0, 40.0])
    def test_no_line_is_wider_than_the_page_or_ends_in_a_space(self, target: float) -> None:
        for row in ask(target=target).summary().splitlines():
            assert shown_width(row) <= WIDTH
            assert row == row.rstrip()

    def test_the_same_question_gives_the_same_text(self) -> None:
        assert forecast_summary(ask()) == forecast_summary(ask())


def test_what_lies_beyond_the_horizon_is_said_in_words() -> None:
    text = hitting_time_summary(hitting_time(0.05, 0.2, 0.3))
    assert line(text, "Median year") == "not by 2028"
    assert line(text, "80 % interval") == "2027 to beyond 2028"
    assert line(text, "50 % interval") == "2028 to beyond 2028"
    assert line(text, "Not by 2028") == "70.0 %"
    assert "nan" not in text.lower()


def test_an_interval_of_one_year_is_that_year() -> None:
    assert line(hitting_time_summary(hitting_time(0.95, 0.97)), "80 % interval") == "2026"


def test_a_text_shows_itself_in_a_notebook() -> None:
    assert repr(ask().summary()) == str(ask().summary())
    assert isinstance(ask().summary(), Text)


def test_a_fit_shows_parameters_errors_likelihood_sample_and_checks_without_a_clock() -> None:
    fitted = RandomWalk().fit(SERIES)
    text = fit_summary(fitted)
    # log(4.765 / 2.484) / 7 = 0.0930613
    assert line(text, "drift").split()[0] == "0.093061"
    assert float(line(text, "AICc")) == pytest.approx(fitted.aicc, rel=1e-4)
    assert line(text, "Sample") == "log growth 2018-2025 (7 terms)"
    assert "Ljung-Box" in text
    assert "Time" not in text


def test_a_fit_of_three_totals_says_that_there_are_no_residual_checks() -> None:
    short = TradeSeries.from_annual(pd.Series({2023: 4.0, 2024: 4.4, 2025: 4.2}), name="A-B")
    assert line(fit_summary(RandomWalk().fit(short)), "Residual checks").startswith("none: fewer than four")


class TestRecord:
    KEYS = (
        "schema_version series flow unit reporter as_of data_through last target occurrence sustained deadline model "
        "already_reached probability_by "
        "probability_within_horizon median interval_80 required_growth standard_error seed version assumptions "
        "by intervals quantiles promises"
    )

    def test_it_has_the_fields_of_the_contract_in_order(self) -> None:
        assert list(forecast_record(ask())) == self.KEYS.split()

    def test_years_are_strings_and_numbers_are_plain(self) -> None:
        record = forecast_record(ask())
        assert record["last"] == {"period": "2025", "value": 4.765}
        assert record["target"] == {"value": 5.0, "unit": "USD bn", "event": "calendar_year"}
        assert (record["series"], record["flow"], record["as_of"]) == ("Kazakhstan-Uzbekistan", "turnover", "2026-03")
        assert set(record["probability_by"]) == {str(y) for y in range(2026, 2041)} == set(record["required_growth"])
        assert all(type(p) is float for p in record["probability_by"].values())
        assert record["probability_by"]["2040"] == record["probability_within_horizon"]
        assert record["required_growth"]["2026"] == pytest.approx(5 / 4.765 - 1)
        assert isinstance(record["median"], str)

    def test_not_so_far_and_not_within_the_horizon_are_null(self) -> None:
        record = json.loads(json.dumps(forecast_record(ask(target=400.0, horizon=2)), allow_nan=False))
        assert record["already_reached"] is None
        assert record["median"] is None
        assert record["interval_80"] == [None, None]
        assert record["standard_error"] is None

    def test_every_level_is_in_the_targets_unit(self) -> None:
        record = forecast_record(ask(target=Target(5000, "USD mn")))
        assert record["last"]["value"] == 4765.0
        assert record["unit"] == record["target"]["unit"] == "USD mn"


class TestScenarios:
    @pytest.fixture(scope="class")
    @staticmethod
    def comparison():
        named = [Scenario("faster", [GrowthShift(0.03)], "Three points more.", "An assumption.")]
        return run_scenarios(SERIES, 5.0, named, model="random-walk", n_paths=2048)

    def test_the_table_names_every_scenario_the_baseline_first(self, comparison) -> None:
        rows = [r for r in scenario_summary(comparison).splitlines() if r.startswith(("baseline", "faster"))]
        assert rows[0].startswith("baseline")
        assert rows[0].endswith("-")
        assert rows[1].startswith("faster")
        assert "Source: An assumption." in scenario_summary(comparison)

    def test_the_paired_standard_error_is_that_of_the_difference(self, comparison) -> None:
        row = next(r for r in scenario_summary(comparison).splitlines() if r.startswith("faster"))
        gap = comparison.differences["faster"]
        assert row.endswith(f"{points(gap.probability[4])} ({100 * gap.standard_errors[4]:.1f})")

    def test_no_line_is_wider_than_the_page(self, comparison) -> None:
        assert all(len(r) <= WIDTH for r in scenario_summary(comparison).splitlines())

    def test_the_record_is_valid_json_with_one_entry_a_scenario(self, comparison) -> None:
        record = json.loads(json.dumps(scenario_record(comparison), allow_nan=False))
        assert [s["name"] for s in record["scenarios"]] == ["baseline", "faster"]
        assert record["scenarios"][1]["difference_by"]["2026"] > 0
        assert "difference_by" not in record["scenarios"][0]

    def test_several_targets_are_cases(self) -> None:
        both = run_scenarios(SERIES, [5.0, 10.0], [Scenario("x", [GrowthShift(0.01)])], "random-walk", n_paths=1024)
        assert [c["target"]["value"] for c in scenario_record(both)["cases"]] == [5.0, 10.0]
        assert "reach 10 USD bn?" in scenario_summary(both)


def test_bundled_figures_are_listed_and_shown_with_their_sources() -> None:
    about = datasets.describe()
    listed = dataset_list(about)
    for name in datasets.names():
        assert name in listed
        text = dataset_summary(
            name, datasets.load(name), next(r for r in about.to_dict("records") if r["name"] == name)
        )
        assert "\nSources\n[1] " in text
    figures = datasets.load("kazakhstan-central-asia")
    text = dataset_summary("kazakhstan-central-asia", figures, about.to_dict("records")[0])
    assert any(r.split()[:2] == ["2019", "3,415.0"] for r in text.splitlines())


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (percent(0.0), "0 %"),
        (percent(1.0), "100 %"),
        (percent(1e-12), "<0.1 %"),
        (percent(0.99999), ">99.9 %"),
        (percent(0.5), "50.0 %"),
        (points(-0.0001), "0.0"),
        (points(-0.0341), "-3.4"),
        (rate(0.0), "+0.0 %"),
        (rate(123.0), "+12,300 %"),
        (level(1e-7), "1×10⁻⁷"),
        (level(123456.0), "123,456"),
        (amount(4.765e9, Unit.parse("USD")), "4.765 USD bn"),
        (amount(5000.0, Unit.parse("USD mn")), "5,000 USD mn"),
        (amount(2e15, Unit.parse("USD bn")), "2,000,000,000,000 USD tn"),
    ],
)
def test_numbers_are_written_for_readers(shown: str, expected: str) -> None:
    assert shown == expected


class TestFiles:
    def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(self, tmp_path) -> None:
        path = tmp_path / "a.json"
        path.write_bytes(b"old")
        assert write_whole(path, b"new").read_bytes() == b"new"
        assert list(tmp_path.iterdir()) == [path]

    def test_an_interruption_leaves_the_old_file_and_nothing_else(self, tmp_path, monkeypatch) -> None:
        path = tmp_path / "a.json"
        path.write_bytes(b"old")

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("pathlib.Path.replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_whole(path, b"new")
        assert path.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_symbolic_link_is_followed(self, tmp_path) -> None:
        real, link = tmp_path / "real", tmp_path / "link"
        real.write_bytes(b"old")
        link.symlink_to(real)
        write_whole(link, b"new")
        assert link.is_symlink()
        assert real.read_bytes() == b"new"

    def test_a_device_is_written_to_and_not_replaced(self) -> None:
        write_whole("/dev/null", b"new")
        assert not checked_path("/dev/null").is_file()

    @pytest.mark.parametrize(("name", "said"), [("no/such.png", "there is no directory"), (".", "is a directory")])
    def test_a_place_that_cannot_be_written_to_is_refused(self, tmp_path, name: str, said: str) -> None:
        with pytest.raises(OutputError, match=said):
            checked_path(tmp_path / name)

    def test_another_ending_is_refused(self, tmp_path) -> None:
        with pytest.raises(OutputError, match=r"does not end in \.png"):
            checked_path(tmp_path / "a.jpg", (".png",))

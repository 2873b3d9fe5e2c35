"""Notes on odd figures; none of them blocks an answer."""

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget import TradeSeries
from tradetarget.observations.plausibility import plausibility_notes
from tradetarget.report.assumptions import certainty_note


def notes(values: dict[int, float], **details: str) -> tuple[str, ...]:
    return plausibility_notes(TradeSeries.from_annual(pd.Series(values), **{"name": "A-B", **details}))


@pytest.mark.parametrize(
    ("values", "start"),
    [
        (
            {2015: 2.1, 2016: 2.3, 2017: 2.4, 2018: 2500.0, 2019: 2.6, 2020: 2.4},
            "The total of 2018, 2500, is 1,001 times",
        ),
        ({2015: 2100.0, 2016: 2300.0, 2017: 2.4, 2018: 2500.0}, "The total of 2017, 2.4, is one 999th of"),
        ({2015: 2.1, 2016: 2.3, 2017: 2400.0}, "The total of 2017, 2400, is 1,043 times that of the year beside it"),
        ({2014: 2.0, 2015: 2.1, 2016: 2300.0, 2017: 2400.0}, "From 2016 on the totals are 1,095 times those to 2015"),
        ({2014: 2.0, 2015: 2.1e6, 2016: 2.3}, "The total of 2015, 2.1e+06, is 979,130 times"),
    ],
)
def test_a_year_in_another_unit_is_named_once(values: dict[int, float], start: str) -> None:
    [note] = notes(values)
    assert note.startswith(start)


def test_a_jump_that_one_in_ten_thousand_exceeds_is_named_with_the_bound_of_its_size() -> None:
    assert notes({2019: 2.0, 2020: 30.0}, unit="USD bn") == (
        "The total of 2020 is 15 times that of 2019. Of pairs of its size 1 in 10,000 annual changes exceeds a factor "
        "of 12.7: check both figures.",
    )
    assert notes({2019: 2.0, 2020: 24.0}, unit="USD bn") == ()
    assert notes({2019: 2.0, 2020: 30.0}, unit="USD mn") == ()
    assert notes({2019: 2.0, 2020: 30.0}) == ()
    assert notes({2019: 2.0, 2021: 30.0}, unit="USD bn") == ()


def test_a_series_that_never_changes_is_named() -> None:
    assert notes({2019: 2.0, 2020: 2.0, 2021: 2.0}) == ("All 3 totals are 2: statistics of trade are never constant.",)
    assert notes({2019: 2.0, 2020: 2.0}) == ()


@pytest.mark.parametrize(
    ("name", "reporter", "first", "said"),
    [
        ("CSK-DEU", "Germany", 1988, "Until 1992 statistics are of other territories (Czechoslovakia split)"),
        ("Kazakhstan-Uzbekistan", "Kazakhstan", 1990, "(the Soviet Union split)"),
        ("Egypt-South Sudan", "Egypt", 2010, "check that South Sudan is the same"),
        ("A-B", "SCG", 2003, "(Serbia and Montenegro split)"),
        ("YUG", "A", 1989, "(Yugoslavia split)"),
    ],
)
def test_a_country_that_split_while_the_series_ran_is_named(name: str, reporter: str, first: int, said: str) -> None:
    values = {y: 2.0 + 0.1 * (y % 7) for y in range(first, 2015)}
    assert any(said in note for note in notes(values, name=name, reporter=reporter))
    assert not any("territories" in note for note in notes({y: v for y, v in values.items() if y > 2011}, name=name))


def test_the_bundled_figures_draw_no_note() -> None:
    for series in tt.datasets.load("kazakhstan-central-asia").values():
        assert plausibility_notes(series) == ()


def test_ordinary_growth_draws_no_note() -> None:
    values = np.exp(np.cumsum(np.random.default_rng(3).normal(0.05, 0.3, 40)))
    assert notes(dict(zip(range(1980, 2020), values.tolist(), strict=True)), unit="USD bn") == ()


def test_notes_stand_in_summary_record_and_check_and_block_nothing() -> None:
    values = {2015: 2.1, 2016: 2.3, 2017: 2.4, 2018: 2500.0, 2019: 2.6, 2020: 2.4, 2021: 2.8, 2022: 3.0}
    series = TradeSeries.from_annual(pd.Series(values), unit="USD bn", name="A-B")
    answer = tt.forecast(series, tt.Target(5, "USD bn"))
    assert "The total of 2018, 2500, is 1,001 times" in " ".join(answer.summary().split())
    assert len(answer.to_dict()["assumptions"]["plausibility"]) == 1
    check = tt.nowcasting.check_statements(series)
    assert [side for side, note in check.plausibility if "2018" in note] == [None]


class TestCertainty:
    CONSTANT = TradeSeries.from_annual(pd.Series(dict.fromkeys(range(2010, 2020), 2.0)), unit="USD bn", name="A-B")

    def test_a_model_that_leaves_nothing_to_chance_is_not_believed(self) -> None:
        answer = tt.forecast(self.CONSTANT, tt.Target(4, "USD bn"), model="random-walk", horizon=3)
        assert answer.hitting_time.probability.tolist() == [0.0, 0.0, 0.0]
        said = (
            "A probability of exactly 0 % is not knowledge: the model leaves nothing to chance. Read it as very near."
        )
        assert certainty_note(answer.hitting_time) == said
        assert "All 10 totals are 2" in answer.summary()

    def test_a_target_that_is_reached_is_certain(self) -> None:
        answer = tt.forecast(self.CONSTANT, tt.Target(1, "USD bn"), horizon=3)
        assert certainty_note(answer.hitting_time) is None

    def test_no_path_of_a_simulation_is_not_never(self) -> None:
        series = TradeSeries.from_annual(pd.Series({2022: 4.0, 2023: 4.2, 2024: 4.1}), unit="USD bn", name="A-B")
        answer = tt.forecast(series, tt.Target(300, "USD bn"), horizon=2, method="simulation", n_paths=512)
        assert answer.hitting_time.probability[0] == 0.0
        said = "A probability of exactly 0 % is not knowledge: no simulated path says otherwise. Read it as very near."
        assert said in " ".join(answer.summary().split())

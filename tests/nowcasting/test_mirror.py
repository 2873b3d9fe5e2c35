"""Mirror figures, reconciliation and contradictions."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from nowcasting_statements import growth, level, series

from tradetarget import datasets
from tradetarget.errors import DataError
from tradetarget.nowcasting import check_statements, contradictions, latent_annual, mirror_table, reconciled

HOME = [level(str(y), v, reporter="A") for y, v in ((2021, 4.0), (2022, 5.0), (2023, 4.4), (2024, 4.2))]
AWAY = [level(str(y), v, reporter="B") for y, v in ((2021, 4.4), (2022, 5.4), (2023, 4.8))]


def test_a_mirror_table_has_both_sides_and_their_ratio() -> None:
    table = mirror_table(series(*HOME, *AWAY))
    assert table.columns.tolist() == ["flow", "A", "B", "ratio"]
    assert table.loc["2021", "ratio"] == pytest.approx(1.1)
    assert np.isnan(table.loc["2024", "ratio"])


def test_the_importers_figure_is_set_to_fob() -> None:
    exports = mirror_table(series(*HOME, *AWAY, flow="exports"), cif_factor=1.1)
    imports = mirror_table(series(*HOME, *AWAY, flow="imports"), cif_factor=1.1)
    # A's exports are B's imports: B's figure is CIF, and 4.4 / 1.1 / 4.0 is 1
    assert exports.loc["2021", "comparable_ratio"] == pytest.approx(1.0)
    assert imports.loc["2021", "comparable_ratio"] == pytest.approx(1.21)


def test_a_cif_factor_is_refused_for_turnover() -> None:
    with pytest.raises(DataError, match="leg of each"):
        mirror_table(series(*HOME, *AWAY), cif_factor=1.1)


def test_one_side_alone_has_no_mirror() -> None:
    with pytest.raises(DataError, match="two sides"):
        mirror_table(series(*HOME))


def test_reconciled_figures_take_both_biases_off() -> None:
    exact = [level(str(y), 1.1 * o.value, reporter="B") for y, o in zip((2021, 2022, 2023), HOME, strict=False)]
    found = reconciled(series(*HOME, *exact), anchor="A")
    assert found.bias == pytest.approx({"A": 0.0, "B": np.log(1.1)})
    assert found.noise == pytest.approx(0.0, abs=1e-9)
    assert found.series.annual().to_dict() == pytest.approx({2021: 4.0, 2022: 5.0, 2023: 4.4, 2024: 4.2})


def test_without_an_anchor_the_bias_is_split() -> None:
    found = reconciled(series(*HOME, *AWAY))
    assert found.bias["A"] == pytest.approx(-found.bias["B"])
    assert found.periods == 3
    assert found.noise > 0


def test_a_reconciled_series_is_the_same_flow_under_the_same_name() -> None:
    named_by_a_file = replace(series(*HOME, *AWAY), name_is_stated=False)
    view = reconciled(named_by_a_file).series
    assert replace(view, observations=named_by_a_file.observations) == named_by_a_file
    assert not view.name_is_stated


def test_a_reconciled_series_can_be_estimated() -> None:
    table = latent_annual(reconciled(series(*HOME, *AWAY)).series).to_frame()
    assert (table["low"] < table["median"]).all()


def test_two_common_periods_are_too_few_to_reconcile() -> None:
    with pytest.raises(DataError, match="3 or more"):
        reconciled(series(*HOME, *AWAY[:2]))


def test_contradictory_figures_are_measured() -> None:
    said = [level("2018", v, rounding=0.1, as_of=date(2019, m, 1)) for v, m in ((2.1, 4), (3.0, 6))]
    (found,) = contradictions(series(*said))
    assert found.gap == pytest.approx(0.8)
    assert len(found.observations) == 2


def test_a_part_above_its_whole_is_a_contradiction() -> None:
    (found,) = contradictions(series(level("2016", 1.510), level("2016-01/2016-09", 1.548)))
    assert found.what == "2016-01/2016-09 above 2016"
    assert found.gap == pytest.approx(0.038)


def test_growth_that_its_levels_deny_is_a_contradiction() -> None:
    (found,) = contradictions(series(level("2016", 1.5), level("2017", 2.0), growth("2017", 1.0)))
    assert found.gap == pytest.approx(2.0 - 2.0 / 1.5)


def test_sides_are_not_held_against_each_other() -> None:
    assert contradictions(series(*HOME, *AWAY)) == []


def test_the_known_contradiction_of_2021_is_found() -> None:
    # 4.3bn (+33 %) for 2021 against 5.0bn (+29.8 %) for 2022, which implies 3.85bn
    said = datasets.load("kazakhstan-uzbekistan-statements")["Kazakhstan-Uzbekistan turnover"]
    found = contradictions(said.reported_by("Kazakhstan"))
    assert any(c.what == "2022 growth against its levels" for c in found)


def test_a_check_has_contradictions_and_what_is_set_aside_of_every_side_and_of_nobodys() -> None:
    old, new = (level("2018", v, rounding=0.1, reporter="A", as_of=date(2019, m, 1)) for v, m in ((2.1, 4), (3.0, 6)))
    part, whole = level("2016-01/2016-09", 1.548), level("2016", 1.510)
    found = check_statements(series(old, new, part, whole, *AWAY))
    assert [(c.reporter, c.kind, round(c.gap, 3)) for c in found.contradictions] == [
        ("A", "level", 0.8),
        (None, "level", 0.038),
    ]
    assert {a.observation for a in found.set_aside} == {old, part}
    assert found.undecided == ()
    assert found.to_frame()["statements"].tolist() == [2, 2]


def test_where_two_statements_of_one_day_clash_nothing_of_that_side_can_be_set_aside() -> None:
    clash = [level("2018", v, reporter="A", as_of=date(2019, 4, 1), stated_by=w) for v, w in ((2.1, "x"), (3.0, "y"))]
    found = check_statements(series(*clash, *AWAY))
    ((side, reason),) = found.undecided
    assert side == "A"
    assert "known from one day: keep the one that counts" in reason
    assert len(found.contradictions) == 1


def test_the_gap_of_growth_is_told_in_points() -> None:
    levels = [level("2016", 1.5), level("2017", 2.0)]
    (aside,) = check_statements(series(*levels, growth("2017", 1.0))).set_aside
    assert aside.reason == "2017 growth is contradicted by the levels of its two periods: 66.7 points apart"


def test_the_side_whose_name_another_ones_begins_with_is_not_taken_for_home() -> None:
    said = [level("2022", v, reporter=r, flow="exports") for r, v in (("Niger", 1.0), ("Nigeria", 1.1))]
    table = mirror_table(replace(series(*said, flow="exports"), name="Nigeria-Niger"), cif_factor=1.1)
    assert table.columns.tolist()[1:3] == ["Nigeria", "Niger"]
    # Nigeria's exports are Niger's imports: 1.0 is CIF, and 1.0 / 1.1 / 1.1 is what is left of the ratio
    assert table.loc["2022", "comparable_ratio"] == pytest.approx(1.0 / 1.1 / 1.1)


def test_a_rounded_figure_stands_in_the_mirror_table_as_it_was_said() -> None:
    said = [level("2018", 3.0, rounding=1.0, qualifier="more than", reporter="A"), level("2018", 2.1, reporter="B")]
    assert mirror_table(series(*said)).loc["2018", ["A", "B"]].tolist() == [3.0, 2.1]


def test_the_finer_figure_counts_for_more_when_sides_are_reconciled() -> None:
    coarse = level("2024", 5.0, rounding=1.0, reporter="B")
    assert reconciled(series(*HOME, *AWAY, coarse), anchor="A").series.annual().loc[2024] == pytest.approx(
        4.2, rel=0.02
    )


@pytest.mark.parametrize(
    ("said", "gap"),
    [
        ((level("2016", 4.0), level("2016-01/2016-06", 3.0), level("2016-07/2016-12", 3.0)), 2.0),
        ((level("2016", 9.0), level("2016-01/2016-06", 3.0), level("2016-07/2016-12", 3.0)), 3.0),
        ((level("2016", 4.0), level("2016-01/2016-03", 2.5), level("2016-10/2016-12", 2.5)), 1.0),
    ],
)
def test_parts_that_do_not_add_up_to_their_year_are_a_contradiction(said: tuple, gap: float) -> None:
    (found,) = contradictions(series(*said))
    assert found.gap == pytest.approx(gap)
    assert found.what == "2 parts of 2016 against the year"


def test_parts_that_leave_room_for_the_rest_are_none() -> None:
    said = (
        level("2016", 4.0),
        level("2016-01/2016-03", 1.0),
        level("2016-04/2016-06", 1.0),
        level("2016-01/2016-06", 2.0),
    )
    assert contradictions(series(*said)) == []


def test_mirror_figures_of_months_stand_month_by_month() -> None:
    sides = tuple(
        level(f"2016-{m:02d}", value, reporter=side)
        for side, value in (("Kazakhstan", 1.0), ("Uzbekistan", 1.1))
        for m in range(1, 13)
    )
    assert len(mirror_table(series(*sides))) == 12


def test_of_a_revised_part_the_latest_figure_is_held_against_the_year() -> None:
    first, later = (level("2016-01/2016-06", v, as_of=k) for v, k in ((1.0, date(2016, 8, 1)), (1.2, date(2017, 2, 1))))
    found = contradictions(series(first, later, level("2016-07/2016-12", 3.0), level("2016", 4.2)))
    assert [c.what for c in found] == ["2016-01/2016-06 level"]


def test_a_short_part_does_not_hide_two_halves() -> None:
    halves = level("2016-01/2016-06", 3.0), level("2016-07/2016-12", 3.0)
    found = contradictions(series(level("2016-02", 1.0), *halves, level("2016", 5.0)))
    assert [c.gap for c in found] == [pytest.approx(1.0)]

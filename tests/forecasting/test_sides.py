"""The same question by every side's statistics."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradetarget import HittingTime, Target, TradeSeries, compare_sides, datasets, forecast
from tradetarget.errors import DataError, ModelError, TradeTargetWarning, UnknownNameError
from tradetarget.forecasting.sides import SideComparison

FIVE = Target(5, unit="USD bn")


def by(reporter: str | None, levels: list[float], last: int = 2024) -> TradeSeries:
    years = range(last - len(levels) + 1, last + 1)
    return TradeSeries.from_annual(pd.Series(levels, index=years), unit="USD bn", name="Here-There", reporter=reporter)


def joined(*views: TradeSeries, name: str = "Here-There") -> TradeSeries:
    return TradeSeries(name, tuple(o for view in views for o in view), unit=views[0].unit)


def quiet(*args: object, **more: object) -> SideComparison:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TradeTargetWarning)
        return compare_sides(*args, **{"model": "random-walk", **more})  # type: ignore[arg-type]


NEAR, FAR, ALSO_NEAR = [4.2, 4.5, 4.4, 4.7, 4.9], [2.0, 2.1, 2.0, 2.2, 2.1], [4.1, 4.6, 4.4, 4.7, 4.9]
APART = joined(by("Here", NEAR), by("There", FAR))
ALIKE = joined(by("Here", NEAR), by("There", ALSO_NEAR))


def test_each_side_is_answered_as_it_would_be_alone() -> None:
    found = quiet(APART, FIVE, horizon=6)
    for side, levels in zip(found.sides, (NEAR, FAR), strict=True):
        alone = forecast(by(side.reporter, levels), FIVE, "random-walk", 6)
        assert side.forecast is not None
        assert side.forecast.hitting_time.probability.tolist() == alone.hitting_time.probability.tolist()


def test_the_side_that_the_series_is_named_from_decides_unless_another_is_chosen() -> None:
    assert quiet(APART, FIVE).decides == "Here"
    chosen = quiet(APART, FIVE, reporter="there")
    assert (chosen.decides, chosen.forecast.reporter) == ("There", "There")
    assert [side.reporter for side in chosen.others] == ["Here"]


def test_a_name_that_begins_like_another_is_not_taken_for_it() -> None:
    series = joined(by("Niger", NEAR), by("Nigeria", FAR), name="Nigeria-Niger")
    assert series.home == "Nigeria"
    assert quiet(series, FIVE).decides == "Nigeria"
    assert joined(by("Guinea", NEAR), by("Guinea-Bissau", FAR), name="Guinea-Bissau-Guinea").home == "Guinea-Bissau"


def test_without_a_side_that_the_series_is_named_from_the_choice_is_asked_for() -> None:
    with pytest.raises(DataError, match=r"reported by Here and There.*reporter='Here'"):
        compare_sides(joined(by("Here", NEAR), by("There", FAR), name="region"), FIVE)


def test_an_unknown_side_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'There'"):
        compare_sides(APART, FIVE, reporter="Their")


def test_sides_far_apart_disagree_and_a_warning_says_so() -> None:
    with pytest.warns(TradeTargetWarning, match="sides disagree about the answer: by There's statistics P by 2029 is"):
        found = compare_sides(APART, FIVE, "random-walk")
    assert found.disagree is True
    assert found.to_dict()["sides_disagree"] is True


def test_sides_close_together_agree_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compare_sides(ALIKE, FIVE, "random-walk")
    assert found.disagree is False


@pytest.mark.parametrize(
    ("here", "there", "apart"),
    [
        ((2025, 2), (2025, 1), False),
        ((2025, 2), (2025, 0), True),
        ((2025, None), (2025, None), False),
        ((2025, 3), (2025, None), True),
        ((2025, 3), (2023, None), False),  # 2028, beside a horizon that ends in 2027
        ((2025, 2), (2023, None), True),
        ((2023, None), (2025, 3), False),
    ],
)
def test_medians_disagree_where_they_are_known_to_lie_more_than_a_year_apart(here, there, apart: bool) -> None:
    # Five years from the first; the median is the year in which the probability rises from .48 to .52.
    def time(first: int, median: int | None) -> HittingTime:
        rise = 5 if median is None else median
        levels = np.where(np.arange(5) < rise, 0.48, 0.52)
        return HittingTime(FIVE, first - 1, np.arange(first, first + 5), levels)

    found = quiet(ALIKE, FIVE, horizon=5)
    sides = [
        replace(s, forecast=replace(s.forecast, hitting_time=time(*case)))  # type: ignore[type-var]
        for s, case in zip(found.sides, (here, there), strict=True)
    ]
    assert SideComparison(tuple(sides)).disagree is apart


def test_one_side_has_nobody_to_disagree_with() -> None:
    for series in (by("Here", NEAR), by(None, NEAR)):
        found = quiet(series, FIVE)
        assert (found.others, found.disagree) == ((), None)
        assert found.decides == (series.reporters[0] if series.reporters else None)
        assert (found.to_dict()["other_sides"], found.to_dict()["sides_disagree"]) == ([], None)
        assert "no other side" in repr(found)


def test_figures_that_nobody_named_count_where_one_side_alone_is_named() -> None:
    series = joined(by("Here", NEAR[-1:]), by(None, NEAR[:-1], last=2023))
    assert len(quiet(series, FIVE).forecast.series.annual()) == 5


def test_a_side_that_cannot_answer_says_why_and_does_not_stop_the_other() -> None:
    found = quiet(joined(by("Here", NEAR), by("There", [2.0, 2.1])), FIVE)
    (other,) = found.others
    assert other.forecast is None
    assert "at least 3 calendar-year totals" in str(other.no_answer)
    assert found.disagree is None
    (row,) = found.to_dict()["other_sides"]
    assert set(row) == {"reporter", "no_answer"}
    assert "There gives no answer" in found.summary()
    assert pd.isna(found.to_frame().loc[1, "probability"])


def test_the_side_that_decides_has_to_have_an_answer() -> None:
    with pytest.raises(ModelError, match="at least 3"):
        quiet(joined(by("Here", [2.0, 2.1]), by("There", NEAR)), FIVE)


def test_a_side_of_which_nothing_was_known_by_then_is_named() -> None:
    early, late = by("Here", NEAR, last=2020), by("There", FAR, last=2024)
    found = quiet(joined(early, late), FIVE, as_of="2019-12")
    assert found.forecast.last_year == 2018
    assert "nothing was known by 2019-12-31" in str(found.others[0].no_answer)


def test_probabilities_are_compared_in_a_year_that_both_sides_have_before_them() -> None:
    found = quiet(joined(by("Here", NEAR, last=2017), by("There", FAR, last=2024)), FIVE, horizon=10)
    assert found.compared_in(found.others[0]) == 2025
    short = quiet(joined(by("Here", NEAR, last=2017), by("There", FAR, last=2024)), FIVE, horizon=3)
    assert short.compared_in(short.others[0]) is None
    assert "-" in short.summary()


def test_a_frame_has_a_row_a_side_and_the_one_that_decides_first() -> None:
    frame = quiet(APART, FIVE, horizon=8, reporter="There").to_frame()
    assert frame["reporter"].tolist() == ["There", "Here"]
    assert frame["decides"].tolist() == [True, False]
    assert frame["year"].tolist() == [2029, 2029]
    assert frame["disagrees"].tolist() == [pd.NA, True]
    assert frame["last"].tolist() == pytest.approx([2.1, 4.9])


def test_sides_that_could_not_be_read_stand_in_their_place() -> None:
    found = quiet(APART, FIVE).with_unread({"Elsewhere": "line 3: 'n/a' is not a number"})
    assert [side.reporter for side in found.others] == ["Elsewhere", "There"]
    assert found.disagree is True


def test_the_summary_names_who_decides_and_fits_the_page() -> None:
    text = quiet(datasets.load("kazakhstan-uzbekistan")["Kazakhstan-Uzbekistan turnover"], FIVE).summary()
    assert "\nDecides               Kazakhstan\n" in text
    assert "\nUzbekistan        2025     4.97" in text
    assert max(len(line) for line in text.splitlines()) <= 78


def test_anything_but_a_series_is_refused() -> None:
    with pytest.raises(DataError, match="got dict"):
        compare_sides({"Here": by("Here", NEAR)}, FIVE)  # type: ignore[arg-type]

import numpy as np
import pytest
from nowcasting_statements import growth, level, series
from scipy import stats

from tradetarget.errors import SettingError
from tradetarget.nowcasting import ShareLaw, Window, evidence_for, log_likelihood

LAW = ShareLaw.shipped()
YEARS = [level(str(y), v) for y, v in ((2016, 1.51), (2017, 1.985), (2018, 2.484))]
GRID = np.linspace(np.log(2.0), np.log(6.0), 4001)[:, None]


def posterior(*said: object) -> tuple[float, float]:
    """Mean and sd of the first year after 2018 under a flat prior, by sums over a grid."""
    evidence = evidence_for(series(*YEARS, *said), 2018)
    log_weight = log_likelihood(evidence, GRID, np.log(2.484))
    weight = np.exp(log_weight - log_weight.max())
    mean = float((weight * GRID[:, 0]).sum() / weight.sum())
    return mean, float(np.sqrt((weight * (GRID[:, 0] - mean) ** 2).sum() / weight.sum()))


def test_no_statement_after_the_origin_is_no_evidence() -> None:
    assert evidence_for(series(*YEARS), 2018) is None


def test_the_likelihood_of_one_part_year_is_a_student_density_of_its_logit() -> None:
    part = 2.6
    evidence = evidence_for(series(level("2018", 2.484), level("2019-01/2019-09", part)), 2018)
    levels = np.log(np.array([[3.0], [3.4], [4.0]]))
    found = log_likelihood(evidence, levels, np.log(2.484))
    size = np.log(2.484)
    window = LAW.window(Window(0, 9), size)
    scale, tau = LAW.scale(size), LAW.growth_scale(size)
    unseen = tau * float(LAW.next_growth_slope[8])
    v = scale**2 * (LAW.persistent + LAW.yearly)[8, 8] + LAW.common[8, 8] + unseen**2
    v += 1e-6 / (1 - window.share) ** 2
    expected = []
    for y in levels[:, 0]:
        share = part / np.exp(y)
        g = y - np.log(2.484) - LAW.growth.mean
        centre = np.log(window.share / (1 - window.share)) + LAW.growth_slope[8] * np.clip(g, -0.7, 0.7)
        factor = np.sqrt(v * (LAW.df + (g / tau) ** 2) / (LAW.df + 1))
        z = np.log(share / (1 - share))
        # given the year's growth, a Student law with one more degree of freedom and a scale that growth has widened
        density = stats.t.logpdf((z - centre) / factor, LAW.df + 1) - np.log(factor)
        expected.append(density - np.log(1 - share))
    np.testing.assert_allclose(np.diff(found), np.diff(expected), rtol=1e-6)


def test_a_total_below_its_own_published_part_is_impossible() -> None:
    evidence = evidence_for(series(*YEARS, level("2019-01/2019-09", 2.6)), 2018)
    found = log_likelihood(evidence, np.log([[2.5], [2.6], [2.7]]), np.log(2.484))
    assert np.isneginf(found[:2]).all()
    assert np.isfinite(found[2])


def test_more_months_leave_less_doubt() -> None:
    spreads = [
        posterior(level(f"2019-01/2019-{m:02d}", 3.4 * LAW.window(Window(0, m)).share))[1] for m in (3, 6, 9, 11)
    ]
    assert (np.diff(spreads) < 0).all()


def test_a_coarser_rounding_leaves_more_doubt() -> None:
    spreads = [posterior(level("2019-01/2019-09", 2.6, rounding=r))[1] for r in (0.01, 0.5, 1.0)]
    assert (np.diff(spreads) > 0).all()


def test_growth_of_the_same_months_is_about_growth_of_the_year() -> None:
    mean, spread = posterior(growth("2019-01/2019-09", 0.25, rounding=0.01, revision="final"))
    assert mean == pytest.approx(np.log(2.484 * 1.25), abs=0.03)
    assert 0.01 < spread < 0.1


def test_growth_of_a_whole_year_is_exact_up_to_its_rounding() -> None:
    mean, spread = posterior(growth("2019", 0.25, rounding=0.01))
    assert mean == pytest.approx(np.log(2.484 * 1.25), abs=1e-4)
    assert spread == pytest.approx(0.01 / np.sqrt(12) / 1.25, rel=0.02)


def test_own_past_part_years_move_the_share() -> None:
    def after(past_share: float) -> float:
        past = [level(f"{y}-01/{y}-09", v * past_share) for y, v in ((2016, 1.51), (2017, 1.985))]
        return posterior(level("2019-01/2019-09", 2.6), *past)[0]

    assert after(0.78) < after(0.74) < after(0.70)


def test_a_strong_end_of_last_year_foretells_growth() -> None:
    part = level("2019-01/2019-01", 0.25)
    strong, weak = (posterior(part, level("2018-01/2018-09", 2.484 * s))[0] for s in (0.68, 0.78))
    assert strong > weak


@pytest.mark.parametrize(("word", "rises"), [("at least", True), ("at most", False)])
def test_a_bound_has_the_probability_of_its_side(word: str, rises: bool) -> None:
    evidence = evidence_for(series(*YEARS, level("2019-01/2019-09", 2.6, qualifier=word)), 2018)
    found = log_likelihood(evidence, np.log([[3.0], [3.5], [4.0]]), np.log(2.484))
    assert (np.diff(found) > 0).all() == rises
    assert (found <= 1e-12).all()


def test_currency_scale_does_not_matter() -> None:
    said = series(*YEARS, level("2019-01/2019-09", 2.6, rounding=0.1))
    millions = evidence_for(said.in_unit("USD mn"), 2018)
    found = log_likelihood(millions, GRID + np.log(1000.0), np.log(2484.0))
    billions = log_likelihood(evidence_for(said, 2018), GRID, np.log(2.484))
    keep = np.isfinite(billions)
    np.testing.assert_allclose(np.diff(found[keep]), np.diff(billions[keep]), atol=1e-9)


def test_paths_must_reach_the_years_that_statements_are_about() -> None:
    evidence = evidence_for(series(*YEARS, level("2020-01/2020-03", 0.7)), 2018)
    with pytest.raises(SettingError, match="2020"):
        log_likelihood(evidence, np.log([[3.0]]), np.log(2.484))


def test_an_origin_that_is_no_complete_year_is_refused() -> None:
    with pytest.raises(SettingError, match="2018"):
        evidence_for(series(*YEARS, level("2021-01/2021-03", 0.7)), 2019)


def test_an_earlier_year_without_a_total_is_not_taken_for_the_first_year_of_the_paths() -> None:
    totals = level("2018", 3.0, rounding=0.1), level("2016", 1.5)
    said = series(
        *totals, growth("2018", 0.3, rounding=0.01), level("2017-01/2017-06", 0.9), level("2019-01/2019-04", 1.1)
    )
    assert evidence_for(said, 2018).unknown.tolist() == [2019]


def test_months_that_are_all_zero_beside_a_total_are_set_aside() -> None:
    totals = [level(str(y), 4.0 + 0.1 * (y - 2015)) for y in range(2015, 2021)]
    evidence = evidence_for(series(*totals, *(level(f"2020-{m:02d}", 0.0) for m in range(1, 13))), 2020)
    assert evidence is not None
    assert {a.observation.period for a in evidence.set_aside} == {f"2020-{m:02d}" for m in range(1, 12)}
    # December only completes a year whose total is stated, so that no reading of it is left.
    assert evidence.parts.readings == ()

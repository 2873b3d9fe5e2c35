import numpy as np
import pandas as pd
import pytest

from tradetarget import Observation, TradeSeries
from tradetarget.answering.weighting import condition, condition_blocks
from tradetarget.errors import ModelError, TradeTargetWarning
from tradetarget.models import Paths, get_model
from tradetarget.nowcasting import Evidence, evidence_for
from tradetarget.observations import parse_period
from tradetarget.passage.samples import effective_sample_size
from tradetarget.units import Unit

BN = Unit.parse("USD bn")


def with_part(value: float, period: str = "2019-01/2019-09") -> TradeSeries:
    totals = pd.Series({2014: 2.1, 2015: 1.67, 2016: 1.51, 2017: 1.985, 2018: 2.484})
    start, end = parse_period(period)
    said = Observation(start=start, end=end, value=value, unit=BN)
    return TradeSeries("A-B", (*TradeSeries.from_annual(totals, unit=BN), said), "turnover", BN)


def gaussian_paths(n: int = 40_000) -> Paths:
    rng = np.random.default_rng(3)
    logs = np.log(2.484) + np.cumsum(0.06 + 0.15 * rng.standard_normal((n, 3)), axis=1)
    return Paths.from_levels(np.exp(logs), years=[2019, 2020, 2021], origin=2.484)


def posterior_moments(evidence: Evidence) -> tuple[float, float]:
    """Mean and variance of the first year's log total: prior of ``gaussian_paths`` times likelihood, by quadrature."""
    x = np.log(2.484) + 0.06 + 0.15 * np.linspace(-8.0, 8.0, 801)
    log_density = evidence.log_likelihood(x[:, None]) - 0.5 * ((x - np.log(2.484) - 0.06) / 0.15) ** 2
    density = np.exp(log_density - log_density.max())
    mean = np.average(x, weights=density)
    return mean, np.average((x - mean) ** 2, weights=density)


def test_the_posterior_lies_between_the_prior_and_what_is_stated() -> None:
    mean, variance = posterior_moments(evidence_for(with_part(2.6), 2018))
    assert np.log(2.484) + 0.06 < mean < np.log(2.6 / 0.70)
    assert variance < 0.08**2


def test_weighted_paths_agree_with_the_posterior() -> None:
    evidence = evidence_for(with_part(2.6), 2018)
    paths = condition(gaussian_paths(), evidence)
    x, w = paths.log_levels[0, :, 0], paths.weights / paths.weights.sum()
    mean, variance = posterior_moments(evidence)
    assert w @ x == pytest.approx(mean, abs=0.003)
    assert w @ (x - w @ x) ** 2 == pytest.approx(variance, rel=0.08)


@pytest.mark.bits
def test_blocks_are_weighted_as_one_simulation_would_be() -> None:
    evidence, paths = evidence_for(with_part(2.6), 2018), gaussian_paths(6000)
    whole = condition(paths, evidence).weights
    halves = [
        Paths(paths.log_levels[:, part], paths.years, paths.log_origin, paths.log_centre)
        for part in (slice(0, 2500), slice(2500, None))
    ]
    np.testing.assert_array_equal(np.concatenate([b.weights for b in condition_blocks(halves, evidence)]), whole)


def test_few_effective_paths_draw_a_warning() -> None:
    with pytest.warns(TradeTargetWarning, match="only .* effective paths .* raise n_paths"):
        list(condition_blocks([gaussian_paths(1500)], evidence_for(with_part(2.6), 2018)))


def test_hardly_any_effective_paths_are_no_answer_and_the_number_that_is_named_is_enough() -> None:
    evidence = evidence_for(with_part(2.6), 2018)
    with pytest.raises(ModelError, match="too few for an answer, raise n_paths") as refusal:
        list(condition_blocks([gaussian_paths(500)], evidence))
    needed = int(str(refusal.value).rsplit(" ", 1)[1].replace(",", ""))
    list(condition_blocks([gaussian_paths(needed)], evidence))


def test_paths_that_all_contradict_the_figures_are_an_error() -> None:
    with pytest.raises(ModelError, match="no path of the model"):
        list(condition_blocks([gaussian_paths(500)], evidence_for(with_part(2600.0), 2018)))


def test_a_fitted_model_is_conditioned_block_by_block() -> None:
    series = with_part(2.6)
    fitted = get_model("random-walk").fit(series)
    blocks = condition_blocks(fitted.blocks(5, 20_000, np.random.default_rng(1)), evidence_for(series, 2018))
    paths = list(blocks)
    weights = np.concatenate([b.weights for b in paths])
    first = np.concatenate([b.log_levels[0, :, 0] for b in paths])
    assert effective_sample_size(weights) > 2000
    assert np.exp(np.average(first, weights=weights)) == pytest.approx(2.6 / 0.75, rel=0.05)

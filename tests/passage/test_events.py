import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradetarget.passage.events import (
    batch_standard_error,
    binomial_standard_error,
    calendar_year_totals,
    count_reached,
    moved_by_batch,
    reached,
    rolling_12_months,
    run_rate,
    standard_error_of,
    sustained_minimum,
)

paths = arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 12)), elements=st.floats(-5, 5))


def test_an_exact_hit_is_reached_and_a_millionth_short_is_not() -> None:
    assert reached(5.0, 5.0)
    assert reached(4.999999999999999, 5.0)
    assert not reached(5.0 * (1 - 1e-6), 5.0)


@given(paths, st.floats(-5, 5))
def test_counts_agree_with_a_plain_loop(x: np.ndarray, barrier: float) -> None:
    counts = count_reached(x, np.array([barrier]))[0]
    expected = [sum(max(x[: k + 1, i]) >= barrier - 1e-12 for i in range(x.shape[1])) for k in range(x.shape[0])]
    assert counts.tolist() == expected


@given(paths, st.integers(1, 4), st.floats(-5, 5))
def test_sustained_counts_agree_with_a_plain_loop(x: np.ndarray, k: int, barrier: float) -> None:
    def run(path: np.ndarray) -> list[bool]:
        done, out, length = False, [], 0
        for v in path:
            length = length + 1 if v >= barrier - 1e-12 else 0
            done = done or length >= k
            out.append(done)
        return out

    expected = np.array([run(x[:, i]) for i in range(x.shape[1])]).sum(axis=0)
    assert count_reached(x, np.array([barrier]), sustained=k)[0].tolist() == expected.tolist()


@given(paths)
def test_counts_never_fall_with_the_period_nor_rise_with_the_barrier(x: np.ndarray) -> None:
    counts = count_reached(x, np.array([-1.0, 0.0, 1.0]))
    assert (np.diff(counts, axis=1) >= 0).all()
    assert (np.diff(counts, axis=0) <= 0).all()


@pytest.mark.bits
@given(paths)
def test_batches_add_up_to_the_whole_and_weights_of_one_change_nothing(x: np.ndarray) -> None:
    double = np.concatenate([x, x + 0.5], axis=1)
    barrier = np.array([0.25])
    batched = count_reached(double.reshape(x.shape[0], 2, -1), barrier)
    assert np.array_equal(batched.sum(axis=0), count_reached(double, barrier))
    assert np.array_equal(count_reached(x, barrier, np.ones(x.shape[1])), count_reached(x, barrier))


def test_before_k_periods_nothing_can_be_sustained() -> None:
    low = sustained_minimum(np.ones((3, 2)), 2)
    assert np.isneginf(low[0]).all()
    assert (low[1:] == 1).all()


def test_batch_standard_error_is_the_spread_of_estimates_over_repetitions() -> None:
    # Antithetic pairs inside batches of 64: repeat 400 times and compare the stated with the actual spread.
    rng = np.random.default_rng(1)
    shares, errors = [], []
    for _ in range(400):
        z = rng.standard_normal((40, 32))
        hit = np.concatenate([z, -z], axis=1) > 0.3
        counts = hit.sum(axis=1).astype(float)
        shares.append(counts.sum() / hit.size)
        errors.append(batch_standard_error(counts, np.full(40, 64.0)))
    assert np.mean(errors) == pytest.approx(np.std(shares), rel=0.1)
    assert np.mean(errors) < 0.9 * binomial_standard_error(np.mean(shares), 40 * 64)


def test_a_standard_error_is_never_zero() -> None:
    assert batch_standard_error(np.zeros(30), np.full(30, 512.0)) > 0
    assert binomial_standard_error(np.array([0.0, 1.0]), 1000).min() > 0


@pytest.fixture(scope="module")
def monthly() -> np.ndarray:
    """(84, 20,000) log months: drift 8 %, volatility 12 % a year, noise 12 % a month; the first year's total is 4."""
    rng = np.random.default_rng(0)
    x = np.cumsum(rng.normal(0.08 / 12, 0.12 / np.sqrt(12), (84, 20_000)), axis=0) + rng.normal(0, 0.12, (84, 20_000))
    return x - calendar_year_totals(x[:12]) + np.log(4.0)


def by_year(log_levels: np.ndarray, years: list[int], periods_a_year: int, sustained: int = 1) -> list[float]:
    counts = count_reached(log_levels, np.log([5.0]), sustained=sustained)[0] / log_levels.shape[1]
    return [float(counts[periods_a_year * k - 1]) for k in years]


def test_the_event_decides_the_answer(monthly: np.ndarray) -> None:
    # Within 1, 3 and 5 years, to the two digits to which the reference states them; simulation error about .004.
    after = monthly[12:]
    assert by_year(calendar_year_totals(after), [1, 3, 5], 1) == pytest.approx([0.10, 0.57, 0.79], abs=0.015)
    rolling = rolling_12_months(after, monthly[1:12])
    assert by_year(rolling, [1, 3, 5], 12) == pytest.approx([0.10, 0.59, 0.82], abs=0.015)
    assert by_year(run_rate(after), [1, 3, 5], 12) == pytest.approx([0.68, 0.93, 0.97], abs=0.015)


def test_two_years_running_is_known_a_year_after_it_began(monthly: np.ndarray) -> None:
    # The reference dates the event by the first of the two years; here it happens when the second is complete.
    completed = by_year(calendar_year_totals(monthly[12:]), [2, 4, 6], 1, sustained=2)
    assert completed == pytest.approx([0.09, 0.52, 0.76], abs=0.015)


def test_december_of_a_rolling_sum_is_the_calendar_year(monthly: np.ndarray) -> None:
    rolling = rolling_12_months(monthly[12:], monthly[1:12])
    assert rolling[11::12] == pytest.approx(calendar_year_totals(monthly[12:]), abs=1e-12)


@pytest.mark.parametrize("scale", [1.0, 400.0], ids=["ordinary", "further apart than doubles reach"])
def test_a_rolling_sum_is_the_log_of_twelve_levels_added(scale: float) -> None:
    every = scale * np.random.default_rng(2).normal(size=(40, 9))
    expected = [np.logaddexp.reduce(every[i - 11 : i + 1], axis=0) for i in range(11, 40)]
    assert rolling_12_months(every[11:], every[:11]) == pytest.approx(np.stack(expected), rel=1e-12, abs=1e-12)


@pytest.mark.bits
def test_sums_of_months_have_the_same_bits_whatever_paths_stand_beside_them() -> None:
    every = np.random.default_rng(3).normal(size=(36, 33))
    for part in (slice(0, 1), slice(1, 2), slice(5, 16), slice(0, 33)):
        months = np.ascontiguousarray(every[:, part])
        assert np.array_equal(calendar_year_totals(months), calendar_year_totals(every)[:, part])
        rolling = rolling_12_months(every[11:], every[:11])[:, part]
        assert np.array_equal(rolling_12_months(months[11:], months[:11]), rolling)


def test_months_that_are_no_whole_years_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 12"):
        calendar_year_totals(np.zeros((13, 2)))


def test_again_and_sustained_never_count_a_level_that_did_not_fall() -> None:
    high = np.full((5, 3), np.log(6.0))
    for k in (1, 2, 3):
        assert (count_reached(high, np.log([5.0]), sustained=k, again_after=True) == 0).all()


@given(paths, st.booleans(), st.floats(-5, 5))
def test_reaching_again_agrees_with_a_plain_loop(x: np.ndarray, before: bool, barrier: float) -> None:
    def run(path: np.ndarray) -> list[bool]:
        seen, fallen, done, out = before, False, False, []
        for v in path:
            hit = v >= barrier - 1e-12
            done = done or (hit and fallen)
            fallen = fallen or (seen and not hit)
            seen = seen or hit
            out.append(done)
        return out

    expected = np.array([run(x[:, i]) for i in range(x.shape[1])]).sum(axis=0)
    assert count_reached(x, np.array([barrier]), again_after=before)[0].tolist() == expected.tolist()


def test_what_batches_move_adds_up_to_nothing_and_gives_the_standard_error() -> None:
    rng = np.random.default_rng(3)
    totals = rng.uniform(50, 100, 40)
    counts = rng.uniform(0, 1, (40, 2)) * totals[:, None]
    moved = moved_by_batch(counts, totals)
    assert moved.sum(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert standard_error_of(moved) == pytest.approx(batch_standard_error(counts, totals))

"""Slopes and scatter drawn towards the common ones, on figures with a known truth."""

import numpy as np
import pytest

from analysis.statistics.lines import Fits, centres, slopes
from analysis.statistics.pooling import moderated, pooled, scatter
from analysis.statistics.posterior import posterior
from analysis.statistics.shrinkage import spread_between


def _slopes(units: int, sd: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    variance = random.uniform(0.5, 6.0, units)
    truth = random.normal(1.5, sd, units)
    return truth, random.normal(truth, np.sqrt(variance)), variance


def test_value_share_and_interval_are_those_of_one_posterior() -> None:
    _, estimate, variance = _slopes(40, 1.2, 1)
    found, known = pooled(estimate, variance), posterior(estimate, variance)
    assert found is not None
    for name in ("value", "sd", "low", "high", "weight", "mean_sd"):
        np.testing.assert_array_equal(getattr(found, name), getattr(known, name))
    assert (found.spread.mean, found.spread.variance) == (known.mean, known.spread**2)


def test_the_spread_lies_where_paule_mandel_has_it() -> None:
    _, estimate, variance = _slopes(400, 1.2, 1)
    found, known = pooled(estimate, variance), spread_between(estimate, variance)
    assert found is not None and found.spread.low < 1.2**2 < found.spread.high
    assert found.spread.variance == pytest.approx(known.variance, rel=0.1)
    assert found.spread.mean == pytest.approx(known.mean, abs=0.1 * found.mean_sd)


def test_the_doubt_about_a_units_own_scatter_widens_its_interval() -> None:
    """By Student's t with 3 degrees of freedom against the normal one, where units are drawn but little."""
    _, estimate, variance = _slopes(40, 50.0, 1)
    sure, unsure = pooled(estimate, variance), pooled(estimate, variance, np.where(np.arange(40) == 7, 3.0, np.inf))
    assert sure is not None and unsure is not None
    ratio = (unsure.high - unsure.low) / (sure.high - sure.low)
    assert ratio[7] == pytest.approx(3.182 / 1.960, rel=0.03) and np.all(np.abs(np.delete(ratio, 7) - 1) < 0.01)


def test_the_less_certain_of_two_equal_slopes_keeps_less() -> None:
    estimate, variance = np.append(np.linspace(-3, 3, 20), [5.0, 5.0]), np.append(np.ones(20), [0.2, 9.0])
    found = pooled(estimate, variance)
    assert found is not None and found.weight[-2] > found.weight[-1] and found.value[-2] > found.value[-1]


def test_a_unit_without_a_slope_stays_without_and_changes_nothing() -> None:
    _, estimate, variance = _slopes(30, 1.0, 2)
    alone = pooled(estimate, variance)
    beside = pooled(np.append(estimate, np.nan), np.append(variance, np.nan))
    assert alone is not None and beside is not None and np.isnan(beside.value[-1])
    np.testing.assert_array_equal(alone.value, beside.value[:-1])


def test_nine_units_are_too_few_to_pool() -> None:
    assert pooled(np.arange(9.0), np.ones(9)) is None and pooled(np.arange(10.0), np.ones(10)) is not None


def test_alike_scatter_is_taken_as_one() -> None:
    random = np.random.default_rng(3)
    found = moderated(4.0 * random.chisquare(3, 400) / 3, np.full(400, 3.0))
    assert found is not None and found.prior == pytest.approx(4.0, rel=0.1)
    assert found.prior_df > 50 and np.ptp(found.variance) < 0.35 * found.prior


def test_scatter_that_differs_is_recovered_with_its_degrees_of_freedom() -> None:
    random = np.random.default_rng(4)
    truth = 4.0 * 6 / random.chisquare(6, 3000)
    own = truth * random.chisquare(4, 3000) / 4
    found = moderated(own, np.full(3000, 4.0))
    assert found is not None
    assert found.prior == pytest.approx(4.0, rel=0.1) and found.prior_df == pytest.approx(6.0, rel=0.2)
    np.testing.assert_allclose(found.df, found.prior_df + 4)
    off = np.sqrt(np.mean((np.log(found.variance) - np.log(truth)) ** 2))
    assert off < 0.85 * np.sqrt(np.mean((np.log(own) - np.log(truth)) ** 2))


def test_points_that_rounding_put_on_a_line_do_not_blow_up_the_degrees_of_freedom() -> None:
    random = np.random.default_rng(5)
    own = random.chisquare(3, 200) / 3
    own[:5] = 0.0
    found = moderated(own, np.full(200, 3.0))
    assert found is not None and found.prior_df > 10 and np.all(found.variance > 0)


def test_scatter_of_known_and_of_own_variance_is_learnt_apart() -> None:
    nothing = np.zeros(0)
    fit = Fits(np.ones(40), np.ones(40), np.full(40, 6.0), np.full(40, 3.0), np.full(40, 5.0), nothing)
    is_own = np.arange(40) >= 20
    found = scatter(fit, np.where(is_own, 9.0, 1.0), is_own)
    np.testing.assert_allclose(found.factor, np.where(is_own, 1.0, 2.0))
    np.testing.assert_array_equal(found.df, 20 * 3.0)  # no more than what the twenty of each kind have together


def test_with_too_few_units_the_own_scatter_is_never_taken_as_less_than_chance() -> None:
    fit = Fits(np.ones(2), np.ones(2), np.array([1.0, 6.0]), np.full(2, 2.0), np.full(2, 4.0), np.zeros(0))
    found = scatter(fit, np.ones(2), np.zeros(2, dtype=bool))
    np.testing.assert_array_equal(found.factor, [1.0, 3.0])


def test_the_middle_of_a_line_is_its_weighted_means() -> None:
    codes, x, y = np.array([0, 0, 1, 1]), np.array([1.0, 3.0, 2.0, 4.0]), np.array([5.0, 9.0, 1.0, 3.0])
    found = centres(codes, x, y, np.array([1.0, 3.0, 1.0, 1.0]), 3)
    np.testing.assert_array_equal(found.x, [2.5, 3.0, np.nan])
    np.testing.assert_array_equal(found.y, [8.0, 2.0, np.nan])
    assert found.total[0] == 4.0 and slopes(codes, x, y, np.ones(4), 3).estimate[0] == 2.0


def test_pooled_slopes_lie_nearer_the_truth_than_raw_ones() -> None:
    truth, estimate, variance = _slopes(500, 0.8, 9)
    found = pooled(estimate, variance)
    assert found is not None
    assert np.mean((found.value - truth) ** 2) < 0.5 * np.mean((estimate - truth) ** 2)

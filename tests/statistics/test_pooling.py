"""Slopes and scatter drawn towards the common ones, on figures with a known truth."""

import numpy as np
import pytest

from analysis.statistics.lines import Fits, centres, slopes
from analysis.statistics.pooling import averaged, moderated, pooled, scatter, t_variance
from analysis.statistics.shrinkage import spread_between


def _slopes(units: int, sd: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    variance = random.uniform(0.5, 6.0, units)
    truth = random.normal(1.5, sd, units)
    return truth, random.normal(truth, np.sqrt(variance)), variance


def test_the_common_mean_and_spread_are_paule_mandel() -> None:
    _, estimate, variance = _slopes(40, 1.2, 1)
    found, known = pooled(estimate, variance), spread_between(estimate, variance)
    assert found is not None
    assert (found.spread.variance, found.spread.mean) == (known.variance, known.mean)
    assert found.mean_sd == pytest.approx(np.sqrt(1 / np.sum(1 / (variance + known.variance))))


def test_the_share_that_is_kept_is_morris() -> None:
    _, estimate, variance = _slopes(40, 1.2, 1)
    found = pooled(estimate, variance)
    assert found is not None
    drawn = 37 / 39 * variance / (variance + found.spread.variance)
    np.testing.assert_allclose(found.weight, 1 - drawn, rtol=1e-12)
    np.testing.assert_allclose(found.value, (1 - drawn) * estimate + drawn * found.spread.mean, rtol=1e-12)


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
    assert np.all(np.isinf(found.df))


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


def test_t_variance_is_that_of_the_t_distribution() -> None:
    from scipy.stats import t

    np.testing.assert_allclose(t_variance(np.array([3.0, 7.5, np.inf])), [t(3).var(), t(7.5).var(), 1.0])


@pytest.mark.slow
@pytest.mark.parametrize(("units", "runs"), [(12, 800), (60, 200)])
@pytest.mark.parametrize(("sd", "least", "most"), [(0.0, 0.97, 1.0), (0.7, 0.9, 0.99), (2.0, 0.925, 0.97)])
def test_the_intervals_of_drawn_slopes_cover_the_truth(
    units: int, runs: int, sd: float, least: float, most: float
) -> None:
    inside = []
    for seed in range(runs):
        truth, estimate, variance = _slopes(units, sd, seed)
        found, (value, value_sd, kept) = pooled(estimate, variance), averaged(estimate, variance)
        assert found is not None and np.all((kept > 0) & (kept < 1))
        both = (found.value - truth) / found.sd, (value - truth) / value_sd
        inside.append([np.mean(np.abs(each) < 1.96) for each in both])
    print(f"{units} units, true sd {sd}: coverage of pooled and averaged {np.mean(inside, axis=0).round(3)}")
    assert np.all((np.mean(inside, axis=0) >= least) & (np.mean(inside, axis=0) <= most))


def test_pooled_slopes_lie_nearer_the_truth_than_raw_ones() -> None:
    truth, estimate, variance = _slopes(500, 0.8, 9)
    found = pooled(estimate, variance)
    assert found is not None
    assert np.mean((found.value - truth) ** 2) < 0.5 * np.mean((estimate - truth) ** 2)

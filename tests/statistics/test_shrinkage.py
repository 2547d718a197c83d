"""Shrinkage and the variance between units."""

import numpy as np
import pytest
from scipy.stats import pearsonr
from statsmodels.stats.meta_analysis import combine_effects

from analysis.statistics.shrinkage import (
    between_variance,
    correlation,
    generalised_q,
    reliability,
    spread_between,
)


def _schools(count: int, sd: float, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    variances = 60.0**2 / random.integers(10, 120, count)
    return random.normal(220 + random.normal(0, sd, count), np.sqrt(variances)), variances


def test_the_spread_is_statsmodels_paule_mandel() -> None:
    values, variances = _schools(25, 15)
    known = combine_effects(values, variances, method_re="iterated").tau2
    assert spread_between(values, variances).variance == pytest.approx(known, rel=1e-5)


def test_the_ends_of_the_interval_meet_the_chi_square() -> None:
    values, variances = _schools(25, 15)
    found = spread_between(values, variances)
    assert generalised_q(values, variances, found.low) == pytest.approx(39.36408, abs=1e-3)
    assert generalised_q(values, variances, found.high) == pytest.approx(12.40115, abs=1e-3)


def test_schools_that_are_alike_have_no_spread() -> None:
    found = spread_between(np.full(10, 200.0), np.full(10, 25.0))
    assert found.variance == found.low == found.high == 0


def test_one_school_is_refused() -> None:
    with pytest.raises(ValueError, match="a spread needs two units with variances above zero, got: 1 units"):
        spread_between(np.array([1.0]), np.array([1.0]))


def test_the_spread_without_its_interval_is_the_same_spread() -> None:
    values, variances = _schools(25, 15)
    assert between_variance(values, variances) == spread_between(values, variances).variance


def test_reliability_is_the_share_that_is_not_chance() -> None:
    random = np.random.default_rng(7)
    variances = np.full(2000, 75.0)
    found = reliability(random.normal(0, np.sqrt(225 + 75), 2000), variances)
    assert found.low < 0.75 < found.high and found.value == pytest.approx(0.75, abs=0.03) and found.units == 2000
    assert reliability(random.normal(0, np.sqrt(75), 2000), variances).value < 0.1


def test_the_interval_of_a_correlation_is_scipys() -> None:
    random = np.random.default_rng(3)
    first = random.normal(size=40)
    second = 0.6 * first + random.normal(size=40)
    known = pearsonr(first, second)
    found, ends = correlation(first, second), known.confidence_interval(0.95)
    assert (found.value, found.low, found.high) == pytest.approx((known.statistic, ends.low, ends.high), rel=1e-6)


def test_years_that_do_not_vary_have_no_correlation() -> None:
    assert np.isnan(correlation(np.ones(10), np.arange(10.0)).value)
    assert np.isnan(correlation(np.arange(3.0), np.array([1.0, 0.0, 5.0])).low)

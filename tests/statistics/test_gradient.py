"""Gradients and resilience against statsmodels and made-up pupils."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.gradient import gradient, quarters, resilient_share
from analysis.statistics.refusal import CannotFitError


def test_the_gradient_is_statsmodels() -> None:
    random = np.random.default_rng(4)
    x, schools = random.normal(0, 1, 200), np.repeat(np.arange(20), 10)
    y = 500 + 38 * x + random.normal(0, 80, 200) + random.normal(0, 30, 20)[schools]
    for clusters, cov in ((None, {"cov_type": "HC1"}), (schools, {"cov_type": "cluster"})):
        extra = {} if clusters is None else {"cov_kwds": {"groups": schools}}
        known = sm.OLS(y, sm.add_constant(x)).fit(**cov, **extra)
        found = gradient(y, x, clusters)
        assert (found.slope, found.se) == pytest.approx((known.params[1], known.bse[1]), rel=1e-9)
        assert found.strength == pytest.approx(known.rsquared)
        assert found.strength_low < found.strength < found.strength_high
        assert found.df == (199 if clusters is None else 19)


def test_a_gradient_that_may_be_flat_has_a_strength_from_zero() -> None:
    random = np.random.default_rng(6)
    found = gradient(random.normal(size=80), random.normal(size=80))
    assert found.low < 0 < found.high and found.strength_low == 0


@pytest.mark.slow
def test_the_interval_of_the_strength_covers_the_truth() -> None:
    random, inside = np.random.default_rng(7), []
    for _ in range(1500):
        x = random.normal(size=150)
        found = gradient(0.4 * x + random.normal(0, np.sqrt(0.84), 150), x)
        inside.append(found.strength_low <= 0.16 <= found.strength_high)
    assert 0.93 <= np.mean(inside) <= 0.97


def test_one_in_four_of_the_weak_is_resilient_when_background_decides_nothing() -> None:
    x, y = (each.ravel().astype(float) for each in np.meshgrid(np.arange(40), np.arange(40)))
    top, bottom = quarters(y, x)
    found = resilient_share(y, x, top, bottom)
    assert found.share == 0.25 and found.n == 400 and found.low < 0.25 < found.high


def test_nobody_is_resilient_when_background_decides_everything() -> None:
    x = np.arange(100.0)
    found = resilient_share(x, x, *quarters(x, x))
    assert found.share == 0 and found.high > 0


def test_what_has_no_gradient_is_refused() -> None:
    refused = [
        (lambda: gradient([1.0] * 20, np.arange(20)), "no_variation"),
        (lambda: gradient(np.arange(20.0), np.arange(20)), "no_variation"),
        (lambda: gradient(np.arange(20.0) % 3, [1.0] * 20), "collinear"),
        (lambda: gradient(np.arange(9.0), np.arange(9) % 4), "too_few_pupils"),
        (lambda: resilient_share(np.arange(20.0), np.arange(20.0), 15, 3), "too_few_pupils"),
        (lambda: resilient_share([np.nan] * 20, np.arange(20.0), 15, 3), "missing"),
    ]
    for call, reason in refused:
        with pytest.raises(CannotFitError) as refusal:
            call()
        assert refusal.value.reason == reason

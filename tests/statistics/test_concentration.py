"""Concentration against published child mortality, the convenient regression and resampled pupils."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.concentration import bounded_concentration, concentration, concentration_curve
from analysis.statistics.refusal import CannotFitError


def _pupils(n: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    background = random.integers(1, 8, n).astype(float)
    return np.maximum(random.normal(180 + 10 * background, 50), 0), background


def test_the_index_is_the_slope_of_the_convenient_regression() -> None:
    y, x = _pupils()
    order = np.argsort(np.argsort(x + np.random.default_rng(2).uniform(0, 0.1, len(x))))
    rank = (order + 0.5) / len(y)
    known = sm.OLS(2 * rank.var() * y / y.mean(), sm.add_constant(rank)).fit().params[1]
    assert concentration(y, order).index == pytest.approx(known, rel=1e-9)


def test_mortality_in_five_wealth_groups_is_the_published_one() -> None:
    """India 1982-92 by wealth quintile (World Bank technical note 7): -0.1694."""
    births, deaths = np.array([29939, 28776, 26528, 24689, 19739]), np.array([154.7, 152.9, 119.5, 86.9, 54.3])
    found = concentration(np.repeat(deaths, births), np.repeat(np.arange(5), births))
    assert found.index == pytest.approx(-0.1694, abs=2e-4)


def test_the_standard_error_is_the_published_formula_when_there_are_no_ties() -> None:
    y, _ = _pupils(60)
    x = np.random.default_rng(3).permutation(60)
    sorted_y, n = y[np.argsort(x)], 60
    held = np.cumsum(sorted_y) / y.sum()
    rank, index = (np.arange(n) + 0.5) / n, concentration(y, x).index
    a = sorted_y / y.mean() * (2 * rank - 1 - index) + 2 - held - np.concatenate([[0], held[:-1]])
    assert concentration(y, x).se == pytest.approx(np.sqrt((np.mean(a**2) - (1 + index) ** 2) / n), rel=1e-9)


@pytest.mark.parametrize("bounded", [False, True])
def test_the_standard_error_is_how_much_resampled_pupils_vary(bounded: bool) -> None:
    y, x = _pupils()
    y = np.minimum(y, 340)
    measured = (lambda a, b: bounded_concentration(a, b, 0, 340)) if bounded else concentration
    random = np.random.default_rng(4)
    picks = random.integers(0, len(y), (600, len(y)))
    again = [measured(y[pick], x[pick]).index for pick in picks]
    assert measured(y, x).se == pytest.approx(np.std(again), rel=0.1)


def test_failing_mirrors_passing_when_bounded_and_not_otherwise() -> None:
    y, x = _pupils()
    passed = (y > 180).astype(float)
    one, other = bounded_concentration(passed, x, 0, 1), bounded_concentration(1 - passed, x, 0, 1)
    assert other.index == pytest.approx(-one.index) and other.se == pytest.approx(one.se)
    assert concentration(1 - passed, x).index != pytest.approx(-concentration(passed, x).index)


def test_the_index_is_twice_the_area_between_the_curve_and_equality() -> None:
    y, x = _pupils()
    shares, held = concentration_curve(y, x)
    assert concentration(y, x).index == pytest.approx(1 - 2 * np.trapezoid(held, shares), rel=1e-9)
    assert (shares[0], held[0]) == (0, 0) and (shares[-1], held[-1]) == pytest.approx((1, 1))


def test_order_doubling_and_the_scale_of_background_do_not_matter() -> None:
    y, x = _pupils()
    found, order = concentration(y, x), np.random.default_rng(5).permutation(len(y))
    assert concentration(y[order], x[order]).index == pytest.approx(found.index)
    assert concentration(np.tile(y, 2), np.tile(x, 2)).index == pytest.approx(found.index)
    assert concentration(3 * y, np.exp(x)).index == pytest.approx(found.index)
    assert concentration(y, -x).index == pytest.approx(-found.index)


@pytest.mark.parametrize(
    ("y", "x", "reason"),
    [
        ([1.0] * 9, list(range(9)), "too_few_pupils"),
        ([1.0] * 10, [3] * 10, "no_variation"),
        ([0.0] * 10, list(range(10)), "out_of_range"),
        ([-1.0] + [1.0] * 9, list(range(10)), "out_of_range"),
        ([np.nan] + [1.0] * 9, list(range(10)), "missing"),
    ],
)
def test_what_has_no_concentration_is_refused(y: list, x: list, reason: str) -> None:
    with pytest.raises(CannotFitError) as refusal:
        concentration(y, x)
    assert refusal.value.reason == reason


def test_a_result_outside_its_ends_is_refused() -> None:
    with pytest.raises(CannotFitError, match="results must lie between 0 and 1"):
        bounded_concentration([2.0] * 10, list(range(10)), 0, 1)

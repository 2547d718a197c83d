"""Funnels against binomial tails, and against units that differ by chance alone."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from analysis.statistics.funnel import dispersion, mean_limits, places, share_limits, without_self
from analysis.statistics.refusal import CannotFitError

REFERENCE = Path(__file__).parents[1] / "reference" / "funnel" / "limits.txt"


@pytest.mark.parametrize("row", REFERENCE.read_text("utf-8").splitlines()[1:])
def test_limits_are_those_of_an_independent_calculation(row: str) -> None:
    kind, *numbers = row.split()
    target, n, tau2, *known = (float(number) for number in numbers)
    found = mean_limits(target, n, 60.0, tau2) if kind == "mean" else share_limits(target, n, tau2)
    ends = [float(end) for end in (found.low95, found.high95, found.low998, found.high998)]
    assert ends == pytest.approx(known, abs=1e-8)


def test_limits_of_means_are_normal_quantiles() -> None:
    found = mean_limits(220.0, [25.0, 100.0], 60.0)
    np.testing.assert_allclose(found.high95 - 220, 1.959964 * np.array([12, 6]), rtol=1e-6)
    np.testing.assert_allclose(220 - found.low998, 3.090232 * np.array([12, 6]), rtol=1e-6)


@pytest.mark.parametrize("target", [0.03, 0.3, 0.5, 0.86])
def test_no_share_alarms_more_often_than_stated(target: float) -> None:
    for n in (5, 10, 23, 60, 150):
        limits, counts = share_limits(target, float(n)), np.arange(n + 1)
        place = places(counts / n, limits)
        chance = binom.pmf(counts, n, target)
        for side in (1, -1):
            assert chance[place * side >= 1].sum() <= 0.025
            assert chance[place * side >= 2].sum() <= 0.001
            assert chance[place * side >= 1].sum() + chance[place == 0].max() > 0.025


def test_the_limits_lie_between_the_counts_of_the_tail() -> None:
    """P(R ≤ 1) = 11/1024 and P(R ≤ 2) = 56/1024 for ten tosses: the limit lies between 1 and 2."""
    known = (2 - (56 / 1024 - 0.025) / (45 / 1024)) / 10
    assert float(share_limits(0.5, 10.0).low95) == pytest.approx(known, rel=1e-9)


def test_failing_is_passing_turned_round() -> None:
    passing, failing = share_limits(0.85, [10.0, 57.0]), share_limits(0.15, [10.0, 57.0])
    np.testing.assert_allclose(passing.low95, 1 - failing.high95, atol=1e-12)
    np.testing.assert_allclose(passing.high998, 1 - failing.low998, atol=1e-12)


def test_many_pupils_make_the_binomial_limits_normal() -> None:
    found, known = share_limits(0.3, 40000.0), mean_limits(0.3, 40000.0, np.sqrt(0.21))
    assert float(found.low95) == pytest.approx(float(known.low95), abs=1e-4)
    assert float(found.high998) == pytest.approx(float(known.high998), abs=1e-4)


def test_a_share_of_an_overdispersed_indicator_stays_between_none_and_all() -> None:
    found = share_limits(0.95, 12.0, tau2=0.01)
    assert float(found.high95) == 1.0 and 0 < float(found.low998) < float(found.low95)
    assert float(found.low95) < float(share_limits(0.95, 12.0).low95)


def test_a_little_overdispersion_moves_the_exact_limits_a_little() -> None:
    n = np.array([15.0, 40.0, 200.0])
    exact, near = share_limits([0.7] * 3, n), share_limits([0.7] * 3, n, tau2=1e-7)
    np.testing.assert_allclose(near.low95, exact.low95, atol=0.025)
    np.testing.assert_allclose(near.high95, exact.high95, atol=0.025)


def test_only_the_units_that_are_overdispersed_are_given_wider_limits() -> None:
    found = share_limits([0.7, 0.7], [40.0, 40.0], tau2=[0.0, 0.01])
    assert found.low95[0] == share_limits(0.7, 40.0).low95 and found.low95[1] < found.low95[0]


def test_units_of_very_different_size_do_not_hide_how_much_units_differ() -> None:
    random, found = np.random.default_rng(7), []
    for _ in range(40):
        variances = 3600 / random.integers(5, 121, 500)
        values = 220 + random.normal(0, 18, 500) + random.normal(0, np.sqrt(variances))
        found.append(dispersion(values, 220.0, variances).tau2)
    assert np.mean(found) == pytest.approx(18**2, rel=0.03)


def test_the_others_are_all_but_the_unit_itself() -> None:
    values, weights, variances = np.array([1.0, 5, 9]), np.array([2.0, 1, 1]), np.array([4.0, 2, 6])
    found = without_self(values, weights, variances)
    assert found.mean.tolist() == [7.0, 11 / 3, 7 / 3]
    assert found.variance[0] == pytest.approx((2 + 6) / 4)
    with pytest.raises(CannotFitError, match="two units"):
        without_self([1.0], [1.0], [1.0])


def test_a_place_is_a_place_and_not_a_rank() -> None:
    limits = mean_limits(np.full(5, 100.0), np.full(5, 25.0), 50.0)
    assert places([60.0, 75.0, 100.0, 125.0, 140.0], limits).tolist() == [-2, -1, 0, 1, 2]
    assert places([limits.high95[0]] + [100.0] * 4, limits).tolist() == [0] * 5


def test_units_twice_as_far_apart_as_chance_are_overdispersed() -> None:
    random = np.random.default_rng(1)
    variances = random.uniform(4, 30, 4000)
    values = 50 + random.normal(0, 3, 4000) + random.normal(0, np.sqrt(variances))
    for winsorised in (0.0, 0.1):
        found = dispersion(values, 50.0, variances, winsorised)
        assert found.tau2 == pytest.approx(9, rel=0.15) and found.is_certain


def test_chance_alone_is_not_overdispersed() -> None:
    values = np.random.default_rng(2).normal(50, 4, 4000)
    found = dispersion(values, 50.0, np.full(4000, 16.0))
    assert found.ratio == pytest.approx(1, abs=0.06) and found.tau2 < 1
    assert found.phi == pytest.approx(0.679, abs=0.04)


def test_a_few_wild_units_do_not_widen_the_funnel() -> None:
    random = np.random.default_rng(3)
    values = random.normal(50, 4, 100)
    values[:5] = 120
    variances = np.full(100, 16.0)
    assert dispersion(values, 50.0, variances).tau2 < 0.05 * dispersion(values, 50.0, variances, 0.0).tau2


def test_the_order_of_units_and_a_shift_do_not_matter() -> None:
    random = np.random.default_rng(4)
    values, variances = random.normal(0, 3, 40), random.uniform(2, 9, 40)
    order = random.permutation(40)
    known = dispersion(values, 0.0, variances)
    for found in (dispersion(values[order], 0.0, variances[order]), dispersion(values + 9, 9.0, variances)):
        assert (found.phi, found.tau2) == pytest.approx((known.phi, known.tau2))


def test_what_cannot_be_placed_is_refused() -> None:
    with pytest.raises(CannotFitError, match="1 units have no value to place"):
        places([1.0, np.nan], mean_limits([0.0, 0.0], [9.0, 9.0], 1.0))
    with pytest.raises(CannotFitError, match="at least 10 units, got: 9"):
        dispersion([1.0] * 9, 0.0, [1.0] * 9)
    with pytest.raises(CannotFitError, match="variance above zero"):
        dispersion([1.0] * 10, 0.0, [0.0] * 10)
    with pytest.raises(ValueError, match="half of the units"):
        dispersion([1.0] * 10, 0.0, [1.0] * 10, winsorised=0.5)
    for target, n in ((1.0, 10.0), (0.5, 10.5), (0.5, 0.0)):
        with pytest.raises(ValueError, match="target between 0 and 1 and whole numbers"):
            share_limits(target, n)


@pytest.mark.slow
def test_stable_units_fall_outside_at_most_one_time_in_twenty() -> None:
    random = np.random.default_rng(5)
    n = random.integers(5, 121, 100_000)
    counts = random.binomial(n, 0.8)
    shares = np.abs(places(counts / n, share_limits(np.full(len(n), 0.8), n)))
    means = np.abs(places(random.normal(220, 60 / np.sqrt(n)), mean_limits(np.full(len(n), 220.0), n, 60.0)))
    for found in (shares, means):
        assert np.mean(found >= 1) <= 0.052 and np.mean(found >= 2) <= 0.0024


@pytest.mark.slow
def test_overdispersed_units_fall_outside_no_more_often_when_the_funnel_is_widened() -> None:
    random, outside, narrow = np.random.default_rng(6), [], []
    for _ in range(300):
        n = random.integers(10, 121, 200).astype(float)
        values = random.normal(220, np.sqrt(100 + 3600 / n))
        spread = dispersion(values, 220.0, 3600 / n)
        outside.append(np.mean(places(values, mean_limits(np.full(200, 220.0), n, 60.0, spread.tau2)) != 0))
        narrow.append(np.mean(places(values, mean_limits(np.full(200, 220.0), n, 60.0)) != 0))
    assert np.mean(outside) <= 0.055 and np.mean(narrow) > 0.2

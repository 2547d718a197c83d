"""Changes of level of many units at once: against one unit at a time, by simulation, and on stable units."""

import numpy as np
import pytest
from statsmodels.datasets import nile

from analysis.statistics.change_point import _under_no_change, change_point
from analysis.statistics.step_changes import _both, _bound, step_changes


def _table(units: int, years: int, seed: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    variance = 3600 / random.uniform(5, 120, (units, years))
    y = random.normal(220, np.sqrt(variance))
    codes = np.repeat(np.arange(units), years)
    return codes, np.tile(np.arange(2010.0, 2010 + years), units), y.ravel(), variance.ravel()


def test_each_unit_is_the_single_series() -> None:
    codes, x, y, variance = _table(6, 11, 1)
    found = step_changes(codes, x, y, variance, 7)
    for unit in range(6):
        mine = codes == unit
        known = change_point(x[mine], y[mine], 1 / variance[mine])
        assert found.sup_f[unit] == pytest.approx(known.sup_f, rel=1e-9)
        assert found.first_after[unit] == known.first_after
        assert found.size[unit] == pytest.approx(known.after - known.before, rel=1e-9)
        assert found.p_value[unit] == pytest.approx(known.p_value, abs=0.025) or known.p_value > 0.2
    assert np.isnan(found.p_value[6])


def test_the_nile_is_found_among_others() -> None:
    data = nile.load_pandas().data
    year, volume = data["year"].to_numpy(float), data["volume"].to_numpy(float)
    codes = np.concatenate([np.zeros(100, dtype=int), np.ones(7, dtype=int)])
    x, y = np.concatenate([year, np.arange(7.0)]), np.concatenate([volume, np.arange(7.0)])
    order = np.random.default_rng(2).permutation(107)
    found = step_changes(codes[order], x[order], y[order], np.ones(107), 2)
    assert found.first_after[0] == 1899 and found.sup_f[0] == pytest.approx(75.92977, abs=1e-5)
    assert found.p_value[0] < 1e-6 and np.isnan(found.sup_f[1])


def test_a_weighted_series_is_the_reference() -> None:
    """tests/reference/change_point/weighted.R: sup-F, its place, and its p-value by a million simulations."""
    y = np.array([48.2, 50.1, 49.5, 47.9, 50.3, 53.8, 52.9, 54.4, 53.1, 55.0, 52.7])
    weights = np.array([1.2, 0.4, 2.0, 1.1, 0.8, 0.5, 1.9, 1.4, 0.7, 2.2, 1.0])
    found = step_changes(np.zeros(11, dtype=int), np.arange(1.0, 12.0), y, 1 / weights, 1)
    assert found.sup_f[0] == pytest.approx(58.7052577, abs=1e-6) and found.first_after[0] == 6
    assert 0.00023 - 3e-5 < found.p_value[0] < 0.00023 * 1.25


@pytest.mark.parametrize("years", [8, 10, 12])
def test_the_bound_is_never_below_the_simulated_p_value_and_close_to_it(years: int) -> None:
    levels = np.array([0.2, 0.1, 0.05, 0.01])
    f = np.quantile(_under_no_change((1.0,) * years, False, 0.15), 1 - levels)
    counted = np.arange(2, years - 1)
    alike = np.sqrt(counted[:-1] * (years - counted[1:]) / (counted[1:] * (years - counted[:-1])))
    found = _bound(f, np.full(4, years - 2.0), np.full(4, len(counted)), np.tile(alike, (4, 1)))
    simulation_error = 2.5 * np.sqrt(levels * (1 - levels) / 9999)
    assert np.all(found >= levels - simulation_error) and np.all(found <= 1.2 * levels + simulation_error)


@pytest.mark.parametrize("df", [6.0, 10.0, np.inf])
def test_the_probability_that_two_neighbours_both_exceed_is_the_simulated_one(df: float) -> None:
    random, f, cosine = np.random.default_rng(3), 4.0, 0.8
    if np.isinf(df):
        first, other = random.normal(size=(2, 400_000))
        scatter = np.ones(400_000)
    else:
        draws = random.normal(size=(400_000, int(df) + 1))
        first, other = draws[:, 0], draws[:, 1]
        scatter = np.sum(draws**2, axis=1)
    second = cosine * first + np.sqrt(1 - cosine**2) * other

    def exceeds(projection: np.ndarray) -> np.ndarray:
        square = projection**2
        return square > f if np.isinf(df) else square / ((scatter - square) / df) > f

    known = np.mean(exceeds(first) & exceeds(second))
    found = _both(np.array([f]), np.array([df]), np.array([[cosine]]))[0, 0]
    assert found == pytest.approx(known, abs=4 * np.sqrt(known / 400_000))


def test_a_known_variance_makes_a_lucky_calm_series_no_surer() -> None:
    y = np.array([50.0, 50.1, 49.9, 50.0, 50.6, 50.5, 50.7, 50.6])
    codes, x = np.zeros(8, dtype=int), np.arange(8.0)
    own, known = (step_changes(codes, x, y, np.full(8, 4.0), 1, is_known) for is_known in (False, True))
    assert own.p_value[0] < 0.01 and known.p_value[0] > 0.3


def test_figures_on_two_exact_levels_are_not_certain_beyond_rounding() -> None:
    y = np.array([50.0, 50, 50, 50, 51, 51, 51, 51])
    found = step_changes(np.zeros(8, dtype=int), np.arange(8.0), y, np.ones(8), 1, floor=1 / 12)
    assert np.isfinite(found.sup_f[0]) and found.p_value[0] > 1e-6


def test_order_and_other_units_do_not_matter() -> None:
    codes, x, y, variance = _table(5, 9, 4)
    order = np.random.default_rng(5).permutation(len(codes))
    one, other = (
        step_changes(codes, x, y, variance, 5),
        step_changes(*(each[order] for each in (codes, x, y, variance)), 5),
    )
    np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-9)
    alone = step_changes(codes[:9], x[:9], y[:9], variance[:9], 1)
    assert alone.p_value[0] == pytest.approx(one.p_value[0], rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("years", [8, 12])
def test_stable_units_of_unequal_weights_are_flagged_at_most_one_time_in_twenty(years: int, is_known: bool) -> None:
    found = step_changes(*_table(20_000, years, 6), 20_000, is_known)
    flagged = np.mean(found.p_value < 0.05)
    print(f"{years} years, known variance {is_known}: {flagged:.4f} of stable units flagged")
    assert flagged <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 20_000)
    if not is_known:
        assert flagged >= 0.04


@pytest.mark.slow
def test_a_real_step_is_found_in_its_year() -> None:
    codes, x, y, variance = _table(1000, 12, 7)
    raised = y + 25.0 * (x >= 2016)
    found = step_changes(codes, x, raised, variance, 1000, True)
    certain = found.p_value < 0.05
    print(f"a step of 25 points is found in {certain.mean():.2f} of the units")
    assert certain.mean() > 0.6
    assert np.mean(np.abs(found.first_after[certain] - 2016) <= 1) > 0.85

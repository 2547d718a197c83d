"""Lines and means of many units against statsmodels, one unit at a time."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.lines import means, slopes


def _points() -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(7)
    codes = np.repeat(np.arange(4), [3, 5, 8, 12])
    x = np.concatenate([np.arange(size) for size in (3, 5, 8, 12)]).astype(float)
    return codes, x, random.normal(200 + 3 * x, 10), random.uniform(0.2, 2, len(x))


def test_slopes_equal_weighted_least_squares() -> None:
    codes, x, y, weights = _points()
    found = slopes(codes, x, y, weights, 4)
    for unit in range(4):
        mine = codes == unit
        known = sm.WLS(y[mine], sm.add_constant(x[mine]), weights=weights[mine]).fit()
        assert found.estimate[unit] == pytest.approx(known.params[1], rel=1e-10)
        assert found.dispersion()[unit] == pytest.approx(known.scale, rel=1e-9)
        assert np.sqrt(found.variance * found.dispersion())[unit] == pytest.approx(known.bse[1], rel=1e-9)


def test_means_equal_weighted_means() -> None:
    codes, _, y, weights = _points()
    found = means(codes, y, weights, 4)
    for unit in range(4):
        mine = codes == unit
        known = sm.WLS(y[mine], np.ones(mine.sum()), weights=weights[mine]).fit()
        assert found.estimate[unit] == pytest.approx(known.params[0], rel=1e-12)
        assert np.sqrt(found.variance * found.dispersion())[unit] == pytest.approx(known.bse[0], rel=1e-9)


def test_a_unit_without_points_has_no_line() -> None:
    codes, x, y, weights = _points()
    found = slopes(codes, x, y, weights, 5)
    assert np.isnan(found.estimate[4]) and found.years[4] == 0


def test_the_order_of_points_does_not_matter() -> None:
    codes, x, y, weights = _points()
    order = np.random.default_rng(1).permutation(len(x))
    mixed = slopes(codes[order], x[order], y[order], weights[order], 4)
    np.testing.assert_allclose(mixed.estimate, slopes(codes, x, y, weights, 4).estimate, rtol=1e-10)

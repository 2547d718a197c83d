"""Regression with clusters against statsmodels and against leaving each cluster out by hand."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import calibrated, huber_weights, regression


def _schools() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(11)
    clusters = np.repeat(np.arange(40), random.integers(1, 6, 40))
    size = len(clusters)
    design = np.column_stack([np.ones(size), random.normal(50, 10, size), random.uniform(0, 40, size)])
    y = design @ [100, 1.4, 0.2] + random.normal(0, 12, 40)[clusters] + random.normal(0, 8, size)
    return design, y, clusters, random.integers(10, 120, size).astype(float)


@pytest.mark.parametrize("weighted", [False, True])
def test_coefficients_errors_and_r2_are_statsmodels(weighted: bool) -> None:
    design, y, clusters, pupils = _schools()
    found = regression(design, y, clusters, pupils if weighted else None)
    model = sm.WLS(y, design, weights=pupils) if weighted else sm.OLS(y, design)
    known = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    np.testing.assert_allclose(found.coefficients, known.params, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), known.bse, rtol=1e-9)
    assert found.r2 == pytest.approx(known.rsquared, rel=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
def test_leaving_a_school_out_equals_fitting_without_it(weighted: bool) -> None:
    design, y, clusters, pupils = _schools()
    found = regression(design, y, clusters, pupils if weighted else None)
    weights = pupils if weighted else np.ones(len(y))
    for school in range(40):
        mine = clusters == school
        rest = sm.WLS(y[~mine], design[~mine], weights=weights[~mine]).fit()
        np.testing.assert_allclose(found.left_out[mine], y[mine] - design[mine] @ rest.params, rtol=1e-8, atol=1e-8)


def test_the_order_of_rows_does_not_matter() -> None:
    design, y, clusters, _ = _schools()
    order = np.random.default_rng(2).permutation(len(y))
    found, mixed = regression(design, y, clusters), regression(design[order], y[order], clusters[order])
    np.testing.assert_allclose(mixed.coefficients, found.coefficients, rtol=1e-9)
    np.testing.assert_allclose(mixed.left_out, found.left_out[order], rtol=1e-7)


def test_a_school_that_alone_carries_a_column_has_no_prediction() -> None:
    design, y, clusters, _ = _schools()
    alone = np.column_stack([design, (clusters == 3).astype(float)])
    found = regression(alone, y, clusters)
    assert np.isnan(found.left_out[clusters == 3]).all() and np.isfinite(found.left_out[clusters != 3]).all()


def test_collinear_columns_are_refused() -> None:
    design, y, clusters, _ = _schools()
    with pytest.raises(CannotFitError, match="collinear"):
        regression(np.column_stack([design, 100 - design[:, 1]]), y, clusters)


def test_a_row_without_weight_is_predicted_but_takes_no_part() -> None:
    design, y, clusters, _ = _schools()
    absent = np.arange(len(y)) % 7 == 0
    found = regression(design, y, clusters, np.where(absent, 0.0, 1.0))
    rest = sm.OLS(y[~absent], design[~absent]).fit(cov_type="cluster", cov_kwds={"groups": clusters[~absent]})
    np.testing.assert_allclose(found.coefficients, rest.params, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), rest.bse, rtol=1e-9)
    assert found.n == int((~absent).sum()) and found.clusters == len(np.unique(clusters[~absent]))
    row = int(np.flatnonzero(absent)[0])
    others = ~absent & (clusters != clusters[row])
    without = sm.OLS(y[others], design[others]).fit()
    assert found.left_out[row] == pytest.approx(y[row] - design[row] @ without.params, rel=1e-8)


def test_the_variance_of_an_expected_value_is_statsmodels() -> None:
    design, y, clusters, _ = _schools()
    known = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    expected = known.get_prediction(design[:5]).se_mean ** 2
    np.testing.assert_allclose(regression(design, y, clusters).prediction_variance(design[:5]), expected, rtol=1e-9)


def test_huber_is_statsmodels_on_schools_with_outliers() -> None:
    design, y, clusters, _ = _schools()
    y = y.copy()
    y[::17] += 150
    found = regression(design, y, clusters, huber_weights(design, y))
    model = sm.RLM(y, design, M=sm.robust.norms.HuberT(1.345))
    known = model.fit(scale_est="mad", tol=1e-12, maxiter=200)
    np.testing.assert_allclose(found.coefficients, known.params, rtol=1e-5)
    without = np.arange(len(y)) % 17 != 0
    right = regression(design[without], y[without], clusters[without]).coefficients
    plain = regression(design, y, clusters).coefficients
    across = design.mean(axis=0)
    assert abs(across @ (found.coefficients - right)) < abs(across @ (plain - right)) / 2


def test_schools_on_the_line_have_no_scale_for_huber() -> None:
    design, _, _, _ = _schools()
    with pytest.raises(CannotFitError, match="lie on the line"):
        huber_weights(design, design @ [100, 1, 0])


def _shares(seed: int, size: int = 4000) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    exact = np.column_stack([np.ones(size), (np.arange(size) % 2).astype(float)])
    true = random.multivariate_normal([60, 30], [[100, -40], [-40, 64]], size) + 5 * exact[:, [1]]
    error = np.column_stack([random.uniform(5, 80, size), random.uniform(5, 80, size)])
    observed = true + random.normal(0, 1, true.shape) * np.sqrt(error)
    return true, error, observed, exact


def test_calibrated_shares_give_back_the_slopes_that_chance_had_flattened() -> None:
    true, error, observed, exact = _shares(3)
    y = true @ [1.4, -0.5] + np.random.default_rng(4).normal(0, 5, len(true))
    found = calibrated(observed, error, exact)
    codes = np.arange(len(y))
    flat = regression(np.column_stack([exact, observed]), y, codes).coefficients[2:]
    mended = regression(np.column_stack([exact, found.values]), y, codes).coefficients[2:]
    np.testing.assert_allclose(mended, [1.4, -0.5], atol=0.06)
    assert flat[0] < 1.15
    np.testing.assert_allclose(found.reliability, [100 / 142.5, 64 / 106.5], atol=0.03)


def test_shares_known_for_certain_stay_as_they_are() -> None:
    _, _, observed, exact = _shares(5, 200)
    found = calibrated(observed, np.zeros_like(observed), exact)
    np.testing.assert_allclose(found.values, observed, rtol=1e-9)
    np.testing.assert_allclose(found.reliability, 1.0)


def test_one_share_is_calibrated_by_hand() -> None:
    observed = np.array([[10.0], [20.0], [30.0], [40.0]])  # mean 25, variance 500/3
    found = calibrated(observed, np.full((4, 1), 500 / 6), np.ones((4, 1)))
    np.testing.assert_allclose(found.values[:, 0], 25 + 0.5 * (observed[:, 0] - 25))
    assert found.reliability[0] == pytest.approx(0.5)


def test_shares_with_nothing_but_chance_in_them_are_refused() -> None:
    random = np.random.default_rng(6)
    observed = random.normal(50, 1, (100, 1))
    with pytest.raises(CannotFitError, match="no more between units than chance"):
        calibrated(observed, np.full((100, 1), 4.0), np.ones((100, 1)))

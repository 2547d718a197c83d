"""Regression with clusters against statsmodels and against leaving each cluster out by hand."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.refusal import CannotFitError
from analysis.statistics.regression import regression


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

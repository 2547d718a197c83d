"""Regression, robust errors and the noise of cohorts against two other sources."""

import numpy as np
import pytest
import statsmodels.api as sm
from linearmodels.iv import IV2SLS
from scipy import optimize, special, stats

from analysis.statistics.gradient import gradient
from analysis.statistics.noise import pooled_noise
from analysis.statistics.pooling import moderated
from analysis.statistics.regression import calibrated, huber_weights, regression
from analysis.statistics.seda import separation
from analysis.statistics.shrinkage import correlation


def _schools_over_years(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(30), random.integers(2, 6, 30))
    design = np.column_stack(
        [np.ones(len(clusters)), random.normal(55, 10, len(clusters)), random.random(len(clusters))]
    )
    y = design @ [150, 1.2, 8] + random.normal(0, 8, 30)[clusters] + random.normal(0, 5, len(clusters))
    return design, y, clusters, random.integers(15, 90, len(clusters)).astype(float)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_errors_by_cluster_are_those_of_both_libraries(is_weighted: bool) -> None:
    design, y, clusters, pupils = _schools_over_years()
    weights = pupils if is_weighted else None
    found = regression(design, y, clusters, weights)
    one = sm.WLS(y, design, weights=pupils if is_weighted else 1.0)
    one = one.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    other = IV2SLS(y, design, None, None, weights=weights)
    other = other.fit(cov_type="clustered", clusters=clusters, debiased=True)
    np.testing.assert_allclose(found.coefficients, other.params, rtol=1e-9)
    np.testing.assert_allclose(found.covariance, one.cov_params(), rtol=1e-8)
    np.testing.assert_allclose(found.covariance, other.cov, rtol=1e-8)
    assert found.r2 == pytest.approx(one.rsquared, rel=1e-10) == pytest.approx(other.rsquared, rel=1e-10)


def test_a_gradient_is_that_of_three_libraries() -> None:
    design, y, _, _ = _schools_over_years(2)
    found, known = gradient(y, design[:, 1]), stats.linregress(design[:, 1], y)
    robust = IV2SLS(y, design[:, :2], None, None).fit(cov_type="robust", debiased=True)
    assert (found.slope, found.strength) == pytest.approx((known.slope, known.rvalue**2), rel=1e-9)
    assert found.se == pytest.approx(robust.std_errors.iloc[1], rel=1e-9)
    assert found.se == pytest.approx(sm.OLS(y, design[:, :2]).fit(cov_type="HC1").bse[1], rel=1e-9)


def test_hubers_weights_put_the_line_where_scipy_minimises_hubers_loss() -> None:
    design, y, _, _ = _schools_over_years(3)
    y = y + 120 * (np.arange(len(y)) % 13 == 0)
    weights = huber_weights(design, y)
    line = sm.WLS(y, design, weights=weights).fit().params
    scale = 1.4826 * np.median(np.abs(y - design @ line))
    centre, unit = design.mean(axis=0) * [0, 1, 1], design.std(axis=0) + np.eye(3)[0]

    def loss(turned: np.ndarray) -> float:
        return float(special.huber(1.345, (y - (design - centre) / unit @ turned) / scale).sum())

    start = np.linalg.lstsq((design - centre) / unit, y, rcond=None)[0]
    best = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-6}).x / unit
    np.testing.assert_allclose(line[1:], best[1:], rtol=2e-4)
    known = sm.RLM(y, design, M=sm.robust.norms.HuberT(1.345)).fit(scale_est="mad", tol=1e-10, maxiter=500)
    np.testing.assert_allclose(line, known.params, rtol=1e-5)


def test_calibrated_columns_are_conditional_expectations_of_a_normal_distribution() -> None:
    random = np.random.default_rng(4)
    truth = random.multivariate_normal([0, 0], [[4, 1], [1, 2]], 200)
    error = random.uniform(0.2, 1.5, (200, 2))
    observed = truth + random.normal(size=(200, 2)) * np.sqrt(error)
    found = calibrated(observed, error, np.ones((200, 1)))
    spread = np.cov(observed, rowvar=False) - np.diag(error.mean(axis=0))
    for row in (0, 57):
        joint = stats.multivariate_normal(observed[row], np.diag(error[row]))
        prior = stats.multivariate_normal(observed.mean(axis=0), spread)
        best = optimize.minimize(lambda x: -joint.logpdf(x) - prior.logpdf(x), observed[row], options={"gtol": 1e-8})  # noqa: B023
        np.testing.assert_allclose(found.values[row], best.x, atol=1e-5)
    np.testing.assert_allclose(found.reliability, np.diag(spread) / observed.var(axis=0, ddof=1), rtol=1e-10)


def test_moderated_variances_are_scaled_f_with_the_seen_mean_and_variance_of_logs() -> None:
    random = np.random.default_rng(11)
    own = 9.0 * stats.f(4, 6).rvs(200, random_state=random)
    found = moderated(np.maximum(own, 1.0), np.full(200, 4.0))
    assert found is not None
    logs = np.log(np.maximum(own, 1.0))
    drawn = stats.f(4, found.prior_df)
    mean, square = drawn.expect(np.log), drawn.expect(lambda x: np.log(x) ** 2)
    assert np.log(found.prior) + mean == pytest.approx(logs.mean(), abs=1e-5)
    assert square - mean**2 == pytest.approx(logs.var(ddof=1), rel=1e-4)


def test_the_noise_of_cohorts_meets_its_moments_in_full_matrices() -> None:
    random = np.random.default_rng(12)
    codes, x = np.repeat(np.arange(20), 6), np.tile(np.arange(6.0), 20)
    n = random.integers(15, 90, 120).astype(float)
    y = random.normal(200, 10, 20)[codes] + random.normal(0, np.sqrt(4 + 3600 / n))
    found = pooled_noise(codes, x, y, n, 20)
    assert found is not None
    seen, foreseen = np.zeros(2), np.zeros(2)
    for school in range(20):
        mine = codes == school
        fit = sm.WLS(y[mine], sm.add_constant(x[mine]), weights=n[mine]).fit()
        maker = np.eye(6) - fit.model.exog @ fit.model.pinv_wexog @ np.diag(np.sqrt(n[mine]))
        spread = maker @ np.diag(found.variance(n[mine])) @ maker.T
        for power in (1, 2):
            seen[power - 1] += np.sum(n[mine] ** power * fit.resid**2)
            foreseen[power - 1] += np.sum(n[mine] ** power * np.diag(spread))
    np.testing.assert_allclose(foreseen, seen, rtol=1e-8)


def test_a_correlation_has_scipys_interval_and_statsmodels_strength() -> None:
    random = np.random.default_rng(13)
    first = random.normal(size=25)
    second = 0.6 * first + random.normal(size=25)
    found, known = correlation(first, second), stats.pearsonr(first, second)
    ends = known.confidence_interval()
    assert (found.value, found.low, found.high) == pytest.approx((known.statistic, ends.low, ends.high), rel=1e-9)
    assert found.value**2 == pytest.approx(sm.OLS(second, sm.add_constant(first)).fit().rsquared, rel=1e-10)


def test_a_schools_own_level_growth_and_trend_are_those_of_scipys_curve_fit() -> None:
    random = np.random.default_rng(14)
    codes = np.repeat(np.arange(12), 10)
    grade, year = np.tile(np.repeat([8.0, 9.0], 5), 12), np.tile(np.tile(np.arange(5.0), 2), 12)
    cohort, variance = year - grade, random.uniform(0.5, 2, 120)
    y = 50 + random.normal(0, 3, 12)[codes] + 4 * (grade - 8) + 0.3 * year + random.normal(0, np.sqrt(variance) * 1.4)
    found = separation(codes, grade, cohort, y, variance, 12)
    total = variance + found.cell_sd**2
    design = np.column_stack([np.ones(120), grade - grade.mean(), cohort - cohort.mean()])
    squares = 0.0
    for school in range(12):
        mine = codes == school
        known, covariance = optimize.curve_fit(
            lambda rows, a, b, c: rows @ [a, b, c],
            design[mine],
            y[mine],
            sigma=np.sqrt(total[mine]),
            absolute_sigma=True,
            jac=lambda rows, a, b, c: rows,
        )
        fit = sm.WLS(y[mine], design[mine], weights=1 / total[mine]).fit()
        squares += fit.ssr
        np.testing.assert_allclose(found.raw[school], fit.params, rtol=1e-7)
        np.testing.assert_allclose(found.raw[school], known, rtol=1e-5)
        np.testing.assert_allclose(found.raw_se[school], np.sqrt(np.diag(covariance)), rtol=1e-5)
    assert found.cell_sd > 0 and squares == pytest.approx(120 - 36, rel=1e-6)

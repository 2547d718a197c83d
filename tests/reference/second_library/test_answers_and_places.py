"""Answers, funnels and neighbours against two other sources."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import integrate, optimize, stats
from scipy.spatial import distance
from statsmodels.multivariate.factor import Factor
from statsmodels.stats.proportion import proportion_confint

from analysis.statistics.funnel import dispersion, without_self
from analysis.statistics.gradient import resilient_share
from analysis.statistics.neighbours import nearest_rows
from analysis.statistics.reliability import alpha, omega
from analysis.statistics.survey import distribution


def _answers(seed: int = 6) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(size=(60, 1)) * [0.6, 0.9, 0.7, 1.1] + random.normal(size=(60, 4))


def test_alpha_is_hoyts_analysis_of_variance_in_both_libraries() -> None:
    rows = _answers()
    n, items = rows.shape
    frame = pd.DataFrame({"y": rows.ravel(), "who": np.repeat(np.arange(n), items), "what": np.tile(range(items), n)})
    table = sm.stats.anova_lm(smf.ols("y ~ C(who) + C(what)", frame).fit())
    squares = table["mean_sq"]
    found = alpha(rows)
    assert found.alpha == pytest.approx(1 - squares["Residual"] / squares["C(who)"], rel=1e-9)
    ratio = 1 / (1 - found.alpha)
    ends = [1 - 1 / (ratio / stats.f.ppf(tail, n - 1, (n - 1) * (items - 1))) for tail in (0.975, 0.025)]
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-9)


def test_omega_is_statsmodels_factor_and_the_full_normal_likelihood() -> None:
    rows = _answers(7)
    spread = np.cov(rows, rowvar=False)

    def misfit(parameters: np.ndarray) -> float:
        loadings, own = parameters[:4], np.exp(parameters[4:])
        model = np.outer(loadings, loadings) + np.diag(own)
        return float(np.linalg.slogdet(model)[1] + np.trace(spread @ np.linalg.inv(model)))

    best = optimize.minimize(misfit, np.append(np.full(4, 0.7), np.zeros(4)), options={"gtol": 1e-8}).x
    common = best[:4].sum() ** 2
    found = omega(rows)
    assert found.omega == pytest.approx(common / (common + np.exp(best[4:]).sum()), abs=1e-5)
    factor = Factor(corr=np.corrcoef(rows, rowvar=False), n_factor=1, method="ml").fit()
    np.testing.assert_allclose(found.loadings / rows.std(axis=0, ddof=1), np.abs(factor.loadings[:, 0]), atol=1e-4)


def test_the_share_of_an_option_has_the_interval_of_both_libraries() -> None:
    found = distribution([1] * 7 + [2] * 11 + [4] * 2, [1, 2, 3, 4])
    for place, count in enumerate((7, 11, 0, 2)):
        ends = stats.binomtest(count, 20).proportion_ci(method="wilson")
        assert (found.low[place], found.high[place]) == pytest.approx((ends.low, ends.high), abs=1e-12)
        known = proportion_confint(count, 20, method="wilson")
        assert (found.low[place], found.high[place]) == pytest.approx(known, abs=1e-12)
    weak = resilient_share([9] * 4 + [1] * 9, [1] * 13, top=5, bottom=1)
    assert (weak.low, weak.high) == pytest.approx(proportion_confint(4, 13, method="wilson"), abs=1e-12)


def test_the_others_mean_is_numpys_of_each_and_statsmodels() -> None:
    random = np.random.default_rng(8)
    values, weights, variances = random.normal(50, 5, 12), random.uniform(1, 9, 12), random.uniform(1, 4, 12)
    found = without_self(values, weights, variances)
    for place in range(12):
        rest = np.arange(12) != place
        known = sm.stats.DescrStatsW(values[rest], weights=weights[rest])
        assert found.mean[place] == pytest.approx(known.mean, rel=1e-12)
        share = weights[rest] / known.sum_weights
        assert found.variance[place] == pytest.approx(np.average(variances[rest], weights=share**2) * (share**2).sum())


def test_winsorised_dispersion_is_scipys_winsorised_square() -> None:
    random = np.random.default_rng(9)
    values, variances = random.normal(0, 3, 41), random.uniform(2, 6, 41)
    found = dispersion(values, 0.0, variances, winsorised=0.1)
    z = values / np.sqrt(variances)
    kept = stats.mstats.winsorize(z, limits=(0.1, 0.1))
    assert found.phi == pytest.approx(float(np.mean(np.asarray(kept) ** 2)), rel=1e-9)
    cut = stats.norm.ppf(0.9)
    inside = integrate.quad(lambda t: t**2 * stats.norm.pdf(t), -cut, cut)[0]
    assert found.phi / found.ratio == pytest.approx(inside + 0.2 * cut**2, rel=1e-9)
    drawn = np.asarray(stats.mstats.winsorize(values / np.sqrt(variances + found.tau2), limits=(0.1, 0.1)))
    assert np.mean(drawn**2) / (found.phi / found.ratio) == pytest.approx(40 / 41, rel=1e-5)


def test_the_nearest_units_are_those_of_every_distance_sorted() -> None:
    random = np.random.default_rng(10)
    pool = random.normal(size=(60, 3)) * [1, 10, 100]
    places, away = nearest_rows(pool[:20], pool, np.arange(20), 5)
    every = distance.cdist(pool[:20], pool, "seuclidean", V=pool.var(axis=0))
    every[np.arange(20), np.arange(20)] = np.inf
    np.testing.assert_array_equal(places, np.argsort(every, axis=1)[:, :5])
    np.testing.assert_allclose(away, np.sort(every, axis=1)[:, :5], rtol=1e-10)

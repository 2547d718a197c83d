"""Mixed models, spreads between units and drawing towards the common against two other sources."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import integrate, optimize, stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.statistics import mixed_model
from analysis.statistics.between_share import between_share
from analysis.statistics.posterior import posterior
from analysis.statistics.shrinkage import spread_between
from analysis.statistics.targets import Lines, Usual, drawn_towards, lines_drawn_towards, usual


def _pupils(seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    school = np.repeat(np.arange(12), random.integers(4, 8, 12))
    x = random.normal(size=len(school))
    return 3 + 2 * x + random.normal(0, 1.6, 12)[school] + random.normal(0, 2, len(school)), x, school


def _dense_deviance(theta: np.ndarray, y: np.ndarray, design: np.ndarray, parts: list[np.ndarray]) -> float:
    """-2 log restricted likelihood from the full covariance matrix, logs of standard deviations in."""
    variances = np.exp(2 * theta)
    full = variances[-1] * np.eye(len(y)) + sum(v * part for v, part in zip(variances, parts, strict=False))
    solved = np.linalg.solve(full, np.column_stack([design, y]))
    information = design.T @ solved[:, :-1]
    left = y - design @ np.linalg.solve(information, design.T @ solved[:, -1])
    squares = left @ np.linalg.solve(full, left)
    logs = np.linalg.slogdet(full)[1] + np.linalg.slogdet(information)[1]
    return float(logs + squares + (len(y) - design.shape[1]) * np.log(2 * np.pi))


def test_pupils_in_schools_are_statsmodels_and_the_dense_likelihood() -> None:
    y, x, school = _pupils()
    design = np.column_stack([np.ones(len(y)), x])
    found = mixed_model.fit(y, design, school)
    known = sm.MixedLM(y, design, school).fit(reml=True, gtol=1e-9)
    part = (school[:, None] == school).astype(float)
    dense = optimize.minimize(_dense_deviance, [0.0, 0.7], (y, design, [part]), method="BFGS", options={"gtol": 1e-6})
    variances = np.exp(2 * dense.x)
    assert found.deviance == pytest.approx(dense.fun, abs=1e-6) == pytest.approx(-2 * known.llf, abs=1e-4)
    assert (found.variances[0, 0], found.residual_variance) == pytest.approx(variances, rel=1e-4)
    assert (found.variances[0, 0], found.residual_variance) == pytest.approx(
        (known.cov_re[0, 0], known.scale), rel=2e-3
    )
    full = variances[1] * np.eye(len(y)) + variances[0] * part
    line = sm.GLS(y, design, sigma=full).fit(cov_type="fixed scale")
    np.testing.assert_allclose(found.fixed, line.params, rtol=1e-5)
    np.testing.assert_allclose(found.fixed_se, line.bse, rtol=1e-4)
    np.testing.assert_allclose(
        found.effects[:, 0], [known.random_effects[each].iloc[0] for each in range(12)], atol=2e-3
    )


def test_three_levels_are_statsmodels_and_the_dense_likelihood() -> None:
    random = np.random.default_rng(6)
    outer, school = np.repeat(np.arange(6), 12), np.repeat(np.arange(18), 4)
    y = 10 + random.normal(0, 3, 6)[outer] + random.normal(0, 2, 18)[school] + random.normal(0, 2, 72)
    design = np.ones((72, 1))
    found = mixed_model.fit_three_levels(y, design, school, outer)
    parts = [(each[:, None] == each).astype(float) for each in (outer, school)]
    start = np.array([0.5, 0.5, 0.5])
    dense = optimize.minimize(_dense_deviance, start, (y, design, parts), method="BFGS", options={"gtol": 1e-5})
    variances = (found.outer_variance, found.variance, found.residual_variance)
    assert variances == pytest.approx(np.exp(2 * dense.x), rel=1e-3)
    frame = pd.DataFrame({"y": y, "outer": outer, "school": school})
    model = smf.mixedlm("y ~ 1", frame, groups="outer", vc_formula={"school": "0 + C(school)"}, re_formula="1")
    known = model.fit(reml=True)
    assert variances == pytest.approx((known.cov_re.iloc[0, 0], known.vcomp[0], known.scale), rel=5e-3)
    assert found.deviance == pytest.approx(dense.fun, abs=1e-6) == pytest.approx(-2 * known.llf, abs=1e-3)


def test_the_share_between_schools_is_the_balanced_anova_of_both_libraries() -> None:
    random = np.random.default_rng(7)
    groups = random.normal(0, 1.5, (9, 1)) + random.normal(0, 3, (9, 12))
    found = between_share(groups.mean(axis=1), np.full(9, 12.0), groups.var(axis=1) * 12)
    known = stats.f_oneway(*groups).statistic
    assert found.share == pytest.approx((known - 1) / (known + 11), rel=1e-8)
    ends = [known / stats.f.ppf(tail, 8, 99) for tail in (0.975, 0.025)]
    assert (found.low, found.high) == pytest.approx(
        [max(end - 1, 0) / (max(end - 1, 0) + 12) for end in ends], rel=1e-7
    )
    frame = pd.DataFrame({"y": groups.ravel(), "school": np.repeat(np.arange(9), 12)})
    squares = sm.stats.anova_lm(smf.ols("y ~ C(school)", frame).fit())["mean_sq"]
    assert found.within == pytest.approx(squares["Residual"], rel=1e-10)
    assert found.between == pytest.approx((squares["C(school)"] - squares["Residual"]) / 12, rel=1e-8)


def _units(seed: int = 8, count: int = 24, sd: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    variances = random.uniform(2, 40, count)
    return 50 + random.normal(0, sd, count) + random.normal(0, np.sqrt(variances)), variances


def test_the_spread_between_units_is_statsmodels_and_a_root_of_q() -> None:
    values, variances = _units()

    def q(between: float) -> float:
        weights = 1 / (variances + between)
        return float(np.cov(values, aweights=weights, ddof=0) * weights.sum())

    found, known = spread_between(values, variances), combine_effects(values, variances, "iterated")
    chances = [stats.chi2.ppf(0.975, 23), 23.0, stats.chi2.ppf(0.025, 23)]
    roots = [optimize.brentq(lambda at, aim=aim: q(at) - aim, 0, 500, xtol=1e-12) for aim in chances]
    assert (found.low, found.variance, found.high) == pytest.approx(roots, rel=1e-8)
    assert found.variance == pytest.approx(known.tau2, rel=1e-6)
    assert found.mean == pytest.approx(known.mean_effect_re, rel=1e-7)


def test_the_common_mean_and_its_error_are_statsmodels_and_least_squares() -> None:
    values, variances = _units(9)
    found = usual(values, variances)
    known = combine_effects(values, variances, "iterated")
    fit = sm.WLS(values, np.ones(24), weights=1 / (variances + found.between)).fit(cov_type="fixed scale")
    mean, sd = found.mean, np.sqrt(found.mean_variance)
    assert (mean, sd) == pytest.approx((known.mean_effect_re, known.sd_eff_w_re), rel=1e-6)
    assert (mean, sd) == pytest.approx((fit.params[0], fit.bse[0]), rel=1e-8)


def test_a_drawn_figure_is_the_mean_of_bayes_theorem_integrated() -> None:
    found = drawn_towards(57.0, 3.0, 50.0, 2.0)
    both = [
        lambda t, power=power: t**power * stats.norm(57, 3).pdf(t) * stats.norm(50, 2).pdf(t) for power in (0, 1, 2)
    ]
    mass, first, second = (integrate.quad(each, 20, 90, epsabs=1e-13)[0] for each in both)
    mean, sd = first / mass, np.sqrt(second / mass - (first / mass) ** 2)
    assert (float(found[0]), float(found[1])) == pytest.approx((mean, sd), rel=1e-7)


def test_a_drawn_line_is_where_scipys_two_normal_densities_are_highest_together() -> None:
    chance, between = np.array([[4.0, -0.6], [-0.6, 0.5]]), np.diag([9.0, 0.3])
    line = Lines(*(np.array([each]) for each in (56.0, 1.4, 4.0, 0.5, -0.6)))
    found = lines_drawn_towards(line, Usual(50.0, 9.0, 0.0), Usual(0.2, 0.3, 0.0))
    seen, prior = stats.multivariate_normal([56.0, 1.4], chance), stats.multivariate_normal([50.0, 0.2], between)
    best = optimize.minimize(lambda x: -seen.logpdf(x) - prior.logpdf(x), [53.0, 0.8], options={"gtol": 1e-9})
    assert (found.level[0], found.slope[0]) == pytest.approx(best.x, abs=1e-5)
    covariance = np.linalg.inv(np.linalg.inv(chance) + np.linalg.inv(between))
    assert (found.level_variance[0], found.covariance[0], found.slope_variance[0]) == pytest.approx(
        (covariance[0, 0], covariance[0, 1], covariance[1, 1]), rel=1e-9
    )


@pytest.mark.parametrize("sd", [0.7, 4.0])
def test_the_posterior_of_each_unit_is_the_integral_over_all_spreads(sd: float) -> None:
    values, variances = _units(10, 16, sd)

    def parts(log_tau: float) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        between = np.exp(2 * log_tau)
        fit = combine_effects(values, variances + between)
        mean, kept = fit.mean_effect_fe, between / (variances + between)
        logs = stats.norm(mean, np.sqrt(variances + between)).logpdf(values).sum() + np.log(fit.sd_eff_w_fe)
        prior = np.sqrt(np.sum(between / (variances + between) ** 2))
        density = np.exp(logs + 50) * prior * np.exp(log_tau)
        return (
            float(density),
            mean + kept * (values - mean),
            kept * variances + (1 - kept) ** 2 * fit.var_eff_w_fe,
            kept,
        )

    logs = np.linspace(np.log(1e-3), np.log(200), 401)
    table = [parts(each) for each in logs]
    density, middle, inside, kept = (np.array([each[place] for each in table]) for place in range(4))
    share = density / integrate.simpson(density, x=logs)
    mean, weight = (integrate.simpson(share[:, None] * each, x=logs, axis=0) for each in (middle, kept))
    spread = np.sqrt(integrate.simpson(share[:, None] * (inside + (middle - mean) ** 2), x=logs, axis=0))
    found = posterior(values, variances)
    np.testing.assert_allclose(found.value, mean, atol=0.01 * spread.mean())
    np.testing.assert_allclose(found.weight, weight, atol=0.01)
    below = integrate.cumulative_trapezoid(share, logs, initial=0)
    assert found.spread == pytest.approx(np.exp(np.interp(0.5, below, logs)), rel=0.02)
    away = stats.norm(middle[:, 0], np.sqrt(inside[:, 0]))
    tails = [integrate.simpson(share * away.cdf(end[0]), x=logs) for end in (found.low, found.high)]
    assert tails == pytest.approx([0.025, 0.975], abs=0.002)

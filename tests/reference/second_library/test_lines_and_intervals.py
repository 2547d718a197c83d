"""Lines, intervals, many looks and targets against two libraries that share no code with them."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import binom_test, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from analysis.statistics.change_point import change_point, forecast
from analysis.statistics.funnel import share_limits
from analysis.statistics.gap_change import gap_changes
from analysis.statistics.gap_index import Means, gap_in_points, gap_index, relative_gap
from analysis.statistics.intervals import interval, welch_df, wilson
from analysis.statistics.lines import centres, means, slopes
from analysis.statistics.multiple import p_values, scan
from analysis.statistics.noise import binomial_variance
from analysis.statistics.step_changes import step_changes
from analysis.statistics.survey import difference_from_whole, survey_index
from analysis.statistics.survey import means as survey_means
from analysis.statistics.targets import probability_met, probability_within

ONE = np.zeros(9, dtype=np.int64)
YEARS = np.arange(2015.0, 2024.0)


def _series(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return 50 + 0.7 * (YEARS - 2019) + random.normal(0, 2, 9), random.uniform(0.5, 4, 9)


def test_a_weighted_slope_is_statsmodels_and_numpys() -> None:
    y, variance = _series()
    found = slopes(ONE, YEARS, y, 1 / variance, 1)
    fit = sm.WLS(y, sm.add_constant(YEARS - 2019), weights=1 / variance).fit(cov_type="fixed scale")
    line, covariance = np.polyfit(YEARS - 2019, y, 1, w=1 / np.sqrt(variance), cov="unscaled")
    assert found.estimate[0] == pytest.approx(fit.params[1], rel=1e-10) == pytest.approx(line[0], rel=1e-10)
    assert found.variance[0] == pytest.approx(fit.bse[1] ** 2, rel=1e-10)
    assert found.variance[0] == pytest.approx(covariance[0, 0], rel=1e-10)
    weighted = sm.WLS(y, sm.add_constant(YEARS - 2019), weights=1 / variance).fit()
    assert found.dispersion()[0] == pytest.approx(weighted.mse_resid, rel=1e-10)
    line, sd = sm.add_constant(YEARS - 2019), np.sqrt(variance)
    curve, spread = optimize.curve_fit(lambda x, a, b: x @ [a, b], line, y, sigma=sd, jac=lambda x, a, b: x)
    assert found.variance[0] * found.dispersion()[0] == pytest.approx(spread[1, 1], rel=1e-5)
    assert found.estimate[0] == pytest.approx(curve[1], rel=1e-6)


def test_an_unweighted_slope_is_scipys_with_its_error_and_p_value() -> None:
    y, _ = _series(2)
    found, known = slopes(ONE, YEARS, y, np.ones(9), 1), stats.linregress(YEARS, y)
    se = np.sqrt(found.variance * found.dispersion())
    assert (found.estimate[0], se[0]) == pytest.approx((known.slope, known.stderr), rel=1e-9)
    assert p_values(found.estimate, se, found.df)[0] == pytest.approx(known.pvalue, rel=1e-8)
    assert p_values(found.estimate, se, found.df)[0] == pytest.approx(
        sm.OLS(y, sm.add_constant(YEARS - 2019)).fit().pvalues[1], rel=1e-8
    )


def test_a_weighted_mean_is_numpys_and_statsmodels() -> None:
    y, variance = _series(3)
    found, middle = means(ONE, y, 1 / variance, 1), centres(ONE, YEARS, y, 1 / variance, 1)
    known = DescrStatsW(y, weights=1 / variance)
    for each in (found.estimate[0], middle.y[0]):
        assert each == pytest.approx(np.average(y, weights=1 / variance), rel=1e-12) == pytest.approx(known.mean)
    assert found.chi2[0] == pytest.approx(known.sumsquares, rel=1e-10)
    assert 1 / found.variance[0] == pytest.approx(known.sum_weights, rel=1e-12) == pytest.approx(middle.total[0])


@pytest.mark.parametrize(("count", "n"), [(0, 5), (1, 12), (8, 10), (30, 61), (61, 61)])
def test_wilsons_interval_is_statsmodels_and_scipys(count: int, n: int) -> None:
    found = [float(end) for end in wilson(count / n, n)]
    known = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert found == pytest.approx(proportion_confint(count, n, method="wilson"), abs=1e-12)
    assert found == pytest.approx([known.low, known.high], abs=1e-12)


@pytest.mark.parametrize(("n", "share"), [(10, 0.5), (23, 0.85), (60, 0.07), (40, 0.6)])
def test_a_count_is_outside_the_exact_limits_just_when_the_exact_test_says_so(n: int, share: float) -> None:
    limits = share_limits(share, n)
    for low, high, tail in ((limits.low95, limits.high95, 0.025), (limits.low998, limits.high998, 0.001)):
        for count in range(n + 1):
            for test in (lambda k, side: stats.binomtest(k, n, share, side).pvalue, _statsmodels_exact(n, share)):
                assert (count / n < low - 1e-12) == (test(count, "less") < tail)
                assert (count / n > high + 1e-12) == (test(count, "greater") < tail)


def _statsmodels_exact(n: int, share: float):  # type: ignore[no-untyped-def]
    return lambda k, side: binom_test(k, n, share, {"less": "smaller", "greater": "larger"}[side])


def test_the_chance_of_a_share_is_agresti_and_coulls() -> None:
    """Their interval at z = 2 adds two passes and two fails, and reaches out 2√(p̃(1 - p̃)/(n + 4))."""
    for count, n in ((0, 12), (7, 31), (50, 50)):
        low, high = proportion_confint(count, n, alpha=2 * stats.norm.sf(2), method="agresti_coull")
        middle = stats.beta(count + 2, n - count + 2).mean()
        found = float(binomial_variance(np.array([100 * count / n]), np.array([float(n)]))[0])
        assert found == pytest.approx(1e4 * middle * (1 - middle) / n, rel=1e-12)
        if low > 0 and high < 1:
            assert found == pytest.approx(1e4 * ((high - low) / 4) ** 2 * (n + 4) / n, rel=1e-9)


@pytest.mark.parametrize(("any_dependence", "method"), [(False, "bh"), (True, "by")])
def test_q_values_are_scipys_and_statsmodels(any_dependence: bool, method: str) -> None:
    p = np.random.default_rng(5).uniform(size=80) ** 3
    p[10:14] = p[3]
    found = scan(p, any_dependence=any_dependence).q_values
    np.testing.assert_allclose(found, stats.false_discovery_control(p, method=method), rtol=1e-12)
    np.testing.assert_allclose(found, multipletests(p, method=f"fdr_{method}")[1], rtol=1e-12)


def _groups(seed: int = 6) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.normal(232, 40, 28), random.normal(215, 60, 17)


def test_a_gap_in_points_is_welchs_test_in_both_libraries() -> None:
    girls, boys = _groups()
    found = gap_in_points(Means.of_pupils(girls), Means.of_pupils(boys))
    known = stats.ttest_ind(girls, boys, equal_var=False)
    ends = known.confidence_interval()
    both = CompareMeans(DescrStatsW(girls), DescrStatsW(boys))
    assert (float(found.low), float(found.high)) == pytest.approx((ends.low, ends.high), rel=1e-10)
    assert (float(found.low), float(found.high)) == pytest.approx(both.tconfint_diff(usevar="unequal"), rel=1e-10)
    assert float(found.df) == pytest.approx(known.df, rel=1e-12) == pytest.approx(both.dof_satt(), rel=1e-10)
    assert p_values(found.estimate, found.se, found.df) == pytest.approx(known.pvalue, rel=1e-9)
    parts = np.array([girls.var(ddof=1) / 28, boys.var(ddof=1) / 17])
    assert float(welch_df(parts, np.array([27.0, 16.0]))) == pytest.approx(known.df, rel=1e-12)


def test_a_relative_gap_ends_where_the_test_of_that_ratio_does() -> None:
    girls, boys = (Means.of_pupils(each) for each in _groups())
    found = relative_gap(girls, boys)
    reach = stats.t.ppf(0.975, float(found.df))

    def beyond(ratio: float) -> float:
        apart, error = girls.mean - ratio * boys.mean, np.sqrt(girls.variance + ratio**2 * boys.variance)
        return float(abs(apart) / error - reach)

    ratio = float(found.estimate)
    ends = optimize.brentq(beyond, ratio - 0.5, ratio), optimize.brentq(beyond, ratio, ratio + 0.5)
    assert (float(found.low), float(found.high)) == pytest.approx(ends, rel=1e-9)


def test_the_gap_in_ranks_is_the_brunner_munzel_probability_and_mann_whitneys_u() -> None:
    from statsmodels.stats.nonparametric import rank_compare_2indep

    girls, boys = (np.round(each / 10) for each in _groups(7))
    found, known = gap_index(girls, boys), rank_compare_2indep(girls, boys)
    assert found.index == pytest.approx(20 * (known.prob1 - 0.5), abs=1e-10)
    assert found.se == pytest.approx(20 * np.sqrt(known.var_prob), rel=1e-9)
    u = stats.mannwhitneyu(girls, boys).statistic
    assert found.index == pytest.approx(20 * (u / (len(girls) * len(boys)) - 0.5), abs=1e-10)
    tested = stats.brunnermunzel(boys, girls)
    assert found.index / found.se == pytest.approx(tested.statistic, rel=1e-9)


def test_an_index_of_answers_has_the_interval_of_both_libraries() -> None:
    answers = np.random.default_rng(8).choice([10, 6.67, 3.33, 0.0], (24, 3))
    found = survey_index(answers)
    ends = stats.ttest_1samp(answers.mean(axis=1), 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), rel=1e-10)
    assert (found.low, found.high) == pytest.approx(DescrStatsW(answers.mean(axis=1)).tconfint_mean(), rel=1e-10)
    one = survey_means(np.zeros(24, dtype=np.int64), answers.mean(axis=1), 1)
    assert (one.low[0], one.high[0]) == pytest.approx((found.low, found.high), rel=1e-12)


def test_a_difference_from_the_whole_is_welchs_share_of_the_others() -> None:
    school, others = _groups(9)
    both, n = np.concatenate([school, others]), len(school)
    part, whole = (survey_means(np.zeros(len(each), dtype=np.int64), each, 1) for each in (school, both))
    found, left = difference_from_whole(part, whole), 1 - n / len(both)
    known = stats.ttest_ind(school, others, equal_var=False)
    compared = CompareMeans(DescrStatsW(school), DescrStatsW(others))
    assert found.difference[0] == pytest.approx(left * (school.mean() - others.mean()), rel=1e-10)
    assert found.difference[0] / found.se[0] == pytest.approx(known.statistic, rel=1e-10)
    assert found.se[0] == pytest.approx(left * compared.std_meandiff_separatevar, rel=1e-10)
    assert found.df[0] == pytest.approx(known.df, rel=1e-10) == pytest.approx(compared.dof_satt(), rel=1e-10)


def test_a_forecast_is_statsmodels_and_the_textbook_line_of_scipy() -> None:
    y, variance = _series(10)
    found = forecast(YEARS, y, steps=2)
    line, n, x = stats.linregress(YEARS, y), 9, YEARS.mean()
    residual = np.sqrt(np.sum((y - line.intercept - line.slope * YEARS) ** 2) / (n - 2))
    for place, year in enumerate((2024.0, 2025.0)):
        sd = residual * np.sqrt(1 + 1 / n + (year - x) ** 2 / np.sum((YEARS - x) ** 2))
        ends = stats.t(n - 2, line.intercept + line.slope * year, sd).interval(0.95)
        assert (found.low[place], found.high[place]) == pytest.approx(ends, rel=1e-8)
    design, coming = sm.add_constant(YEARS - 2019), np.array([[1.0, 5.0], [1.0, 6.0]])
    known = sm.WLS(y, design, weights=1 / variance).fit().get_prediction(coming, weights=np.mean(1 / variance))
    weighted = forecast(YEARS, y, 1 / variance, steps=2)
    np.testing.assert_allclose(np.column_stack([weighted.low, weighted.high]), known.conf_int(obs=True), rtol=1e-9)


def test_the_f_of_every_possible_break_is_an_analysis_of_variance() -> None:
    y, variance = _series(11)
    found = change_point(YEARS, y)
    one_way = [stats.f_oneway(y[last >= YEARS], y[last < YEARS]).statistic for last in found.breaks]
    np.testing.assert_allclose(found.f, one_way, rtol=1e-9)
    weighted = change_point(YEARS, y, 1 / variance)
    for last, f in zip(weighted.breaks, weighted.f, strict=True):
        fit = sm.WLS(y, np.column_stack([np.ones(9), last < YEARS]), weights=1 / variance).fit()
        assert f == pytest.approx(fit.fvalue, rel=1e-8)
    steps = step_changes(ONE, YEARS, y, np.ones(9), 1)
    assert steps.sup_f[0] == pytest.approx(max(one_way), rel=1e-9)
    assert steps.first_after[0] == found.first_after
    assert steps.p_value[0] <= min(1.0, len(one_way) * stats.f.sf(max(one_way), 1, 7)) + 1e-12
    assert steps.p_value[0] >= found.p_value - 4 * np.sqrt(found.p_value / 9999)


def test_a_changing_gap_is_the_line_of_both_libraries() -> None:
    y, _ = _series(12)
    found = gap_changes(ONE, YEARS, y - 50, np.full(9, np.nan), np.full(9, np.nan), 1)
    known, fit = stats.linregress(YEARS, y), sm.OLS(y, sm.add_constant(YEARS - 2019)).fit()
    assert (found.slope[0], found.se[0]) == pytest.approx((known.slope, known.stderr), rel=1e-9)
    assert (found.low[0], found.high[0]) == pytest.approx(fit.conf_int()[1], rel=1e-9)


def test_the_probability_of_a_target_is_the_tail_of_both_libraries() -> None:
    random = np.random.default_rng(13)
    sample = random.normal(50, 5, 12)
    described = DescrStatsW(sample)
    se, df = sample.std(ddof=1) / np.sqrt(12), 11.0
    for target in (47.0, 50.0, 53.5):
        found = float(probability_met(sample.mean(), se, target, df=df))
        assert found == pytest.approx(1 - described.ttest_mean(target, alternative="larger")[1], rel=1e-9)
        assert found == pytest.approx(1 - stats.ttest_1samp(sample, target, alternative="greater").pvalue, rel=1e-9)
    within = float(probability_within(1.3, 2.0, 3.0))
    assert within == pytest.approx(stats.norm(1.3, 2.0).cdf(3.0) - stats.norm(1.3, 2.0).cdf(-3.0), rel=1e-12)
    assert [float(each) for each in interval(sample.mean(), se, df)] == pytest.approx(described.tconfint_mean())

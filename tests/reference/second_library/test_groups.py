"""Gaps taken apart, concentration, uneven spread, answers and neighbours against two other sources."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from linearmodels.iv import IV2SLS
from scipy import integrate, stats
from scipy.spatial import distance
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.oaxaca import OaxacaBlinder

from analysis.statistics.allotment import by_chance, entropy, mean_deviation
from analysis.statistics.concentration import bounded_concentration, concentration, concentration_curve
from analysis.statistics.decomposition import gelbach, three_fold, two_fold
from analysis.statistics.segregation import counted_indices
from analysis.statistics.unevenness import unevenness

MEMBERS, SIZES = np.array([12, 3, 30, 8, 19]), np.array([40, 35, 66, 50, 21])
OTHERS = SIZES - MEMBERS


def _two_groups(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    first = np.arange(160) < 70
    x = np.column_stack([random.normal(2 + 0.6 * first, 1), random.normal(1 - 0.3 * first, 1)])
    y = 10 + x @ [3, -2] + first * (1.5 + 0.8 * x[:, 0]) + random.normal(0, 2, 160)
    return y, x, first


def _line(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(y)), x])
    return np.asarray(IV2SLS(y, design, None, None).fit().params)


def test_a_gap_in_three_parts_is_that_of_both_libraries() -> None:
    y, x, first = _two_groups()
    found = three_fold(y, x, first)
    known = OaxacaBlinder(y, np.column_stack([x, first]), 2, hasconst=False).three_fold().params
    parts = (found.endowments.whole, found.coefficients.whole, found.interaction.whole, found.gap)
    assert parts == pytest.approx(known, rel=1e-8)
    ours, theirs = (_line(y[side], x[side]) for side in (first, ~first))
    apart = x[first].mean(axis=0) - x[~first].mean(axis=0)
    np.testing.assert_allclose(found.endowments.parts[1:], apart * theirs[1:], rtol=1e-8)
    np.testing.assert_allclose(found.interaction.parts[1:], apart * (ours - theirs)[1:], rtol=1e-8)


def _jackknife(whole: np.ndarray, without: list[np.ndarray]) -> np.ndarray:
    left = np.array(without)
    n = len(left)
    return np.asarray(np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0)) + 0 * whole)


def test_a_gap_in_two_parts_is_that_of_both_libraries_and_its_errors_those_of_the_jackknife() -> None:
    y, x, first = _two_groups(2)

    def parts(kept: np.ndarray) -> np.ndarray:
        design = np.column_stack([np.ones(kept.sum()), x[kept], first[kept]])
        prices = np.linalg.lstsq(design, y[kept], rcond=None)[0][1:-1]
        apart = x[kept & first].mean(axis=0) - x[kept & ~first].mean(axis=0)
        gap = y[kept & first].mean() - y[kept & ~first].mean()
        return np.append(apart * prices, gap - apart @ prices)

    found, everyone = two_fold(y, x, first), np.ones(160, dtype=bool)
    prices = _line(y, np.column_stack([x, first]))[1:-1]
    apart = x[first].mean(axis=0) - x[~first].mean(axis=0)
    np.testing.assert_allclose(found.explained.parts, apart * prices, rtol=1e-8)
    model = sm.OLS(y, sm.add_constant(np.column_stack([x, first]))).fit()
    assert found.unexplained.whole == pytest.approx(model.params[-1], rel=1e-8)
    without = [parts(np.arange(160) != each) for each in range(160)]
    errors = np.append(found.explained.se, found.unexplained.whole_se)
    np.testing.assert_allclose(errors, _jackknife(parts(everyone), without), rtol=0.04)


def test_what_accounts_for_a_coefficient_is_that_of_both_libraries() -> None:
    y, x, first = _two_groups(3)
    found = gelbach(y, first.astype(float), {"one": x[:, 0], "other": x[:, 1]})
    full = _line(y, np.column_stack([first, x]))
    parts = [_line(column, first[:, None])[1] * price for column, price in zip(x.T, full[2:], strict=True)]
    np.testing.assert_allclose(found.accounted.parts, parts, rtol=1e-8)
    frame = pd.DataFrame({"y": y, "first": first.astype(float), "a": x[:, 0], "b": x[:, 1]})
    few, many = smf.ols("y ~ first", frame).fit(), smf.ols("y ~ first + a + b", frame).fit()
    assert (found.before, found.after) == pytest.approx((few.params["first"], many.params["first"]), rel=1e-9)
    assert found.accounted.whole == pytest.approx(few.params["first"] - many.params["first"], rel=1e-8)


def test_concentration_is_the_area_under_its_curve_and_the_gini_of_pairs() -> None:
    random = np.random.default_rng(4)
    y, x = random.gamma(3, 40, 90), random.normal(size=90)
    shares, held = concentration_curve(y, x)
    assert concentration(y, x).index == pytest.approx(1 - 2 * integrate.trapezoid(held, shares), rel=1e-10)
    gini = distance.pdist(y[:, None], "cityblock").sum() / (len(y) ** 2 * y.mean())
    assert concentration(y, y).index == pytest.approx(gini, rel=1e-10)
    rank = (stats.rankdata(x) - 0.5) / 90
    slope = sm.OLS(2 * rank.var() * y / y.mean(), sm.add_constant(rank)).fit().params[1]
    assert concentration(y, x).index == pytest.approx(slope, rel=1e-9)
    known = [concentration(np.delete(y, each), np.delete(x, each)).index for each in range(90)]
    assert concentration(y, x).se == pytest.approx(float(_jackknife(np.zeros(()), known)), rel=0.05)


def test_bounded_concentration_of_passes_is_a_difference_of_mean_ranks() -> None:
    random = np.random.default_rng(5)
    x = random.integers(1, 6, 80)
    passed = (random.random(80) < 0.3 + 0.1 * x).astype(float)
    found = bounded_concentration(passed, x, 0, 1).index
    share = passed.mean()
    u = stats.mannwhitneyu(x[passed == 1], x[passed == 0]).statistic / (passed.sum() * (1 - passed).sum())
    assert found == pytest.approx(4 * share * (1 - share) * (2 * u - 1), rel=1e-10)
    rank = (stats.rankdata(x) - 0.5) / 80
    slope = sm.OLS(passed, sm.add_constant(rank)).fit().params[1]
    assert found == pytest.approx(8 * slope * rank.var(), rel=1e-9)


def test_the_indices_of_spread_are_those_of_a_contingency_table() -> None:
    found, table = counted_indices(MEMBERS, SIZES), np.array([MEMBERS, OTHERS])
    share, pupils = MEMBERS.sum() / SIZES.sum(), SIZES.sum()
    apart = distance.cityblock(MEMBERS / MEMBERS.sum(), OTHERS / OTHERS.sum()) / 2
    assert float(found["dissimilarity"]) == pytest.approx(apart, rel=1e-12)
    assert float(found["eta2"]) == pytest.approx(stats.contingency.association(table) ** 2, rel=1e-12)
    nominal = Table(table, shift_zeros=False).test_nominal_association()
    assert float(found["eta2"]) == pytest.approx(nominal.statistic / pupils, rel=1e-12)
    g = stats.chi2_contingency(table, lambda_="log-likelihood", correction=False).statistic
    whole = stats.entropy([share, 1 - share])
    assert float(entropy(share)) == pytest.approx(whole, rel=1e-12)
    assert float(found["entropy"]) == pytest.approx(g / (2 * pupils * whole), rel=1e-12)
    assert float(found["isolation"]) == pytest.approx(np.average(MEMBERS / SIZES, weights=MEMBERS), rel=1e-12)


def test_the_p_value_of_unevenness_is_the_chi_square_of_a_table_less_one_pupil() -> None:
    found = unevenness(np.zeros(5, dtype=np.int64), MEMBERS.astype(float), SIZES.astype(float), 1)
    statistic = stats.chi2_contingency(np.array([MEMBERS, OTHERS]), correction=False).statistic
    pupils = SIZES.sum()
    assert found.p_value[0] == pytest.approx(stats.chi2.sf(statistic * (pupils - 1) / pupils, 4), rel=1e-9)
    nominal = Table(np.array([MEMBERS, OTHERS]), shift_zeros=False).test_nominal_association()
    assert found.eta2[0] == pytest.approx(nominal.statistic / pupils, rel=1e-10)


def test_what_lots_give_is_scipys_expectation_and_a_sum_over_every_table() -> None:
    chance, total, pupils = by_chance(int(MEMBERS.sum()), SIZES), int(MEMBERS.sum()), int(SIZES.sum())
    share = total / pupils
    lots = [stats.hypergeom(pupils, total, int(size)) for size in SIZES]
    away = [float(lot.pmf(np.arange(total + 1)) @ np.abs(np.arange(total + 1) - lot.mean())) for lot in lots]
    assert chance["dissimilarity"] == pytest.approx(sum(away) / (2 * pupils * share * (1 - share)), rel=1e-8)
    np.testing.assert_allclose(mean_deviation(total, pupils, SIZES), away, rtol=1e-8)
    sizes, members = np.array([4, 3, 5]), 5
    exact = stats.multivariate_hypergeom(sizes, members)
    counts = [(a, b, members - a - b) for a in range(5) for b in range(4) if 0 <= members - a - b <= 5]
    weighed = {"dissimilarity": 0.0, "isolation": 0.0, "eta2": 0.0, "entropy": 0.0}
    for each in counts:
        for name, index in counted_indices(np.array(each), sizes).items():
            weighed[name] += float(exact.pmf(each) * index)
    small = by_chance(members, sizes)
    assert {name: small[name] for name in weighed} == pytest.approx(weighed, rel=1e-8)

"""Changes of gaps against statsmodels, and what their verdicts mean."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.statistics.gap_change import gap_changes

YEARS = np.arange(2018.0, 2024.0)


def _one(gaps: list[float], variance: float = 1.0):
    count = len(gaps)
    variances = np.full(count, variance)
    return gap_changes(np.zeros(count, np.int64), YEARS[:count], np.array(gaps), variances, np.full(count, 50.0), 1)


def test_the_change_is_the_weighted_line_of_statsmodels() -> None:
    random = np.random.default_rng(1)
    variance = random.uniform(4, 30, 6)
    gaps = 20 - 2 * np.arange(6) + random.normal(0, 3 * np.sqrt(variance))
    known = sm.WLS(gaps, sm.add_constant(YEARS), weights=1 / variance).fit()
    found = gap_changes(np.zeros(6, np.int64), YEARS, gaps, variance, np.full(6, 30.0), 1)
    assert float(found.slope[0]) == pytest.approx(known.params[1])
    assert known.scale > 1  # the years scatter more than their variances say, so the line's own scatter counts
    assert float(found.se[0]) == pytest.approx(known.bse[1])
    assert float(found.high[0]) == pytest.approx(known.params[1] + stats.t.ppf(0.975, 30) * known.bse[1])


def test_years_that_scatter_less_than_chance_are_no_surer_than_chance() -> None:
    found = _one([20, 19, 18, 17, 16, 15], variance=9.0)
    assert float(found.se[0]) == pytest.approx(3 / np.sqrt(17.5))


def test_unknown_variances_give_the_t_interval_of_the_years() -> None:
    gaps = np.array([9.0, 7.5, 7.0, 4.0, 4.5, 2.0])
    known = stats.linregress(YEARS, gaps)
    found = gap_changes(np.zeros(6, np.int64), YEARS, gaps, np.full(6, np.nan), np.full(6, np.nan), 1)
    assert (float(found.slope[0]), float(found.se[0])) == pytest.approx((known.slope, known.stderr))
    assert float(found.df[0]) == 4 and found.verdict[0] == "closing"


@pytest.mark.parametrize(
    ("gaps", "verdict"),
    [
        ([30, 25, 20, 15, 10, 5], "closing"),
        ([-30, -25, -20, -15, -10, -5], "closing"),
        ([5, 10, 15, 20, 25, 30], "widening"),
        ([-5, -10, -15, -20, -25, -30], "widening"),
        ([-15, -9, -3, 3, 9, 15], "turned"),
        ([20, 21, 20, 19, 20, 20], "no_certain_change"),
        ([30, 20, 10], "too_few"),
    ],
)
def test_a_verdict_follows_the_line(gaps: list[float], verdict: str) -> None:
    assert _one(gaps).verdict[0] == verdict


def test_the_names_of_groups_and_the_order_of_years_do_not_matter() -> None:
    gaps = np.array([9.0, 7.5, 7.0, 4.0, 4.5, 2.0])
    one, turned = _one(list(gaps)), _one(list(-gaps))
    assert float(one.low[0]) == pytest.approx(-float(turned.high[0])) and one.verdict[0] == turned.verdict[0]
    order = np.array([3, 0, 5, 1, 4, 2])
    mixed = gap_changes(np.zeros(6, np.int64), YEARS[order], gaps[order], np.ones(6), np.full(6, 50.0), 1)
    assert (float(mixed.slope[0]), float(mixed.first[0])) == pytest.approx((float(one.slope[0]), float(one.first[0])))

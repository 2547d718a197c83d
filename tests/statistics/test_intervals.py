"""Quantiles, intervals and verbs against values computed elsewhere."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.intervals import interval, quantile, verbs, welch_df, wilson


def test_wilson_for_eight_of_ten_is_the_published_interval() -> None:
    low, high = wilson(0.8, 10)
    assert (float(low), float(high)) == pytest.approx((0.490162, 0.943318), abs=5e-7)


def test_wilson_never_leaves_the_scale() -> None:
    low, high = wilson(np.array([0.0, 1.0]), np.array([5.0, 5.0]))
    assert low[0] == 0 and high[1] == 1 and high[0] > 0.3 and low[1] < 0.7


@pytest.mark.parametrize("df", [1, 2, 7, 424])
def test_the_quantile_is_students(df: int) -> None:
    assert float(quantile(0.95, df)) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-9)


def test_infinite_degrees_of_freedom_give_the_normal_quantile() -> None:
    assert float(quantile(0.8)) == pytest.approx(stats.norm.ppf(0.9), rel=1e-12)


def test_no_degrees_of_freedom_give_no_interval() -> None:
    assert np.isnan(interval(1.0, 1.0, 0.0)).all()


def test_clearly_is_the_95_and_probably_the_80_per_cent_interval() -> None:
    difference = np.array([3.0, 1.5, 0.2, -1.5, -3.0, np.nan])
    ends = (*interval(difference, 1.0), *interval(difference, 1.0, level=0.80))
    expected = ["clearly_above", "probably_above", "cannot_be_told_apart", "probably_below", "clearly_below", ""]
    assert verbs(*ends).tolist() == expected


def test_welch_is_between_the_smaller_df_and_the_sum() -> None:
    found = float(welch_df(np.array([4.0, 1.0]), np.array([3.0, 20.0])))
    assert found == pytest.approx(25 / (16 / 3 + 1 / 20))
    assert float(welch_df(np.array([4.0, 1.0]), np.array([np.inf, np.inf]))) == np.inf

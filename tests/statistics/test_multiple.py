"""Many looks against statsmodels, and against many looks at nothing."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.statistics.intervals import interval
from analysis.statistics.multiple import p_values, scan


@pytest.mark.parametrize(("any_dependence", "method"), [(False, "fdr_bh"), (True, "fdr_by")])
def test_q_values_are_statsmodels(any_dependence: bool, method: str) -> None:
    p = np.random.default_rng(1).uniform(size=60) ** 2
    known = multipletests(p, alpha=0.05, method=method)
    found = scan(p, any_dependence=any_dependence)
    np.testing.assert_allclose(found.q_values, known[1], rtol=1e-12)
    np.testing.assert_array_equal(found.is_found, known[0])


def test_a_look_without_an_answer_is_counted_and_changes_nothing() -> None:
    found = scan([0.01, np.nan, 0.04])
    assert (found.looked_at, found.without_answer, found.by_chance) == (2, 1, 0.1)
    np.testing.assert_allclose(found.q_values, [0.02, np.nan, 0.04])
    assert found.is_found.tolist() == [True, False, True]


def test_the_order_of_looks_does_not_matter() -> None:
    p = np.random.default_rng(2).uniform(size=30)
    order = np.random.default_rng(3).permutation(30)
    np.testing.assert_allclose(scan(p[order]).q_values, scan(p).q_values[order])


def test_no_looks_find_nothing() -> None:
    found = scan([])
    assert found.looked_at == 0 and found.q_values.tolist() == []


def test_a_thousand_looks_at_nothing_find_nothing_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(4)
    some = [scan(random.uniform(size=1000)).is_found.any() for _ in range(400)]
    assert np.mean(some) <= 0.075


@pytest.mark.parametrize(("p", "rate"), [([1.2], 0.05), ([-0.1], 0.05), ([0.5], 0.0)])
def test_what_is_not_a_probability_is_refused(p: list, rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        scan(p, rate)


def test_p_is_below_one_in_twenty_exactly_where_the_interval_leaves_zero_out() -> None:
    random = np.random.default_rng(5)
    estimate, se, df = random.normal(0, 2, 300), random.uniform(0.5, 1.5, 300), random.uniform(2, 40, 300)
    low, high = interval(estimate, se, df)
    np.testing.assert_array_equal(p_values(estimate, se, df) < 0.05, (low > 0) | (high < 0))
    np.testing.assert_allclose(p_values(estimate, se, df), 2 * stats.t.sf(np.abs(estimate / se), df), rtol=1e-9)


def test_what_has_no_standard_error_has_no_p() -> None:
    assert np.isnan(p_values([1.0, np.nan, 1.0, 1.0], [0.0, 1.0, np.nan, 1.0], [3, 3, 3, np.nan])).all()

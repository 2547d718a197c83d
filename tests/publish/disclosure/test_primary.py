"""Which groups are too small by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.catalogue import Limit
from analysis.publish.disclosure.primary import primary_counts, primary_means

RESULTS = Limit("public", "results", smallest_n=10, smallest_cell=5, all_or_none=True, width=5)
SURVEY = Limit("public", "survey", smallest_n=5, smallest_cell=5, all_or_none=False, width=5)


def kept(n: float, part: float, rule: Limit = RESULTS) -> tuple[bool, bool, bool]:
    found = primary_counts(np.array([n]), np.array([part]), rule)
    return bool(found.n[0]), bool(found.part[0]), bool(found.rest[0])


def test_nine_pupils_are_too_few_and_ten_are_not() -> None:
    assert kept(9, 5) == (True, True, True)
    assert kept(10, 5) == (False, False, False)


@pytest.mark.parametrize("few", [1, 2, 3, 4])
def test_one_to_four_who_reached_or_did_not_are_kept_back_with_the_other_part(few: int) -> None:
    assert kept(40, few) == (False, True, True)
    assert kept(40, 40 - few) == (False, True, True)


def test_five_who_did_not_reach_are_shown() -> None:
    assert kept(40, 35) == (False, False, False)


def test_a_group_that_all_or_none_belong_to_is_kept_back_only_where_the_rule_says_so() -> None:
    assert kept(40, 40) == kept(40, 0) == (False, True, True)
    assert kept(40, 40, SURVEY) == kept(40, 0, SURVEY) == (False, False, False)


def test_an_empty_group_is_a_true_nought_and_is_shown() -> None:
    assert kept(0, 0) == (False, False, False)


@given(st.integers(0, 200), st.data())
def test_the_part_and_the_rest_are_treated_alike(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    assert kept(n, part) == kept(n, n - part)


@given(st.integers(1, 200), st.data())
def test_no_shown_share_rests_on_few_pupils(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    if not kept(n, part)[1]:
        assert n >= 10
        assert part >= 5
        assert n - part >= 5


def test_a_mean_of_too_few_or_of_an_unknown_number_is_kept_back() -> None:
    assert primary_means(np.array([9.0, 10.0, np.nan]), RESULTS).tolist() == [True, False, True]


@pytest.mark.parametrize(("n", "part"), [(5.0, 6.0), (5.0, -1.0), (np.nan, 1.0), (5.0, np.nan)])
def test_a_part_larger_than_the_whole_or_an_unknown_number_is_refused(n: float, part: float) -> None:
    with pytest.raises(ValueError, match=r"group 0: .* is not a part of a number of pupils"):
        primary_counts(np.array([n]), np.array([part]), RESULTS)


def test_groups_and_parts_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="must be the same"):
        primary_counts(np.ones(2), np.ones(3), RESULTS)


def test_a_rule_without_a_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="width is 0; it must be at least 1"):
        Limit("public", "results", 10, 5, True, 0)

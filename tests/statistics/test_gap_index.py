"""Gaps and ranks against scipy and made-up pupils."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.gap_index import (
    Means,
    change_in_gap,
    gap_in_points,
    gap_index,
    relative_gap,
    standardised_gap,
)
from analysis.statistics.refusal import CannotFitError


def _groups(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return np.round(random.normal(230, 50, 40) / 10) * 10, np.round(random.normal(210, 60, 25) / 10) * 10


def test_the_gap_is_welchs_test() -> None:
    girls, boys = _groups()
    found = gap_in_points(Means.of_pupils(girls), Means.of_pupils(boys))
    known = stats.ttest_ind(girls, boys, equal_var=False)
    ends = known.confidence_interval(0.95)
    assert float(found.df) == pytest.approx(known.df)
    assert (float(found.low), float(found.high)) == pytest.approx((ends.low, ends.high))


def test_many_schools_are_answered_at_once_and_a_missing_one_stays_missing() -> None:
    one = Means.known([230.0, 220.0, np.nan], [9.0, 4.0, 1.0], [20.0, 30.0, 9.0])
    other = Means.known([210.0, 221.0, 200.0], [16.0, 5.0, 1.0], [18.0, 40.0, 9.0])
    found = gap_in_points(one, other)
    assert found.estimate[:2].tolist() == [20.0, -1.0] and np.isnan(found.low[2])
    alone = gap_in_points(Means.known(220.0, 4.0, 30.0), Means.known(221.0, 5.0, 40.0))
    assert float(found.low[1]) == pytest.approx(float(alone.low))


def test_fiellers_ends_are_where_the_difference_is_just_certain() -> None:
    girls, boys = Means.known(40.0, 4.0), Means.known(25.0, 3.0)
    found = relative_gap(girls, boys)
    for end in (float(found.low), float(found.high)):
        assert abs(40 - end * 25) / np.sqrt(4 + end**2 * 3) == pytest.approx(1.959964, rel=1e-6)


def test_a_ratio_to_what_may_be_zero_is_not_given() -> None:
    found = relative_gap(Means.known([5.0, 5.0], [1.0, 1.0]), Means.known([1.0, 10.0], [1.0, 1.0]))
    assert np.isnan([found.estimate[0], found.low[0], found.high[0]]).all() and np.isfinite(found.low[1])


def test_an_estimated_standard_deviation_makes_the_standardised_gap_less_certain() -> None:
    one, other = Means.known(230.0, 9.0), Means.known(210.0, 16.0)
    known, guessed = standardised_gap(one, other, 50.0), standardised_gap(one, other, 50.0, 8)
    assert float(known.estimate) == float(guessed.estimate) == 0.4
    assert float(guessed.se) == pytest.approx(np.sqrt(0.01 + 0.16 / 16))


def test_the_change_in_a_gap_is_the_same_whoever_is_named_first() -> None:
    one, other = Means.known([20.0, 14.0], [4.0, 4.0], 30), Means.known([10.0, 11.0], [5.0, 5.0], 25)
    gap, turned = gap_in_points(one, other), gap_in_points(other, one)
    before, after = (_year(gap, place) for place in (0, 1))
    found = change_in_gap(before, after)
    mirrored = change_in_gap(_year(turned, 0), _year(turned, 1))
    assert float(found.estimate) == -7.0 == -float(mirrored.estimate)
    assert float(found.low) == pytest.approx(-float(mirrored.high))
    assert float(found.se) == pytest.approx(np.sqrt(18))


def _year(gaps, place: int):
    parts = (gaps.estimate, gaps.se, gaps.df, gaps.low, gaps.high)
    return type(gaps)(*(each[place] for each in parts))


def test_the_gap_index_is_twenty_times_what_separates_auc_from_a_half() -> None:
    girls, boys = _groups()
    ahead = (girls[:, None] > boys).mean() + 0.5 * (girls[:, None] == boys).mean()
    found = gap_index(girls, boys)
    assert found.index == pytest.approx(20 * (ahead - 0.5), abs=1e-12)
    ranks = stats.rankdata(np.concatenate([girls, boys]))
    assert found.index == pytest.approx(20 * (ranks[:40].mean() - ranks[40:].mean()) / 65, abs=1e-12)


def test_delongs_error_is_the_variance_of_the_placements() -> None:
    girls, boys = _groups()
    wins = (girls[:, None] > boys) + 0.5 * (girls[:, None] == boys)
    known = wins.mean(axis=1).var(ddof=1) / 40 + wins.mean(axis=0).var(ddof=1) / 25
    assert gap_index(girls, boys).se == pytest.approx(20 * np.sqrt(known), rel=1e-10)


def test_groups_wholly_apart_have_an_interval() -> None:
    found, mirrored = gap_index([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]), gap_index([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])
    assert found.index == 10 and found.high == pytest.approx(10) and 0 < found.low < 8 and np.isnan(found.se)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


def test_another_scale_of_grades_gives_the_same_gap_index() -> None:
    girls, boys = _groups()
    known, found = gap_index(girls, boys), gap_index(np.exp(girls / 50), np.exp(boys / 50))
    assert found == known
    assert gap_index(girls[::-1], np.tile(boys, 2)).index == pytest.approx(known.index)


@pytest.mark.slow
@pytest.mark.parametrize("apart", [0.0, 0.5, 1.5])
def test_the_interval_of_the_gap_index_covers_the_truth(apart: float) -> None:
    random, truth = np.random.default_rng(3), 20 * (stats.norm.cdf(apart / np.sqrt(2)) - 0.5)
    found = [gap_index(random.normal(apart, 1, 18), random.normal(0, 1, 25)) for _ in range(1500)]
    assert 0.935 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.98


def test_what_has_no_gap_is_refused() -> None:
    refused = [
        (lambda: gap_index([1, 2, 3, 4], [1, 2, 3, 4, 5]), "too_few_pupils"),
        (lambda: gap_index([1, 2, 3, 4, np.nan], [1, 2, 3, 4, 5]), "missing"),
        (lambda: Means.of_pupils([3.0]), "too_few_pupils"),
        (lambda: Means.of_pupils([3.0, np.nan]), "missing"),
    ]
    for call, reason in refused:
        with pytest.raises(CannotFitError) as refusal:
            call()
        assert refusal.value.reason == reason


@pytest.mark.slow
def test_stable_gaps_change_one_time_in_twenty() -> None:
    random, flagged = np.random.default_rng(8), []
    for _ in range(2000):
        n = random.integers(5, 60, 2)
        years = [
            gap_in_points(Means.of_pupils(random.normal(230, 50, n[0])), Means.of_pupils(random.normal(210, 60, n[1])))
            for _ in range(2)
        ]
        found = change_in_gap(*years)
        flagged.append(float(found.low) > 0 or float(found.high) < 0)
    assert np.mean(flagged) <= 0.06

"""Survey answers against closed forms, single-place functions and made-up pupils."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from analysis.statistics.intervals import wilson
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.survey import (
    difference_from_whole,
    distribution,
    means,
    positive_share,
    response_bounds,
    response_limits,
    survey_index,
)


def test_a_respondent_with_half_the_questions_does_not_count_and_one_with_more_does() -> None:
    found = survey_index([[10, 10, np.nan, np.nan], [0, 5, 10, np.nan], [10, 10, 10, 10]])
    assert np.isnan(found.values[0]) and found.values[1:].tolist() == [5.0, 10.0]
    assert (found.mean, found.counted, found.not_counted) == (7.5, 2, 1)
    assert survey_index([[10, 10, np.nan, np.nan], [0, 5, 10, np.nan]], fewest_items=2).counted == 2


def test_the_interval_of_an_index_is_students() -> None:
    found = survey_index([[2.0], [4.0], [6.0]])
    assert (found.mean, found.sd) == (4.0, 2.0)
    assert found.high - found.mean == pytest.approx(4.302653 * 2 / np.sqrt(3), rel=1e-6)


def test_an_impossible_rule_for_counting_is_refused() -> None:
    with pytest.raises(ValueError, match="between 1 and 2 questions can be asked for, got: 3"):
        survey_index([[1, 2], [2, 3]], fewest_items=3)


def test_the_distribution_sums_to_all_who_answered() -> None:
    answers = [1, 1, 2, 4, 4, 4, np.nan, np.nan]
    found = distribution(answers, [1, 2, 3, 4])
    assert found.counts.tolist() == [2, 1, 0, 3] and found.shares.sum() == 1
    assert (found.answered, found.not_answered) == (6, 2)
    assert (found.low <= found.shares).all() and found.high[2] > 0


def test_the_positive_share_is_wilsons() -> None:
    found = positive_share([4] * 5 + [3] * 3 + [2, 1, np.nan], [1, 2, 3, 4], [3, 4])
    assert float(found.shares[0]) == 0.8 and (found.answered, found.not_answered) == (10, 1)
    assert (float(found.low[0]), float(found.high[0])) == pytest.approx(tuple(map(float, wilson(0.8, 10))))


def test_nobody_positive_is_a_share_of_zero() -> None:
    assert float(positive_share([1, 1, 2], [1, 2, 3, 4], [3, 4]).shares[0]) == 0


def test_full_response_leaves_no_doubt_and_half_leaves_half_the_scale() -> None:
    full = response_bounds(70, 40, 40, 0, 100, unlike=10)
    assert full.worst_low == full.worst_high == full.plausible_low == 70
    half = response_bounds(70, 20, 40, 0, 100, unlike=10)
    assert half.worst_high - half.worst_low == pytest.approx(50)
    assert (half.plausible_low, half.plausible_high) == pytest.approx((65, 75))


def test_the_plausible_bounds_never_leave_the_worst_ones() -> None:
    found = response_bounds(95, 20, 40, 0, 100, unlike=30)
    assert found.plausible_high == found.worst_high and found.plausible_low > found.worst_low
    with pytest.raises(ValueError, match="lies between 0 and 100"):
        response_bounds(101, 20, 40, 0, 100, unlike=30)


def test_answers_that_carry_no_figure_are_refused() -> None:
    refused = [
        (lambda: survey_index([[1.0, np.nan], [np.nan, np.nan]], 2), "too_few_answers"),
        (lambda: distribution([1, 5], [1, 2]), "out_of_range"),
        (lambda: distribution([np.nan], [1, 2]), "too_few_answers"),
        (lambda: response_bounds(50, 0, 100, 0, 100, 10), "too_few_answers"),
        (lambda: response_bounds(50, 101, 100, 0, 100, 10), "too_few_answers"),
    ]
    for call, reason in refused:
        with pytest.raises(CannotFitError) as refusal:
            call()
        assert refusal.value.reason == reason


def test_the_means_of_many_places_are_those_of_each() -> None:
    random = np.random.default_rng(1)
    codes, values = random.integers(0, 6, 200), random.uniform(0, 10, 200)
    found = means(codes, values, 7)
    for place in range(6):
        one = survey_index(values[codes == place, None])
        mine = (found.mean[place], found.sd[place], found.low[place], found.high[place], found.n[place])
        assert mine == pytest.approx((one.mean, one.sd, one.low, one.high, one.counted))
    assert found.n[6] == 0 and np.isnan(found.mean[6])


def test_the_difference_from_the_whole_has_welchs_test_against_the_others() -> None:
    random = np.random.default_rng(2)
    part, others = random.normal(7, 2, 25), random.normal(6, 1.5, 90)
    whole = means(np.zeros(115, dtype=np.int64), np.concatenate([part, others]), 1)
    found = difference_from_whole(means(np.zeros(25, dtype=np.int64), part, 1), whole)
    welch = ttest_ind(part, others, equal_var=False)
    assert found.difference[0] == pytest.approx(part.mean() - np.concatenate([part, others]).mean())
    assert found.difference[0] / found.se[0] == pytest.approx(welch.statistic)
    assert found.df[0] == pytest.approx(welch.df)


def test_a_place_that_is_the_whole_cannot_be_compared_with_it() -> None:
    alone = means(np.zeros(30, dtype=np.int64), np.arange(30.0), 1)
    assert np.isnan(difference_from_whole(alone, alone).se[0])


def test_the_limits_of_many_figures_are_the_bounds_of_each() -> None:
    many = response_limits(np.array([70.0, 95.0]), np.array([0.5, 0.5]), 0, 100, np.array([10.0, 30.0]))
    for place, (figure, unlike) in enumerate([(70, 10), (95, 30)]):
        one = response_bounds(figure, 20, 40, 0, 100, unlike)
        known = (one.worst_low, one.worst_high, one.plausible_low, one.plausible_high)
        assert tuple(float(each[place]) for each in many) == pytest.approx(known)


@pytest.mark.slow
def test_a_group_that_differs_by_nothing_is_called_different_five_times_in_a_hundred() -> None:
    random = np.random.default_rng(3)
    codes = np.repeat(np.arange(2000), 24)
    answers = np.clip(random.normal(7, 2, len(codes)), 0, 10)
    part = means(codes, answers, 2000)
    whole = means(np.zeros(len(codes), dtype=np.int64), answers, 1)
    found = difference_from_whole(part, type(whole)(*(np.repeat(each, 2000) for each in vars(whole).values())))
    assert 0.035 <= np.mean(np.abs(found.difference / found.se) > 2.069) <= 0.065


PART = np.array([10, 8.3, 6.7, 9.2, 7.5, 10, 5, 8.3, 9.2, 7.5])
OTHERS = np.array([6.7, 5, 3.3, 8.3, 7.5, 6.7, 4.2, 5.8, 10, 2.5, 6.7, 5, 7.5])


def test_the_difference_and_the_intervals_are_those_of_base_r() -> None:
    """tests/reference/survey/survey.txt"""
    part = means(np.zeros(10, dtype=np.int64), PART, 1)
    found = difference_from_whole(part, means(np.zeros(23, dtype=np.int64), np.concatenate([PART, OTHERS]), 1))
    assert found.difference[0] / found.se[0] == pytest.approx(2.7348778457, rel=1e-9)
    assert found.df[0] == pytest.approx(20.9971325624, rel=1e-9)
    assert found.se[0] == pytest.approx(13 / 23 * 0.7597020507, rel=1e-9)
    assert (part.low[0], part.high[0]) == pytest.approx((7.0525513494, 9.2874486506), rel=1e-9)
    share = positive_share([1] * 7 + [0] * 3, [1, 0], [1])
    assert (share.low[0], share.high[0]) == pytest.approx((0.3967781475, 0.8922087326), rel=1e-9)

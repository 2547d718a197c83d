"""What a group's foreseen deviation may miss by, against the full covariance matrix and a known truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analysis.statistics.mixed_model import fit, fit_three_levels, prediction_interval

PLACE_OF = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4])
SCHOOL = np.repeat(np.arange(14), [3, 5, 2, 7, 4, 3, 6, 2, 5, 9, 3, 4, 4, 6])
PLACE = PLACE_OF[SCHOOL]


def _rows(seed: int, school_sd: float, place_sd: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(size=len(SCHOOL)) + random.normal(size=14)[SCHOOL]
    own = place_sd * random.normal(size=5)[PLACE] + school_sd * random.normal(size=14)[SCHOOL]
    return 2 + x + own + random.normal(size=len(SCHOOL)), np.column_stack([np.ones(len(SCHOOL)), x])


def _by_matrices(
    design: np.ndarray, relative: np.ndarray, indicators: list[np.ndarray], aims: list[np.ndarray], restricted: bool
) -> np.ndarray:
    """g1 + g2 + 2·g3 over σ² of deviations Σₖ aimsₖ'uₖ, from matrices as large as the rows."""
    shapes = [each @ each.T for each in indicators]

    def weights(at: np.ndarray) -> np.ndarray:
        across = np.eye(len(design)) + sum(size * shape for size, shape in zip(at, shapes, strict=True))
        reach = sum(size * aim @ each.T for size, aim, each in zip(at, aims, indicators, strict=True))
        return np.asarray(reach @ np.linalg.inv(across))

    across = np.eye(len(design)) + sum(size * shape for size, shape in zip(relative, shapes, strict=True))
    inverse = np.linalg.inv(across)
    middle = np.linalg.inv(design.T @ inverse @ design)
    project = inverse - inverse @ design @ middle @ design.T @ inverse if restricted else inverse
    known = weights(relative)
    prior = sum(size * aim @ aim.T for size, aim in zip(relative, aims, strict=True))
    chance = prior - known @ across @ known.T
    turns = [project @ shape for shape in shapes]
    degrees = len(design) - (design.shape[1] if restricted else 0)
    traces = np.array([np.trace(turn) for turn in turns])
    products = np.array([[np.trace(one @ other) for other in turns] for one in turns])
    spread = np.linalg.inv((products - np.outer(traces, traces) / degrees) / 2)
    steps = 1e-6 * np.eye(len(relative))
    slopes = [(weights(relative + step) - weights(relative - step)) / 2e-6 for step in steps]
    extra = sum(
        spread[one, other] * slopes[one] @ across @ slopes[other].T
        for one in range(len(slopes))
        for other in range(len(slopes))
    )
    return np.asarray(np.diag(chance + known @ design @ middle @ design.T @ known.T + 2 * extra))


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(("seed", "school_sd"), [(1, 1.0), (2, 0.3), (4, 0.0)])
def test_schools_have_the_uncertainty_that_full_matrices_give(method: str, seed: int, school_sd: float) -> None:
    y, design = _rows(seed, school_sd, 0.0)
    found = fit(y, design, SCHOOL, method=method)
    schools = np.eye(14)[SCHOOL]
    relative = np.array([found.variances[0, 0] / found.residual_variance])
    known = _by_matrices(design, relative, [schools], [np.eye(14)], method == "REML")
    assert found.prediction_sd is not None
    np.testing.assert_allclose(found.prediction_sd**2 / found.residual_variance, known, rtol=1e-6)
    assert np.all(found.prediction_sd > found.effect_sd[:, 0])


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(
    ("seed", "school_sd", "place_sd"), [(1, 1.0, 1.0), (2, 1.0, 0.0), (3, 0.0, 1.0), (4, 0.0, 0.0)]
)
def test_three_levels_have_the_uncertainty_that_full_matrices_give(
    method: str, seed: int, school_sd: float, place_sd: float
) -> None:
    y, design = _rows(seed, school_sd, place_sd)
    found = fit_three_levels(y, design, SCHOOL, PLACE, method=method)
    schools, places = np.eye(14)[SCHOOL], np.eye(5)[PLACE]
    relative = np.array([found.variance, found.outer_variance]) / found.residual_variance
    whole = _by_matrices(design, relative, [schools, places], [np.eye(14), np.eye(5)[PLACE_OF]], method == "REML")
    outer = _by_matrices(design, relative, [schools, places], [np.zeros((5, 14)), np.eye(5)], method == "REML")
    np.testing.assert_allclose(found.total_prediction_sd**2 / found.residual_variance, whole, rtol=1e-6)
    np.testing.assert_allclose(found.outer_prediction_sd**2 / found.residual_variance, outer, rtol=1e-6)
    np.testing.assert_allclose(found.total_effects, found.effects + found.outer_effects[PLACE_OF], atol=1e-12)


def test_groups_without_a_pattern_of_their_own_still_have_an_uncertainty() -> None:
    random = np.random.default_rng(1)
    boundaries = []
    for _ in range(8):
        found = fit(random.normal(0, 40, 300), np.ones((300, 1)), np.repeat(np.arange(12), 25))
        assert found.prediction_sd is not None and np.all(found.prediction_sd > 0)
        boundaries.append(found.is_boundary)
        if found.is_boundary:
            assert not found.effects.any()
            # by hand: twice nσ²·var(γ) with var(γ) = 2/(11·25²) when σ² is known
            hand = np.sqrt(4 * found.residual_variance / (25 * 11))
            np.testing.assert_allclose(found.prediction_sd, hand, rtol=0.1)
    assert any(boundaries) and not all(boundaries)


def test_a_level_without_differences_of_its_own_has_a_variance_of_exactly_nought() -> None:
    boundaries = 0
    for seed in range(30):
        y, design = _rows(seed, 1.0, 0.0)
        found = fit_three_levels(y, design, SCHOOL, PLACE)
        for variance in (found.variance, found.outer_variance):
            assert variance == 0 or variance > 1e-9
        assert found.is_boundary == (found.variance == 0 or found.outer_variance == 0)
        boundaries += found.outer_variance == 0
    assert boundaries >= 5


def test_slopes_have_no_uncertainty_of_this_kind() -> None:
    y, design = _rows(1, 1.0, 0.0)
    keep = SCHOOL < 13
    assert fit(y[keep], design[keep], SCHOOL[keep] // 2, design[keep]).prediction_sd is None


def _coverage(rounds: int, df: int, one: Callable[[np.random.Generator], tuple[np.ndarray, ...]]) -> float:
    random = np.random.default_rng(3)
    hits = []
    for _ in range(rounds):
        foreseen, sd, common, true = one(random)
        low, high = prediction_interval(foreseen, sd, common, df)
        hits.append((low <= true) & (true <= high))
    return float(np.mean(np.concatenate(hits)))


@pytest.mark.slow
@pytest.mark.parametrize("schools", [6, 12, 60])
@pytest.mark.parametrize("school_sd", [5.0, 12.0, 30.0])
def test_intervals_of_schools_cover_their_true_deviation(schools: int, school_sd: float) -> None:
    def one(random: np.random.Generator) -> tuple[np.ndarray, ...]:
        school = np.repeat(np.arange(schools), random.integers(15, 60, schools))
        true = random.normal(0, school_sd, schools)
        x = random.normal(size=len(school)) + random.normal(0, 0.5, schools)[school]
        y = 200 + 20 * x + true[school] + random.normal(0, 40, len(school))
        found = fit(y, np.column_stack([np.ones(len(school)), x]), school)
        assert found.prediction_sd is not None and found.common_sd is not None
        return found.effects[:, 0], found.prediction_sd, found.common_sd, true

    covered = _coverage(6000 // schools, schools - 1, one)
    assert 0.915 <= covered <= 0.995, covered


@pytest.mark.slow
@pytest.mark.parametrize(("class_sd", "school_sd"), [(5.0, 10.0), (10.0, 5.0), (10.0, 0.0), (0.0, 10.0)])
def test_intervals_of_classes_cover_their_true_deviation(class_sd: float, school_sd: float) -> None:
    school_of = np.repeat(np.arange(15), 3)

    def one(random: np.random.Generator) -> tuple[np.ndarray, ...]:
        group = np.repeat(np.arange(45), random.integers(12, 30, 45))
        true = random.normal(0, school_sd, 15)[school_of] + random.normal(0, class_sd, 45)
        y = 200 + true[group] + random.normal(0, 40, len(group))
        found = fit_three_levels(y, np.ones(len(group)), group, school_of[group])
        return found.total_effects, found.total_prediction_sd, found.total_common_sd, true

    covered = _coverage(120, 14, one)
    assert 0.915 <= covered <= 0.995, covered

"""The likelihood from sums per group is the one of the full covariance matrix, and its gradient is right."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.statistics.mixed_model.likelihood import (
    Problem,
    along_factor,
    curvature,
    factor_of,
    natural_scale,
    profile,
    slope,
)
from analysis.statistics.mixed_model.nested import nested_sums
from analysis.statistics.mixed_model.sums import group_sums

RANDOM = np.random.default_rng(4)
SIZES = np.array([1, 2, 3, 5, 8, 1, 4])  # schools of one and two pupils cannot tell three random effects apart
SCHOOL = np.repeat(np.arange(7), SIZES)
PLACE = np.array([0, 0, 0, 1, 1, 2, 2])
ROWS = len(SCHOOL)
X = np.column_stack([np.ones(ROWS), RANDOM.normal(size=(ROWS, 2))])
Y = X @ [1.0, 2.0, -1.0] + RANDOM.normal(size=7)[SCHOOL] + RANDOM.normal(size=ROWS)
TABLE = np.column_stack([X, Y])


def _with_slopes(is_restricted: bool) -> tuple[Problem, np.ndarray, np.ndarray]:
    """The problem, a Λ, and ZΓZ' in full."""
    sums = group_sums(SCHOOL, 7, X, TABLE)
    free = np.tril(np.ones((3, 3), dtype=bool))
    factor = np.array([[0.9, 0, 0], [0.3, 0.5, 0], [-0.2, 0.4, 0.7]])
    full = (X @ factor @ factor.T @ X.T) * (SCHOOL[:, None] == SCHOOL)
    return Problem(sums.evaluate, free, ROWS, ROWS - 3 * is_restricted, is_restricted, 7), factor, full


def _nested(is_restricted: bool) -> tuple[Problem, np.ndarray, np.ndarray]:
    sums = nested_sums(SCHOOL, PLACE, TABLE)
    place = PLACE[SCHOOL]
    full = 0.8**2 * (SCHOOL[:, None] == SCHOOL) + 0.6**2 * (place[:, None] == place)
    problem = Problem(sums.evaluate, np.eye(2, dtype=bool), ROWS, ROWS - 3 * is_restricted, is_restricted, 7)
    return problem, np.diag([0.8, 0.6]), full


@pytest.mark.parametrize("is_restricted", [True, False])
@pytest.mark.parametrize("make", [_with_slopes, _nested])
def test_the_deviance_is_that_of_the_full_covariance_matrix(make, is_restricted: bool) -> None:
    problem, factor, between = make(is_restricted)
    full = np.eye(ROWS) + between
    inverse = np.linalg.inv(full)
    information = X.T @ inverse @ X
    coefficients = np.linalg.solve(information, X.T @ inverse @ Y)
    left = Y - X @ coefficients
    squares, degrees = left @ inverse @ left, problem.degrees
    known = np.linalg.slogdet(full)[1] + degrees * (1 + np.log(2 * np.pi * squares / degrees))
    known += np.linalg.slogdet(information)[1] if is_restricted else 0
    found = profile(problem, factor @ factor.T)
    assert found.deviance == pytest.approx(known, rel=1e-12)
    np.testing.assert_allclose(found.coefficients, coefficients, rtol=1e-9)
    np.testing.assert_allclose(found.inverse, np.linalg.inv(information), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("is_restricted", [True, False])
@pytest.mark.parametrize("make", [_with_slopes, _nested])
def test_the_gradient_is_the_slope_of_the_deviance(make, is_restricted: bool) -> None:
    problem, factor, _ = make(is_restricted)
    at = profile(problem, factor @ factor.T)
    found = along_factor(problem, slope(problem, at, at.variance), factor)
    known = []
    for place in range(len(found)):
        ends = []
        for step in (1e-5, -1e-5):
            theta = factor[problem.free]
            theta[place] += step
            moved = factor_of(problem, theta)
            ends.append(profile(problem, moved @ moved.T).deviance)
        known.append((ends[0] - ends[1]) / 2e-5)
    np.testing.assert_allclose(found, known, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("make", [_with_slopes, _nested])
def test_the_curvature_is_that_of_the_deviance_in_variances_and_residual(make) -> None:
    problem, factor, _ = make(True)
    scale = np.append(natural_scale(problem, factor), 1.0)
    best = np.log(profile(problem, factor @ factor.T).variance)

    def deviance(change: np.ndarray) -> float:
        moved = factor_of(problem, factor[problem.free] + (scale * change)[:-1])
        at, log_variance = profile(problem, moved @ moved.T), best + change[-1]
        return at.log_determinants + problem.degrees * log_variance + at.squares / np.exp(log_variance)

    size, step = len(scale), 1e-3
    axes = step * np.eye(size)
    known = [
        [(deviance(a + b) - deviance(a - b) - deviance(b - a) + deviance(-a - b)) / (4 * step**2) for b in axes]
        for a in axes
    ]
    np.testing.assert_allclose(curvature(problem, factor), known, rtol=1e-3, atol=1e-3)

"""The variances at which the likelihood is highest, with a certificate that they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.mixed_model.likelihood import (
    Problem,
    Profile,
    along_factor,
    curvature,
    factor_of,
    natural_scale,
    profile,
    slope,
)
from analysis.statistics.refusal import CannotFitError

NEGLIGIBLE = 1e-7
"""differences in deviance that no reader of any figure could see"""
FLAT = 1e-7
"""eigenvalues of the curvature below this share of the largest are flat: Λ turned without changing ΛΛ'"""
TRACE = 1e-13
"""variances of Γ below this share of its largest are zero"""
LARGEST_RATIO = 1e6
"""standard deviations between groups are sought up to this many times that within groups"""
ATTEMPTS = 8
POLISHES = 20
ROUNDING = 1e-9
"""how much rounding may change a deviance"""


@dataclass(frozen=True)
class Optimum:
    """Γ at the highest likelihood, its factor, the profile there, and whether Γ has less than full rank."""

    relative: Floats
    factor: Floats
    profile: Profile
    is_boundary: bool


def optimum(problem: Problem) -> Optimum:
    """The relative covariance Γ = ΛΛ' that maximises the profiled (restricted) likelihood.

    L-BFGS on the free entries of Λ with the analytic gradient from the best point of a grid, then Newton
    steps; a variance that does not matter is set to zero exactly. The answer must be stationary, with no
    direction left in which a zero variance should rise and no negative curvature. Raises CannotFitError
    with the reason no_convergence where that is not reached.
    """
    relative = _best_of_grid(problem)
    for _ in range(ATTEMPTS):
        relative = _without_traces(problem, _descended(problem, relative))
        relative, gap = _polished(problem, relative)
        better = _raised_from_zero(problem, relative)
        if better is not None:
            relative = better
        elif gap <= NEGLIGIBLE:
            is_boundary = bool(np.any(_directions(problem, relative)[0] == 0))
            return Optimum(relative, lower_factor(problem, relative), profile(problem, relative), is_boundary)
        else:
            relative = relative + 1e-2 * problem.unit * np.eye(len(relative))
    raise CannotFitError(
        "no_convergence",
        f"the highest likelihood was not found in {ATTEMPTS} attempts ({problem.rows} rows, {problem.groups} groups): "
        "use fewer random effects or more groups",
    )


def lower_factor(problem: Problem, relative: Floats) -> Floats:
    """The lower triangular Λ, diagonal not negative, with ΛΛ' = `relative`; as few columns as its rank."""
    if _is_diagonal(problem):
        return np.asarray(np.diag(np.sqrt(np.diag(relative))), dtype=float)
    sizes, directions = _directions(problem, relative)
    half = directions[:, ::-1] * np.sqrt(sizes[::-1])
    lower = np.asarray(np.linalg.qr(half.T, mode="r"), dtype=float).T
    return np.asarray(lower * np.where(np.diag(lower) < 0, -1.0, 1.0), dtype=float)


def _is_diagonal(problem: Problem) -> bool:
    return bool(np.array_equal(problem.free, np.eye(len(problem.free), dtype=bool)))


def _best_of_grid(problem: Problem) -> Floats:
    """The best Γ with equal variances, then each variance varied in turn."""
    steps = np.concatenate([[0.0], problem.unit * 10.0 ** np.arange(-1, 9)])
    steps = steps[steps <= 1e4]
    size = len(problem.free)
    best = _lowest(problem, [step * np.eye(size) for step in steps])
    for place in range(size if size > 1 else 0):
        apart = np.ones((size, size))
        apart[place, place] = 0.0
        single = np.zeros((size, size))
        single[place, place] = 1.0
        best = _lowest(problem, [best * apart + step * single for step in steps])
    return best


def _lowest(problem: Problem, candidates: list[Floats]) -> Floats:
    """The one of several Γ with the lowest deviance."""
    return min(candidates, key=lambda each: profile(problem, each).deviance)


def _descended(problem: Problem, relative: Floats) -> Floats:
    """Where L-BFGS comes from `relative`."""
    from scipy.optimize import minimize

    start = lower_factor(problem, relative)
    scale = natural_scale(problem, start)

    def deviance_and_gradient(scaled: Floats) -> tuple[float, Floats]:
        factor = factor_of(problem, scaled * scale)
        at = profile(problem, factor @ factor.T)
        return at.deviance, scale * along_factor(problem, slope(problem, at, at.variance), factor)

    reach = [(-LARGEST_RATIO / each, LARGEST_RATIO / each) for each in scale]
    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7}
    found = minimize(
        deviance_and_gradient, start[problem.free] / scale, jac=True, method="L-BFGS-B", bounds=reach, options=options
    )
    factor = factor_of(problem, np.asarray(found.x, dtype=float) * scale)
    return factor @ factor.T


def _without_traces(problem: Problem, relative: Floats) -> Floats:
    """Γ with its smallest variance set to zero as long as the deviance does not notice."""
    while True:
        sizes, directions = _directions(problem, relative)
        positive = np.flatnonzero(sizes > 0)
        if not len(positive):
            return np.zeros_like(relative)
        sizes[positive[np.argmin(sizes[positive])]] = 0.0
        smaller = np.asarray((directions * sizes) @ directions.T, dtype=float)
        if profile(problem, smaller).deviance > profile(problem, relative).deviance + NEGLIGIBLE:
            return relative
        relative = smaller


def _directions(problem: Problem, relative: Floats) -> tuple[Floats, Floats]:
    """The variances of Γ, smallest first or in their order, and their directions; what rounding leaves is zero."""
    if _is_diagonal(problem):
        return np.diag(relative).copy(), np.eye(len(relative))
    sizes, directions = np.linalg.eigh(relative)
    return np.where(sizes > TRACE * max(float(sizes[-1]), 0.0), sizes, 0.0), np.asarray(directions, dtype=float)


def _polished(problem: Problem, relative: Floats) -> tuple[Floats, float]:
    """Γ after Newton steps, and by how much the deviance could still fall; infinite at a negative curvature."""
    gap = 0.0
    for _ in range(POLISHES if relative.any() else 0):
        step, gap = _newton(problem, relative)
        moved = lower_factor(problem, relative) - factor_of(problem, step)
        there = moved @ moved.T
        before = profile(problem, relative).deviance
        is_lower = profile(problem, there).deviance <= before + ROUNDING * (1 + 1e-5 * abs(before))
        if not np.isfinite(gap) or not is_lower:
            break
        relative = there
        if gap <= ROUNDING:
            break
    return (np.where(relative > TRACE * problem.unit, relative, 0.0) if _is_diagonal(problem) else relative), gap


def _newton(problem: Problem, relative: Floats) -> tuple[Floats, float]:
    """The Newton step in the free entries of Λ, and the fall in deviance that it and Λ's other entries promise."""
    factor = lower_factor(problem, relative)
    at = profile(problem, relative)
    derivative = slope(problem, at, at.variance)
    scale = natural_scale(problem, factor)
    sizes, directions = np.linalg.eigh(curvature(problem, factor))
    if sizes[0] < -10 * FLAT * sizes[-1]:
        return np.zeros(int(problem.free.sum())), np.inf
    bent = sizes > FLAT * sizes[-1]
    along = directions[:, bent].T @ np.append(scale * along_factor(problem, derivative, factor), 0.0)
    step = directions[:, bent] @ (along / sizes[bent])
    counted = np.diag(np.diag(derivative)) if _is_diagonal(problem) else derivative
    rest = float(np.sum((counted @ factor) ** 2)) / float(np.trace(at.evaluation.reach))
    return scale * step[:-1], float(np.sum(along**2 / sizes[bent])) / 2 + rest


def _raised_from_zero(problem: Problem, relative: Floats) -> Floats | None:
    """A better Γ where a variance is zero that should not be; None where every zero is right."""
    sizes, directions = _directions(problem, relative)
    empty = directions[:, sizes == 0]
    if not empty.shape[1]:
        return None
    at = profile(problem, relative)
    derivative = empty.T @ slope(problem, at, at.variance) @ empty
    derivative = np.diag(np.diag(derivative)) if _is_diagonal(problem) else derivative
    gains, turns = np.linalg.eigh(derivative)
    if -gains[0] * problem.unit <= NEGLIGIBLE:
        return None
    way = empty @ turns[:, 0]
    candidates = [relative + size * np.outer(way, way) for size in problem.unit * 10.0 ** np.arange(-6, 7)]
    best = _lowest(problem, candidates)
    return best if profile(problem, best).deviance < at.deviance - NEGLIGIBLE else None

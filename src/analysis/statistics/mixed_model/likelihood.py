"""The likelihood at given variances, from sums per group; the same algebra for two and for three levels.

Notation of Bates et al. (2015, doi:10.18637/jss.v067.i01): Var(y) = σ²(I + ZΓZ'), Γ = ΛΛ'. With
V = I + ZΓZ' and W = [X y], all that is needed is log|V| and S = W'V⁻¹W, and for the gradient
Z'V⁻¹Z and Z'V⁻¹W summed over groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats
from analysis.statistics.refusal import CannotFitError

STEP = 1e-4
"""of the central differences, in natural scales"""


@dataclass(frozen=True)
class Evaluation:
    """Sums over all groups at one Γ.

    ``log_determinant`` = log|V|; ``cross`` = S; ``reach`` = Σ Z'V⁻¹Z (q × q), the gradient of log|V|; ``pull`` =
    Σ K ⊗ K with K = Z'V⁻¹W of a group, as (q, columns, q, columns), minus the derivative of S.
    """

    log_determinant: float
    cross: Floats
    reach: Floats
    pull: Floats


@dataclass(frozen=True)
class Problem:
    """What is to be maximised: sums at any Γ, which entries of Λ are free, and the sizes."""

    evaluate: Callable[[Floats], Evaluation]
    free: npt.NDArray[np.bool_]
    rows: int
    degrees: int
    """rows, under REML less the number of fixed effects"""
    is_restricted: bool
    groups: int

    @property
    def unit(self) -> float:
        """The size of Γ at which chance and true differences weigh the same in a group of average size."""
        return self.groups / self.rows


@dataclass(frozen=True)
class Profile:
    """The best coefficients and residual variance at one Γ, and the deviance there."""

    evaluation: Evaluation
    coefficients: Floats
    inverse: Floats
    """(X'V⁻¹X)⁻¹"""
    squares: float
    """the weighted sum of squared residuals, (y - Xβ)'V⁻¹(y - Xβ)"""
    log_determinants: float
    """log|V|, under REML plus log|X'V⁻¹X|"""
    variance: float
    deviance: float


def profile(problem: Problem, relative: Floats) -> Profile:
    """The likelihood at Γ = `relative`, maximised over coefficients and residual variance."""
    found = problem.evaluate(relative)
    last = len(found.cross) - 1
    try:
        factor = np.linalg.cholesky(found.cross)
    except np.linalg.LinAlgError as cause:
        raise CannotFitError(
            "no_convergence", "the likelihood lost its digits: rescale or leave out columns"
        ) from cause
    root = np.linalg.inv(factor[:last, :last])
    squares = float(factor[last, last] ** 2)
    logs = found.log_determinant
    if problem.is_restricted:
        logs += 2 * float(np.sum(np.log(np.diag(factor)[:last])))
    variance = squares / problem.degrees
    deviance = logs + problem.degrees * (1 + float(np.log(2 * np.pi * variance)))
    return Profile(found, root.T @ factor[last, :last], root.T @ root, squares, logs, variance, deviance)


def slope(problem: Problem, at: Profile, variance: float) -> Floats:
    """How the deviance changes with Γ (q × q, symmetric) at residual variance `variance`.

    Σ Z'V⁻¹Z - Σ Z'V⁻¹rr'V⁻¹Z/σ², under REML less Σ Z'V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹Z.
    """
    contrast = np.append(-at.coefficients, 1.0)
    inner = np.outer(contrast, contrast) / variance
    if problem.is_restricted:
        inner[:-1, :-1] += at.inverse
    return np.asarray(at.evaluation.reach - np.einsum("akbl,kl->ab", at.evaluation.pull, inner), dtype=float)


def residual_pull(at: Profile) -> Floats:
    """Σ Z'V⁻¹rr'V⁻¹Z (q × q): minus the derivative of the sum of squares."""
    contrast = np.append(-at.coefficients, 1.0)
    return np.asarray(np.einsum("akbl,k,l->ab", at.evaluation.pull, contrast, contrast), dtype=float)


def along_factor(problem: Problem, derivative: Floats, factor: Floats) -> Floats:
    """A derivative with respect to Γ turned into one with respect to the free entries of Λ."""
    return np.asarray((2 * derivative @ factor)[problem.free], dtype=float)


def factor_of(problem: Problem, theta: Floats) -> Floats:
    """Λ from its free entries."""
    factor = np.zeros(problem.free.shape)
    factor[problem.free] = theta
    return factor


def natural_scale(problem: Problem, factor: Floats) -> Floats:
    """The size of a notable change of each free entry of Λ: its row's standard deviation plus that of chance."""
    rows = np.sqrt(np.sum(factor**2, axis=1)) + np.sqrt(problem.unit)
    return np.asarray(np.broadcast_to(rows[:, None], factor.shape)[problem.free], dtype=float)


def curvature(problem: Problem, factor: Floats) -> Floats:
    """The Hessian of the deviance in (free entries of Λ over their natural scale, log σ²) at Λ and its best σ².

    Central differences of the analytic gradient in Λ; analytic in log σ².
    """
    at = profile(problem, factor @ factor.T)
    theta, scale = factor[problem.free], natural_scale(problem, factor)
    size = len(theta)
    hessian = np.empty((size + 1, size + 1))
    for place in range(size):
        ends = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[place] += sign * STEP * scale[place]
            other = factor_of(problem, moved)
            there = profile(problem, other @ other.T)
            ends.append(scale * along_factor(problem, slope(problem, there, at.variance), other))
        hessian[place, :size] = (ends[0] - ends[1]) / (2 * STEP)
    cross = scale * along_factor(problem, residual_pull(at) / at.variance, factor)
    hessian[:size, size] = hessian[size, :size] = cross
    hessian[size, size] = problem.degrees
    return (hessian + hessian.T) / 2

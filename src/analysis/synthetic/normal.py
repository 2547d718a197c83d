"""The normal distribution in arrays, and grades as steps of something continuous."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
GRADE_CUTS = (8.0, 11.25, 13.75, 16.25, 18.75)
GRADE_POINTS = (0.0, 10.0, 12.5, 15.0, 17.5, 20.0)
"""F, E, D, C, B and A; a pupil's test has the first grade whose cut its score does not reach"""

_SERIES = (
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806,
    0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
)  # fmt: skip


def normal_cdf(score: npt.ArrayLike) -> Floats:
    """The share of a normal distribution that lies below a score.

    Φ by a Chebyshev series of the complementary error function; relative error below 1.2e-7.

    >>> normal_cdf([0.0, 1.959964]).round(4).tolist()
    [0.5, 0.975]
    """
    scaled = np.asarray(score, dtype=float) / np.sqrt(2.0)
    distance = np.abs(scaled)
    t = 1.0 / (1.0 + 0.5 * distance)
    tail = t * np.exp(-distance * distance + np.polynomial.polynomial.polyval(t, _SERIES))
    return np.asarray(np.where(scaled >= 0, 1.0 - 0.5 * tail, 0.5 * tail), dtype=float)


def graded(score: npt.ArrayLike) -> Floats:
    """The grade points of a test score on the same scale.

    >>> graded([7.0, 9.0, 13.0, 19.0]).tolist()
    [0.0, 10.0, 12.5, 20.0]
    """
    return np.asarray(np.take(GRADE_POINTS, np.digitize(np.asarray(score, dtype=float), GRADE_CUTS)), dtype=float)


def expected_grade(mean: npt.ArrayLike, sd: float) -> Floats:
    """The expected grade points when the score is normal with this mean and standard deviation.

    Σ over the cuts of (step up in points) × P(score ≥ cut), exact.
    """
    scores = np.asarray(mean, dtype=float)
    total = np.zeros_like(scores)
    for cut, step in zip(GRADE_CUTS, np.diff(GRADE_POINTS), strict=True):
        total += step * normal_cdf((scores - cut) / sd)
    return total


def nodes(count: int = 31) -> tuple[Floats, Floats]:
    """Points and weights that average a function over the standard normal distribution (Gauss–Hermite)."""
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return np.asarray(points, dtype=float), np.asarray(weights / weights.sum(), dtype=float)

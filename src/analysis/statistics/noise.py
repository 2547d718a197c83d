"""Chance: how much one cohort's figure would vary had other pupils come to the same school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes, Fits, slopes

FEWEST_DEGREES = 20
"""a variance pooled over units is used from this many residual degrees of freedom"""


@dataclass(frozen=True)
class PooledNoise:
    """The variance of a cohort of n pupils, v(n) = year_sd² + pupil_sd² / n, and its degrees of freedom."""

    pupil_sd: float
    year_sd: float
    df: float

    def variance(self, n: Floats) -> Floats:
        """The variance of each cohort; NaN where the number of pupils is not known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(n > 0, self.year_sd**2 + self.pupil_sd**2 / n, np.nan)


def binomial_variance(percent: Floats, n: Floats) -> Floats:
    """The chance variance of a percentage of n pupils, in squared percentage points.

    100² p̃(1 - p̃)/n with p̃ = (pn + 2)/(n + 4), so that 0 and 100 per cent are not taken as certain.

    >>> float(binomial_variance(np.array([50.0]), np.array([25.0]))[0])
    100.0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (percent / 100 * n + 2) / (n + 4)
        return np.where(n > 0, 1e4 * share * (1 - share) / n, np.nan)


def pooled_noise(codes: Codes, x: Floats, y: Floats, n: Floats, units: int) -> PooledNoise | None:
    """How much cohorts of n pupils vary around their own schools' straight lines.

    Method of moments: each unit's line is fitted with weights n, and Σ n r² and Σ n² r² are set equal to
    their expectations under v(n) = τ² + σ²/n, both held at zero or above. Units need three points. None
    with fewer than `FEWEST_DEGREES` residual degrees of freedom. All points finite, `n` above zero.
    """
    fit = slopes(codes, x, y, n, units)
    used = (fit.df > 0)[codes]
    degrees = float(fit.df[fit.df > 0].sum())
    if degrees < FEWEST_DEGREES:
        return None
    by_year, by_pupil = _expected_shares(codes[used], x[used], n[used])
    squares = fit.residuals[used] ** 2
    left = np.array([np.sum(n[used] * squares), np.sum(n[used] ** 2 * squares)])
    right = np.array(
        [[np.sum(n[used] ** power * share) for share in (by_year, by_pupil)] for power in (1, 2)], dtype=float
    )
    tau2, sigma2 = _solved_above_zero(right, left)
    return PooledNoise(float(np.sqrt(sigma2)), float(np.sqrt(tau2)), degrees)


def _expected_shares(codes: Codes, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """E r² per unit of τ² and per unit of σ²: Σⱼ Mᵢⱼ² and Σⱼ Mᵢⱼ²/nⱼ with M the residual maker of each line."""
    by_year, by_pupil = np.empty(len(x)), np.empty(len(x))
    order = np.argsort(codes, kind="stable")
    _, starts, sizes = np.unique(codes[order], return_index=True, return_counts=True)
    for size in np.unique(sizes):
        rows = order[starts[sizes == size][:, None] + np.arange(size)]
        weight = n[rows]
        share = weight / weight.sum(axis=1, keepdims=True)
        across = x[rows] - (share * x[rows]).sum(axis=1, keepdims=True)
        spread = (weight * across**2).sum(axis=1)[:, None, None]
        hat = share[:, None, :] + across[:, :, None] * (weight * across)[:, None, :] / spread
        makers = (np.eye(size) - hat) ** 2
        by_year[rows] = makers.sum(axis=2)
        by_pupil[rows] = (makers / weight[:, None, :]).sum(axis=2)
    return by_year, by_pupil


def _solved_above_zero(right: Floats, left: Floats) -> tuple[float, float]:
    """(τ², σ²): the moment solution; when one comes out negative it is zero and the first moment gives the other."""
    if np.linalg.matrix_rank(right / right.max(axis=0)) < 2:
        return 0.0, max(float(left[0] / right[0, 1]), 0.0)
    tau2, sigma2 = np.linalg.solve(right, left)
    if tau2 < 0:
        return 0.0, float(left[0] / right[0, 1])
    if sigma2 < 0:
        return float(left[0] / right[0, 0]), 0.0
    return float(tau2), float(sigma2)


def pooled_dispersion(fit: Fits) -> tuple[float, float]:
    """How much more the figures vary than the stated variances say: (Σ chi² / Σ df, held at 1 or above, Σ df).

    1 with fewer than `FEWEST_DEGREES` degrees of freedom.
    """
    used = fit.df > 0
    degrees = float(fit.df[used].sum())
    if degrees < FEWEST_DEGREES:
        return 1.0, degrees
    return max(1.0, float(fit.chi2[used].sum()) / degrees), degrees


def own_variance(codes: Codes, x: Floats, y: Floats, units: int, floor: float) -> tuple[Floats, Floats]:
    """Each unit's variance around its own straight line and its degrees of freedom, when n is not known.

    Residual variance of an unweighted line, never below `floor` (what rounding alone gives); NaN with
    fewer than three points.
    """
    fit = slopes(codes, x, y, np.ones(len(x)), units)
    enough = fit.df > 0
    return np.where(enough, np.maximum(fit.dispersion(), floor), np.nan), np.where(enough, fit.df, np.nan)

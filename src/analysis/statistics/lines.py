"""Straight lines and means for many units at once, by weighted least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fits:
    """One fit per unit: `estimate` and its `variance` when the weights are 1/variance of each value.

    ``chi2`` is the weighted sum of squared residuals with ``df`` degrees of freedom, ``years`` the
    number of points and ``residuals`` one number per point. NaN where a unit has too few points.
    """

    estimate: Floats
    variance: Floats
    chi2: Floats
    df: Floats
    years: Floats
    residuals: Floats

    def dispersion(self) -> Floats:
        """Reduced chi-square: 1 where the points scatter as their variances say; NaN at no degrees of freedom."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.df > 0, self.chi2 / self.df, np.nan)


@dataclass(frozen=True)
class Centres:
    """The weighted middle of each unit's points: mean `x`, mean `y` and the sum of weights; NaN without points.

    The slope of a weighted line is independent of ``y``, and with weights 1/variance ``y`` has variance 1/total.
    """

    x: Floats
    y: Floats
    total: Floats


def centres(codes: Codes, x: Floats, y: Floats, weights: Floats, units: int) -> Centres:
    """Where the middle of each unit's years lies."""
    total = np.bincount(codes, weights, units).astype(float)
    total = np.where(total > 0, total, np.nan)
    return Centres(
        np.bincount(codes, weights * x, units) / total, np.bincount(codes, weights * y, units) / total, total
    )


def slopes(codes: Codes, x: Floats, y: Floats, weights: Floats, units: int) -> Fits:
    """How steeply each unit's figures rise: the weighted least squares slope of `y` on `x` per unit.

    `codes` numbers the unit of each point, 0 to `units` - 1; all points must be finite. The variance is
    (Σ w (x - x̄)²)⁻¹, right when `weights` are 1/variance.
    """
    middle = centres(codes, x, y, weights, units)
    with np.errstate(divide="ignore", invalid="ignore"):
        x_mean, y_mean = middle.x, middle.y
        across, up = x - x_mean[codes], y - y_mean[codes]
        spread = np.bincount(codes, weights * across**2, units)
        spread = np.where(spread > 0, spread, np.nan)
        slope = np.bincount(codes, weights * across * up, units) / spread
    residuals = up - slope[codes] * across
    years = np.bincount(codes, minlength=units).astype(float)
    chi2 = np.bincount(codes, weights * residuals**2, units).astype(float)
    return Fits(slope, 1 / spread, chi2, np.where(years >= 2, years - 2, np.nan), years, residuals)


def means(codes: Codes, y: Floats, weights: Floats, units: int) -> Fits:
    """Each unit's weighted mean of `y`; the variance is (Σ w)⁻¹, right when `weights` are 1/variance."""
    total = np.bincount(codes, weights, units)
    total = np.where(total > 0, total, np.nan)
    mean = np.bincount(codes, weights * y, units) / total
    residuals = y - mean[codes]
    years = np.bincount(codes, minlength=units).astype(float)
    chi2 = np.bincount(codes, weights * residuals**2, units).astype(float)
    return Fits(mean, 1 / total, chi2, np.where(years >= 1, years - 1, np.nan), years, residuals)

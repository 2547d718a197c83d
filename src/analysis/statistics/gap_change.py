"""Whether gaps are closing, for many units at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats, interval
from analysis.statistics.lines import Codes, Fits, slopes
from analysis.statistics.noise import pooled_dispersion

FEWEST_YEARS = 4


@dataclass(frozen=True)
class GapChanges:
    """Each unit's change of the gap per year with its 95 % interval; NaN and an empty verdict with too few years.

    ``first`` and ``last`` are the gaps on the line in the first and the last year; ``verdict`` is closing,
    widening, turned (the line has passed zero), no_certain_change or too_few.
    """

    slope: Floats
    se: Floats
    df: Floats
    low: Floats
    high: Floats
    years: Floats
    first: Floats
    last: Floats
    verdict: npt.NDArray[np.str_]


def gap_changes(
    codes: Codes, years: Floats, gaps: Floats, variances: Floats, dfs: Floats, units: int, floor: float = 0.0
) -> GapChanges:
    """Is the gap closing? The change of each unit's gap per year, and whether it is beyond chance.

    Weighted least squares of the gap (first group minus second) on the year, weights 1/`variances` (the sum of
    both groups' variances); the slope's variance is multiplied by the dispersion pooled over units and by the
    unit's own reduced chi-square, each when above 1; Student t with the smallest of the unit's `dfs`. A unit
    with any variance NaN is fitted unweighted with its own residual variance, never below `floor`, and
    years - 2 degrees of freedom. At least four years. Closing when the interval leaves zero out and the line
    is nearer zero in the last year than in the first.

    >>> one, df = np.ones(4), np.full(4, 30.0)
    >>> found = gap_changes(np.zeros(4, int), np.arange(4.0), np.array([20.0, 15, 10, 5]), one, df, 1)
    >>> float(found.slope[0]), str(found.verdict[0])
    (-5.0, 'closing')
    """
    known = np.ones(units, dtype=bool)
    known[codes[np.isnan(variances)]] = False
    fit = slopes(codes, years, gaps, np.where(known[codes], 1 / variances, 1.0), units)
    enough = fit.years >= FEWEST_YEARS
    spread, _ = pooled_dispersion(_only(fit, known & enough))
    scatter = np.where(known, spread * np.fmax(1.0, fit.dispersion() / spread), np.fmax(floor, fit.dispersion()))
    smallest = np.full(units, np.inf)
    np.minimum.at(smallest, codes, np.where(np.isnan(dfs), np.inf, dfs))
    se = np.where(enough, np.sqrt(fit.variance * scatter), np.nan)
    df = np.where(enough, np.where(known, smallest, fit.df), np.nan)
    slope = np.where(enough, fit.estimate, np.nan)
    low, high = interval(slope, se, df)
    first, last = _ends(codes, years, gaps - fit.residuals, units)
    verdict = _verdicts(low, high, first, last)
    return GapChanges(slope, se, df, low, high, fit.years, first, last, verdict)


def _only(fit: Fits, chosen: npt.NDArray[np.bool_]) -> Fits:
    """The fit with the other units' degrees of freedom and chi-square taken away."""
    df, chi2 = np.where(chosen, fit.df, np.nan), np.where(chosen, fit.chi2, 0.0)
    return Fits(fit.estimate, fit.variance, chi2, df, fit.years, fit.residuals)


def _ends(codes: Codes, years: Floats, fitted: Floats, units: int) -> tuple[Floats, Floats]:
    """The line's height in each unit's first and last year."""
    order = np.lexsort((years, codes))
    first, last = np.full(units, np.nan), np.full(units, np.nan)
    first[codes[order[::-1]]] = fitted[order[::-1]]
    last[codes[order]] = fitted[order]
    return first, last


def _verdicts(low: Floats, high: Floats, first: Floats, last: Floats) -> npt.NDArray[np.str_]:
    certain = (low > 0) | (high < 0)
    chosen = np.select(
        [certain & (first * last < 0), certain & (np.abs(last) < np.abs(first)), certain, np.isfinite(low)],
        ["turned", "closing", "widening", "no_certain_change"],
        default="too_few",
    )
    return np.asarray(chosen, dtype=np.str_)

"""How far chance alone moves the figure of n pupils: one curve for all units of a level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.analyses.rows import NoisyRows, rounding_variance
from analysis.model.indicator import Indicator
from analysis.statistics.funnel import Limits, mean_limits, share_limits
from analysis.statistics.intervals import Floats
from analysis.statistics.refusal import CannotFitError


@dataclass(frozen=True)
class Chance:
    """The variance of a figure of n pupils: year_sd² + pupil_sd²/n, or that of a share when ``is_share``."""

    is_share: bool
    pupil_sd: float = float("nan")
    year_sd: float = float("nan")

    def variance(self, reference: Floats, n: Floats) -> Floats:
        """The chance variance at each size, in the indicator's unit squared."""
        if self.is_share:
            return reference * (100 - reference) / n
        return self.year_sd**2 + self.pupil_sd**2 / n

    def limits(self, reference: Floats, n: Floats, between: Floats) -> Limits:
        """The 95 and 99.8 % limits around `reference`, `between` the variance that does not come from pupils."""
        if not self.is_share:
            return mean_limits(reference, n, self.pupil_sd, self.year_sd**2 + between)
        found = share_limits(reference / 100, n, between / 1e4)
        return Limits(*(100 * end for end in (found.low95, found.high95, found.low998, found.high998)))


def chance(noisy: NoisyRows, now: pd.DataFrame, indicator: Indicator) -> Chance:
    """Where the chance of n pupils is known from; refused when neither pupils' nor schools' spread is known.

    Shares: binomial. A source's own standard errors: the pupils' standard deviation pooled over the units,
    Σ(n - 1)n·se²/Σ(n - 1), so that one curve holds for all, raised as the year-to-year scatter demands.
    """
    noise = noisy.noise
    if indicator.noise == "binomial":
        return Chance(is_share=True)
    if noise.noise == "published":
        return _published(now, noise.dispersion, rounding_variance(indicator))
    if noise.noise == "between_years":
        return Chance(False, noise.pupil_sd, noise.year_sd)
    if noise.noise == "pupil_sd":
        return Chance(False, noise.pupil_sd, float(np.sqrt(rounding_variance(indicator))))
    raise CannotFitError("chance_unknown", "neither the pupils' spread nor enough school years of schools are known")


def _published(now: pd.DataFrame, dispersion: float, rounding: float) -> Chance:
    n, se = now["n"].to_numpy(float), now["se"].to_numpy(float)
    known = (n > 1) & (se > 0)
    if not known.any():
        raise CannotFitError("chance_unknown", "no unit has both a standard error and a number of pupils")
    n, se = n[known], se[known]
    pupil_variance = float(((n - 1) * n * se**2).sum() / (n - 1).sum())
    return Chance(False, float(np.sqrt(dispersion * pupil_variance)), float(np.sqrt(dispersion * rounding)))

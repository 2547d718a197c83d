"""How sure a number is: quantiles, Wilson intervals and the five verbs of a comparison."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

VERBS = ("clearly_above", "probably_above", "cannot_be_told_apart", "probably_below", "clearly_below")


def quantile(level: float, df: npt.ArrayLike = np.inf) -> Floats:
    """How many standard errors an interval reaches out on each side.

    Two-sided Student t quantile at confidence `level` with `df` degrees of freedom, the normal one
    where `df` is infinite; NaN where `df` is NaN or below 1.

    >>> round(float(quantile(0.95)), 2)
    1.96
    >>> round(float(quantile(0.95, 1)), 1)
    12.7
    """
    from scipy.special import ndtri, stdtrit

    degrees = np.asarray(df, dtype=float)
    upper = 0.5 + level / 2
    known = np.where(degrees >= 1, degrees, np.nan)
    finite, places = np.unique(np.where(np.isfinite(known), known, 1.0), return_inverse=True)
    student = stdtrit(finite, upper)[places].reshape(known.shape)
    reach = np.where(np.isposinf(known), ndtri(upper), student)
    return np.asarray(np.where(np.isnan(known), np.nan, reach), dtype=float)


def interval(
    estimate: npt.ArrayLike, se: npt.ArrayLike, df: npt.ArrayLike = np.inf, level: float = 0.95
) -> tuple[Floats, Floats]:
    """The two ends of an interval: estimate ± t quantile times standard error, in the estimate's unit.

    >>> [round(float(end), 2) for end in interval(10.0, 1.0)]
    [8.04, 11.96]
    """
    middle = np.asarray(estimate, dtype=float)
    reach = quantile(level, df) * np.asarray(se, dtype=float)
    return middle - reach, middle + reach


def welch_df(variances: Floats, dfs: Floats) -> Floats:
    """The degrees of freedom of a sum of variances, each estimated with its own (Welch–Satterthwaite).

    (Σ v)² / Σ (v²/df) down the first axis; infinite when every part is known for certain.

    >>> round(float(welch_df(np.array([1.0, 1.0]), np.array([4.0, 4.0]))), 6)
    8.0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        shrunk = np.asarray((variances**2 / dfs).sum(axis=0))
        total = np.asarray(variances.sum(axis=0)) ** 2
        return np.where(shrunk > 0, total / shrunk, np.where(np.isnan(shrunk), np.nan, np.inf))


def wilson(share: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """An interval for a share of few pupils that never leaves 0 to 1.

    Wilson's score interval for a binomial proportion, no continuity correction.

    >>> [round(float(end), 4) for end in wilson(0.8, 10)]
    [0.4902, 0.9433]
    """
    portion, size = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    z = quantile(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (portion + z**2 / (2 * size)) / (1 + z**2 / size)
        half = z / (1 + z**2 / size) * np.sqrt(portion * (1 - portion) / size + z**2 / (4 * size**2))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def verbs(low: Floats, high: Floats, low80: Floats, high80: Floats) -> npt.NDArray[np.str_]:
    """Which of five verbs a difference deserves; an empty word where there is no difference to judge.

    "Clearly" when the 95 % interval (`low`, `high`) leaves zero out, "probably" when only the 80 % does.
    """
    chosen = np.select(
        [low > 0, high < 0, low80 > 0, high80 < 0, np.isfinite(low) & np.isfinite(high)],
        ["clearly_above", "clearly_below", "probably_above", "probably_below", "cannot_be_told_apart"],
        default="",
    )
    return np.asarray(chosen, dtype=np.str_)

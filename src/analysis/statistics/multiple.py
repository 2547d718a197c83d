"""Many looks, counted: how many differences would be found by chance alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.intervals import Floats


@dataclass(frozen=True)
class Scan:
    """What is left when it is counted how many places were looked at.

    ``q_values`` and ``is_found`` have one entry per look, NaN and False where there was no p-value;
    ``looked_at`` counts the p-values, ``without_answer`` the others, ``by_chance`` how many of those looked at
    would fall below the same limit one by one if nothing differed.
    """

    q_values: Floats
    is_found: npt.NDArray[np.bool_]
    looked_at: int
    without_answer: int
    by_chance: float


def scan(p_values: npt.ArrayLike, rate: float = 0.05, any_dependence: bool = False) -> Scan:
    """Which of many differences deserve to be believed, when at most one in twenty of them may be false.

    Benjamini–Hochberg (1995) q-values, step-up, at false discovery rate `rate`; valid for independent and for
    positively dependent looks. With `any_dependence` they are multiplied by Σ 1/i (Benjamini & Yekutieli
    2001). NaN is a look without an answer: it is counted and not tested.

    >>> found = scan([0.01, 0.04, 0.5, 0.9])
    >>> found.q_values.tolist(), found.is_found.tolist(), found.looked_at
    ([0.04, 0.08, 0.6666666666666666, 0.9], [True, False, False, False], 4)
    """
    p = np.asarray(p_values, dtype=float)
    given = ~np.isnan(p)
    if np.any((p[given] < 0) | (p[given] > 1)) or not 0 < rate < 1:
        raise ValueError(f"p-values and the rate lie between 0 and 1, got: {p.tolist()}, {rate}")
    looked_at = int(given.sum())
    order = np.argsort(p[given], kind="stable")
    penalty = np.sum(1 / np.arange(1, looked_at + 1)) if any_dependence else 1.0
    stepped = p[given][order] * looked_at * penalty / np.arange(1, looked_at + 1)
    lowest_above = np.minimum.accumulate(stepped[::-1])[::-1]
    q_values = np.full(p.shape, np.nan)
    q_values[np.flatnonzero(given)[order]] = np.minimum(lowest_above, 1.0)
    return Scan(q_values, q_values <= rate, looked_at, int((~given).sum()), looked_at * rate)


def p_values(estimate: npt.ArrayLike, se: npt.ArrayLike, df: npt.ArrayLike = np.inf) -> Floats:
    """How often chance alone would give a difference at least this large, either way.

    Two-sided p of Student t with `df` degrees of freedom, the normal where `df` is infinite: below 0.05 exactly
    where the 95 % interval leaves zero out. NaN without a standard error above zero.

    >>> p_values([1.96, 12.706], [1.0, 1.0], [float("inf"), 1.0]).round(3).tolist()
    [0.05, 0.05]
    """
    from scipy.special import ndtr, stdtr

    middle, error, degrees = np.broadcast_arrays(
        np.asarray(estimate, dtype=float), np.asarray(se, dtype=float), np.asarray(df, dtype=float)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        away = -np.abs(np.where(error > 0, middle / error, np.nan))
    known = np.where(degrees >= 1, degrees, np.nan)
    tail = np.where(np.isposinf(known), ndtr(away), stdtr(np.where(np.isposinf(known), 1.0, known), away))
    return np.asarray(2 * tail, dtype=float)

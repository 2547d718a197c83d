"""Where a share of a mixture of normal distributions lies, for many mixtures at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.statistics.intervals import Floats

CLOSE_ENOUGH = 1e-6
"""how far from the probability asked for the answer's own may lie"""
MOST_STEPS = 200
HALVED = 4
"""every so many steps the bracket is halved, so that it closes whatever the mixture"""
AT_A_TIME = 256


def mixture_quantiles(share: Floats, mean: Floats, variance: Floats, probabilities: Sequence[float]) -> Floats:
    """The figures that so large parts of each column's distribution lie below: a row per probability.

    Each column is a mixture of normals with shares, means and variances one below the other; the shares of a column
    add up to 1. Halley's method on the normal quantile of the mixture's distribution function, which is nearly
    straight; a step that leaves the bracket halves it instead.

    >>> one = np.ones((2, 1))
    >>> round(float(mixture_quantiles(one / 2, 10 * one, 4 * one, [0.975])[0, 0]), 4)
    13.9199
    """
    found = np.empty((len(probabilities), share.shape[1]))
    for start in range(0, share.shape[1], AT_A_TIME):
        piece = slice(start, start + AT_A_TIME)
        parts = [np.ascontiguousarray(each[:, piece]) for each in (share, mean)]
        sd = np.sqrt(variance[:, piece])
        for row, probability in enumerate(probabilities):
            found[row, piece] = _quantiles(parts[0], parts[1], sd, probability)
    return found


def _quantiles(share: Floats, mean: Floats, sd: Floats, probability: float) -> Floats:
    from scipy.special import ndtr, ndtri

    z = float(ndtri(probability))
    each = mean + z * sd
    low, high = each.min(axis=0), each.max(axis=0)
    centre = np.einsum("ij,ij->j", share, mean)
    at = centre + z * np.sqrt(np.einsum("ij,ij->j", share, sd**2 + (mean - centre) ** 2))
    at = np.clip(at, low, high)
    left, narrow = np.arange(len(at)), 1 / sd
    for turn in range(MOST_STEPS):
        away = (at[left] - mean) * narrow
        below = np.einsum("ij,ij->j", share, ndtr(away))
        is_left = np.abs(below - probability) > CLOSE_ENOUGH
        if not is_left.any():
            return np.asarray(at, dtype=float)
        is_low = below < probability
        low[left], high[left] = np.where(is_low, at[left], low[left]), np.where(is_low, high[left], at[left])
        step = at[left] - _too_far(below, away, share, narrow, z)
        middle = (low[left] + high[left]) / 2
        is_inside = (step > low[left]) & (step < high[left]) & (turn % HALVED != HALVED - 1)
        at[left] = np.where(is_left, np.where(is_inside, step, middle), at[left])
        if is_left.mean() < 0.5:
            left, share, mean, narrow = left[is_left], share[:, is_left], mean[:, is_left], narrow[:, is_left]
    raise ArithmeticError(f"no quantile was found for {len(left)} mixtures of normals")


def _too_far(below: Floats, away: Floats, share: Floats, narrow: Floats, z: float) -> Floats:
    """Halley's step from what is below a place: 2gg'/(2g'² - gg'') with g the normal quantile of it less `z`."""
    from scipy.special import ndtri

    part = np.exp(-0.5 * away**2) * share * narrow
    reached = ndtri(np.clip(below, 1e-300, 1 - 1e-16))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        normal = np.exp(-0.5 * reached**2)
        slope = part.sum(axis=0) / normal
        bend = reached * slope**2 - np.einsum("ij,ij,ij->j", part, away, narrow) / normal
        off = reached - z
        return np.asarray(2 * off * slope / (2 * slope**2 - off * bend), dtype=float)

"""Made towns: schools whose odds give the share and the dissimilarity that are asked for."""

from __future__ import annotations

import numpy as np


def odds_of(share: float, apart: float, sizes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Odds of each school that give each town the share and the dissimilarity asked for (towns × schools)."""
    own = random.standard_normal(sizes.shape)
    weight = sizes / sizes.sum(axis=1, keepdims=True)
    steep = np.array([np.zeros(len(sizes)), np.full(len(sizes), 15.0)])
    found = np.full(sizes.shape, share)
    for _ in range(25 if apart else 0):
        middle = np.array([np.full(len(sizes), -25.0), np.full(len(sizes), 25.0)])
        for _ in range(40):
            found = 1 / (1 + np.exp(-(middle.mean(axis=0)[:, None] + steep.mean(axis=0)[:, None] * own)))
            is_low = (weight * found).sum(axis=1) < share
            middle = np.where([is_low, ~is_low], middle.mean(axis=0), middle)
        is_even = (weight * np.abs(found - share)).sum(axis=1) / (2 * share * (1 - share)) < apart
        steep = np.where([is_even, ~is_even], steep.mean(axis=0), steep)
    return found

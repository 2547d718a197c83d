"""How much the figures can tell about the variances between groups: the expected information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.mixed_model.likelihood import Problem, Profile
from analysis.statistics.mixed_model.nested import NestedSums


@dataclass(frozen=True)
class Known:
    """What the expected information is made of, for the variances k and l between groups.

    ``traces`` = tr V⁻¹ZₖZₖ' (q), ``squares`` = the sum of squares of Zₖ'V⁻¹Zₗ (q × q), ``pulls`` = K'K with
    K = Zₖ'V⁻¹X (q × columns × columns), ``through`` = Kₗ'(Zₗ'V⁻¹Zₖ)Kₖ (q × q × columns × columns).
    """

    traces: Floats
    squares: Floats
    pulls: Floats
    through: Floats


def information(problem: Problem, at: Profile, known: Known) -> Floats:
    """The expected information of the variances relative to σ², with σ² itself estimated too (q × q).

    ½ tr(PZₖZₖ'PZₗZₗ') - ½ tr(PZₖZₖ') tr(PZₗZₗ')/degrees; P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹ under REML, V⁻¹ under ML.
    """
    traces, squares = known.traces, known.squares
    if problem.is_restricted:
        turned = at.inverse @ known.pulls
        traces = traces - np.einsum("kaa->k", turned)
        squares = squares - 2 * np.einsum("ab,klba->kl", at.inverse, known.through)
        squares = squares + np.einsum("kab,lba->kl", turned, turned)
    return np.asarray((squares - np.outer(traces, traces) / problem.degrees) / 2, dtype=float)


def known_of_groups(sizes: Floats, relative: float, pulls: Floats) -> Known:
    """The parts for groups of `sizes` rows with an intercept each; `pulls` = Z'V⁻¹X of each group."""
    weights = sizes / (1 + sizes * relative)
    return Known(
        np.array([weights.sum()]),
        np.array([[np.sum(weights**2)]]),
        (pulls.T @ pulls)[None],
        ((weights[:, None] * pulls).T @ pulls)[None, None],
    )


def known_of_nested(sums: NestedSums, inner: float, outer: float, pulls: Floats, outer_pulls: Floats) -> Known:
    """The parts for groups in outer groups, an intercept each.

    Zₖ'V⁻¹Zₗ within an outer group: diag(w) - κww', w·share and W·share, with w = n/(1 + nγ₁), W = Σw,
    share = 1/(1 + Wγ₂), κ = γ₂·share.
    """
    weights = sums.sizes / (1 + sums.sizes * inner)
    totals, squares, cubes = (np.add.reduceat(weights**power, sums.starts) for power in (1, 2, 3))
    share = 1 / (1 + totals * outer)
    pulled = outer * share
    first = np.sum(squares - 2 * pulled * cubes + pulled**2 * squares**2)
    cross, last = np.sum(squares * share**2), np.sum((totals * share) ** 2)
    weighted = weights[:, None] * pulls
    gathered = np.add.reduceat(weighted, sums.starts, axis=0)
    between = (share[:, None] * gathered).T @ outer_pulls
    through = np.array(
        [
            [weighted.T @ pulls - (pulled[:, None] * gathered).T @ gathered, between.T],
            [between, ((totals * share)[:, None] * outer_pulls).T @ outer_pulls],
        ]
    )
    traces = np.array([np.sum(totals - pulled * squares), np.sum(totals * share)])
    inside = np.array([pulls.T @ pulls, outer_pulls.T @ outer_pulls])
    return Known(traces, np.array([[first, cross], [cross, last]]), inside, through)

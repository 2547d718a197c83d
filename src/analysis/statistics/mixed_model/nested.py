"""Sums for schools in municipalities: an intercept of its own at both levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.mixed_model.likelihood import Evaluation


@dataclass(frozen=True)
class NestedSums:
    """All that a three-level likelihood needs: sizes and means of the inner groups, sorted by outer group.

    ``sizes`` rows per inner group, ``means`` = mean of W = [X y] there (groups × columns), ``within`` = Σ of
    squares and products around those means, ``starts`` = where each outer group's first inner group stands.
    """

    sizes: Floats
    means: Floats
    within: Floats
    outer: Codes
    starts: Codes

    def evaluate(self, relative: Floats) -> Evaluation:
        """log|V|, W'V⁻¹W and their derivatives at Γ = diag(inner, outer)."""
        weights, totals, middles, around = self._weighted(relative)
        outer_share = 1 / (1 + totals * relative[1, 1])
        each, outer = self._pulls(relative)
        reach = np.zeros((2, 2))
        reach[0, 0] = np.sum(weights * (1 - weights * (relative[1, 1] * outer_share)[self.outer]))
        reach[1, 1] = np.sum(totals * outer_share)
        columns = self.means.shape[1]
        pull = np.zeros((2, columns, 2, columns))
        pull[0, :, 0], pull[1, :, 1] = each.T @ each, outer.T @ outer
        logs = np.sum(np.log1p(self.sizes * relative[0, 0])) + np.sum(np.log1p(totals * relative[1, 1]))
        cross = self.within + (weights[:, None] * around).T @ around
        cross += ((totals * outer_share)[:, None] * middles).T @ middles
        return Evaluation(float(logs), cross, reach, pull)

    def of_each(self, relative: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Z'V⁻¹Z and Z'V⁻¹W of each inner group, then of each outer group."""
        weights, totals, _, _ = self._weighted(relative)
        outer_share = 1 / (1 + totals * relative[1, 1])
        each, outer = self._pulls(relative)
        reach = weights * (1 - weights * (relative[1, 1] * outer_share)[self.outer])
        return reach, each, totals * outer_share, outer

    def _weighted(self, relative: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Weights of the inner means, their totals per outer group, the outer means, and what lies around them."""
        weights = self.sizes / (1 + self.sizes * relative[0, 0])
        totals = np.add.reduceat(weights, self.starts)
        middles = np.add.reduceat(weights[:, None] * self.means, self.starts, axis=0) / totals[:, None]
        return weights, totals, middles, self.means - middles[self.outer]

    def _pulls(self, relative: Floats) -> tuple[Floats, Floats]:
        """Z'V⁻¹W of the inner groups and of the outer groups."""
        weights, totals, middles, around = self._weighted(relative)
        outer_share = 1 / (1 + totals * relative[1, 1])
        each = weights[:, None] * (around + (outer_share[:, None] * middles)[self.outer])
        return each, (totals * outer_share)[:, None] * middles


def nested_sums(codes: Codes, outer: Codes, table: Floats) -> NestedSums:
    """The sums of inner groups `codes` whose outer group is ``outer[code]``, in ascending order of the latter."""
    groups = len(outer)
    sizes = np.bincount(codes, minlength=groups).astype(float)
    means = np.column_stack([np.bincount(codes, column, groups) for column in table.T]) / sizes[:, None]
    left = table - means[codes]
    return NestedSums(sizes, means, left.T @ left, outer, np.flatnonzero(np.diff(outer, prepend=-1)))

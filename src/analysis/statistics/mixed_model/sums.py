"""Sums per group for random intercepts and slopes, and the likelihood's parts from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.mixed_model.likelihood import Evaluation
from analysis.statistics.mixed_model.rows import blocks

SMALLEST_PART = 1e-13
"""a direction of Z'Z with less than this share of the largest carries no information in its group"""


@dataclass(frozen=True)
class GroupSums:
    """All that a likelihood needs of the rows, groups along the last axis.

    With Z = QU in a group (Q orthonormal): ``shape`` = U (q, q, groups), ``targets`` = Q'W (q, columns, groups),
    zero where Z has no rank there; ``ranks`` of Z; ``within`` = Σ W'(I - QQ')W, what varies within
    groups beyond Z. Sums of squares are added, never subtracted, so large groups lose no digits.
    """

    shape: Floats
    targets: Floats
    within: Floats
    ranks: Codes

    def evaluate(self, relative: Floats) -> Evaluation:
        """log|V|, W'V⁻¹W and their derivatives at Γ = `relative`."""
        log_determinants, ahead, aim = self._weighted(relative)
        size, columns, groups = aim.shape
        flat = aim.swapaxes(0, 1).reshape(columns, size * groups)
        pulls = np.einsum("iag,ikg->akg", ahead, aim).reshape(size * columns, groups)
        return Evaluation(
            float(log_determinants.sum()),
            self.within + flat @ flat.T,
            np.asarray(np.einsum("iag,ibg->ab", ahead, ahead), dtype=float),
            (pulls @ pulls.T).reshape(size, columns, size, columns),
        )

    def of_each(self, relative: Floats) -> tuple[Floats, Floats]:
        """Z'V⁻¹Z (q, q, groups) and Z'V⁻¹W (q, columns, groups) of each group."""
        _, ahead, aim = self._weighted(relative)
        return np.einsum("iag,ibg->abg", ahead, ahead), np.einsum("iag,ikg->akg", ahead, aim)

    def _weighted(self, relative: Floats) -> tuple[Floats, Floats, Floats]:
        """log|M| and L⁻¹U, L⁻¹Q'W of each group, with M = I + UΓU' = LL'."""
        size = len(relative)
        spread = np.einsum("iag,jag->ijg", self.shape, np.einsum("ab,jbg->jag", relative, self.shape))
        spread[np.arange(size), np.arange(size)] += 1
        lower = _cholesky(spread)
        logs = 2 * np.sum(np.log(lower[np.arange(size), np.arange(size)]), axis=0)
        return logs, _forward(lower, self.shape), _forward(lower, self.targets)


def _cholesky(matrices: Floats) -> Floats:
    """The Cholesky factors of many small matrices at once, the matrices along the last axis."""
    size = len(matrices)
    lower = np.zeros_like(matrices)
    for column in range(size):
        rest = matrices[column:, column] - np.einsum("ikg,kg->ig", lower[column:, :column], lower[column, :column])
        lower[column, column] = np.sqrt(rest[0])
        lower[column + 1 :, column] = rest[1:] / lower[column, column]
    return lower


def _forward(lower: Floats, right: Floats) -> Floats:
    """L⁻¹ times `right` for many small triangular L at once."""
    solved = np.empty_like(right)
    for row in range(len(lower)):
        solved[row] = (right[row] - np.einsum("kg,kcg->cg", lower[row, :row], solved[:row])) / lower[row, row]
    return solved


def group_sums(codes: Codes, groups: int, varying: Floats, table: Floats) -> GroupSums:
    """The sums of each group over its rows; `varying` is Z and `table` is W = [X y], both well scaled."""
    squares = np.zeros((groups, varying.shape[1], varying.shape[1]))
    crosses = np.zeros((groups, varying.shape[1], table.shape[1]))
    for piece in blocks(len(codes)):
        _add(squares, crosses, codes[piece], varying[piece], table[piece])
    sizes, directions = np.linalg.eigh(squares)
    is_there = sizes > SMALLEST_PART * sizes[:, -1:]
    roots = np.sqrt(np.where(is_there, sizes, 1.0))
    shape = np.where(is_there, roots, 0.0)[:, :, None] * directions.swapaxes(1, 2)
    turned = directions.swapaxes(1, 2) @ crosses
    targets = np.where(is_there, 1 / roots, 0.0)[:, :, None] * turned
    lines = directions @ (np.where(is_there, 1 / roots, 0.0)[:, :, None] * targets)
    within = np.zeros((table.shape[1], table.shape[1]))
    for piece in blocks(len(codes)):
        left = table[piece] - np.einsum("nq,nqk->nk", varying[piece], lines[codes[piece]])
        within += left.T @ left
    shape, targets = (np.ascontiguousarray(np.moveaxis(each, 0, -1)) for each in (shape, targets))
    return GroupSums(shape, targets, within, is_there.sum(axis=1).astype(np.int64))


def _add(squares: Floats, crosses: Floats, codes: Codes, varying: Floats, table: Floats) -> None:
    """Adds one piece's Z'Z and Z'W to the groups they belong to."""
    groups, size, columns = crosses.shape
    for row in range(size):
        for column in range(row + 1):
            total = np.bincount(codes, varying[:, row] * varying[:, column], groups)
            squares[:, row, column] += total
            if column < row:
                squares[:, column, row] += total
        for column in range(columns):
            crosses[:, row, column] += np.bincount(codes, varying[:, row] * table[:, column], groups)

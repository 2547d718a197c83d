"""Whether figures of this shape can tell the variances apart; asked before anything is estimated."""

from __future__ import annotations

import numpy as np

from analysis.statistics.intervals import Floats
from analysis.statistics.lines import Codes
from analysis.statistics.mixed_model.nested import NestedSums, nested_sums
from analysis.statistics.mixed_model.rows import Scaled
from analysis.statistics.mixed_model.sums import GroupSums
from analysis.statistics.refusal import CannotFitError

NOTHING = 1e-12
"""shares of a variance below this are rounding"""


def refuse_few_groups(groups: int, rows: int, effects: int) -> None:
    """Raises unless there are groups to compare and more rows than random effects."""
    if groups < max(2, effects + 1):
        raise CannotFitError(
            "too_few_groups", f"{effects} random effects need at least {max(2, effects + 1)} groups, found: {groups}"
        )
    if groups == rows:
        raise CannotFitError(
            "one_row_per_group", f"each of the {groups} groups has one row: groups and rows cannot be told apart"
        )
    if groups * effects >= rows:
        raise CannotFitError(
            "too_many_effects",
            f"{groups} groups with {effects} random effects each need more than {groups * effects} rows, "
            f"found: {rows}; use fewer random effects",
        )


def refuse_unseparable(sums: GroupSums, rows: Scaled) -> None:
    """Raises unless rows within groups, and groups beyond X, are left over to estimate each variance from."""
    size, columns, count = sums.targets.shape[0], sums.within.shape[0] - 1, len(rows.table)
    used = int(sums.ranks.sum())
    inside = _rank(sums.within[:-1, :-1], count)
    _refuse_nothing_within(count - used - inside, sums.within, rows)
    needed = size * (size + 1) // 2
    left = used + inside - columns
    if left < needed:
        raise CannotFitError(
            "not_identified",
            f"{needed} variances between groups need as many differences between groups that X does not explain, "
            f"found: {max(left, 0)}; leave out columns of X that are constant in groups, or random effects",
        )
    squares = np.einsum("iag,ibg->gab", sums.shape, sums.shape).reshape(-1, size * size)
    known = (squares.T @ squares).reshape(size, size, size, size).swapaxes(1, 2).reshape(size * size, size * size)
    eigenvalues = np.linalg.eigvalsh(_symmetric(known, size))
    if eigenvalues[0] <= 1e-10 * eigenvalues[-1]:
        raise CannotFitError(
            "not_identified", "a column of Z varies too little for its variance to be seen: leave it out of Z"
        )


def _symmetric(products: Floats, size: int) -> Floats:
    """Σ A ⊗ A restricted to symmetric Γ: the Gram matrix of Γ ↦ AΓA over groups."""
    basis = []
    for row in range(size):
        for column in range(row + 1):
            each = np.zeros((size, size))
            each[row, column] = each[column, row] = 1.0
            basis.append(each.reshape(-1) / np.linalg.norm(each))
    kept = np.array(basis)
    return np.asarray(kept @ products @ kept.T, dtype=float)


def refuse_unseparable_levels(sums: NestedSums, codes: Codes, rows: Scaled) -> None:
    """Raises unless each of the three levels is left with differences that X does not explain."""
    count, columns = len(rows.table), rows.table.shape[1] - 1
    groups, outer = len(sums.sizes), len(sums.starts)
    inside = _rank(sums.within[:-1, :-1], count)
    _refuse_nothing_within(count - groups - inside, sums.within, rows)
    places = nested_sums(sums.outer[codes], np.arange(outer), rows.table)
    inside_outer = _rank(places.within[:-1, :-1], count)
    if groups + inside - outer - inside_outer < 1:
        raise CannotFitError(
            "not_identified", f"{groups} groups in {outer} outer groups: no two groups of one outer group to compare"
        )
    if outer + inside_outer - columns < 1:
        raise CannotFitError("not_identified", f"X explains every difference between the {outer} outer groups")


def _refuse_nothing_within(left: int, within: Floats, rows: Scaled) -> None:
    """Raises when no rows, or no variation, are left inside the groups."""
    if left < 1:
        raise CannotFitError(
            "too_many_effects", "no rows are left within groups to tell their variance from that between groups"
        )
    design, aim = within[:-1, :-1], within[:-1, -1]
    sizes, directions = np.linalg.eigh(design)
    is_there = sizes > NOTHING * len(rows.table)
    explained = float(np.sum((directions[:, is_there].T @ aim) ** 2 / sizes[is_there]))
    if within[-1, -1] - explained <= max(NOTHING, rows.rounding**2) * len(rows.table):
        raise CannotFitError(
            "no_variation_within_groups", "rows of the same group do not differ: their variance cannot be estimated"
        )


def _rank(products: Floats, count: int) -> int:
    """The rank of products of columns with mean square one."""
    return int(np.sum(np.linalg.eigvalsh(products) > NOTHING * count))

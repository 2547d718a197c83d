"""Which figures must be kept back so that no small group can be worked out from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.publish.disclosure.contributors import TOGETHER, Contributors
from analysis.publish.disclosure.programme import Programme, parts
from analysis.publish.disclosure.search import Moves, Search
from analysis.publish.disclosure.table import Booleans, CountTable, DisclosureError, Hidden, Whole

DEARER = 50.0


def protected(table: CountTable, width: int, blocks: Sequence[Whole] = (), together: int = TOGETHER) -> Hidden:
    """The published cells to hide so that nobody can narrow a small group down to less than `width`.

    For every primary cell (inner ones too) the least and the greatest value over all tables without negative cells
    that agree with everything shown are at least `width` apart: for an outsider, for a pupil who is alone in a cell
    and knows what it holds, and for two such pupils `together` (1: for no two; 0: for outsiders alone). Each cell not
    yet safe is given the move of `width` of lowest cost, by linear programming, and what moves is hidden (Kelly, Golden
    and Assad 1992; Fischetti and Salazar 1999), largest cells first; then once more from the start, smallest first,
    with what was not needed the first time made dearer, and the cheaper of the two is taken. `blocks` labels every
    cell once for each size of area, smallest first (−1: in no block); cells are protected within their blocks, and
    what cannot be, within the whole. At last every cell's reach is shown anew. What is open cannot be taken back: a
    cell that it leaves less room than `width` keeps all the room it has (`Hidden.rooms`), so what is shown adds nothing
    to what is known of it.

    Raises `DisclosureError` naming the cell when the check at the end finds one that is too narrow.
    """
    if width < 1:
        raise ValueError(f"the width is {width}; it must be at least 1")
    for labels in blocks:
        if len(labels) != len(table.value):
            raise ValueError(f"there are {len(labels)} block labels for {len(table.value)} cells; each cell has one")
    closed, contributors = np.flatnonzero(~table.is_open), Contributors(table, together)
    primary = table.is_primary & ~table.is_inner
    searches = [_searched(Search(table, width, contributors, largest_first=True), closed, blocks)]
    if (searches[0].hidden & ~primary).any():
        dearer = replace(table, cost=np.where(searches[0].hidden, 1.0, DEARER) * table.cost)
        searches.append(_searched(Search(dearer, width, contributors, largest_first=False), closed, blocks))
    best = min(searches, key=lambda each: float(table.cost[each.hidden].sum()))
    checked = looked_at_again(table, best.hidden, width, blocks, best.witnesses, together)
    narrow = {cell: min(room for (each, _), room in best.rooms.items() if each == cell) for cell, _ in best.rooms}
    programmes = sum(each.programmes for each in searches)
    return Hidden(best.hidden, primary, best.hidden & ~primary, programmes, checked, narrow)


def _searched(search: Search, closed: Whole, blocks: Sequence[Whole]) -> Search:
    """The search, when it has made every primary cell safe."""
    _protect_all(search, closed, blocks)
    left = search.waiting(closed)
    if len(left):
        raise DisclosureError(
            f"cell {left[0]} cannot be protected to a width of {search.width}, nor to what is open leaves it "
            f"({len(left)} such cells)"
        )
    return search


def looked_at_again(
    table: CountTable,
    hidden: Booleans,
    width: float,
    blocks: Sequence[Whole] = (),
    witnesses: Sequence[Moves] = (),
    together: int = TOGETHER,
) -> int:
    """Shows every primary cell's reach anew from nothing but what is hidden; how many programmes that took.

    The `witnesses`, tables that a search says nobody can rule out, are added up anew; what those that hold do not show
    to be wide enough is looked for by linear programming as if nothing had been found before.
    Raises `DisclosureError` naming a cell that is too narrow for an outsider or for one or two contributors.
    """
    shown = np.flatnonzero(table.is_primary & ~hidden & ~table.is_inner)
    if len(shown):
        raise DisclosureError(f"cell {shown[0]} is a small group and is not hidden")
    search = Search(table, width, Contributors(table, together), largest_first=True)
    search.hidden = hidden.copy()
    search.verify(witnesses)
    _protect_all(search, np.flatnonzero(hidden | table.is_inner), blocks)
    narrow = search.waiting(np.flatnonzero(table.is_primary))
    if len(narrow):
        raise DisclosureError(
            f"cell {narrow[0]} can be narrowed down to less than {width:g} from what is shown ({len(narrow)} such "
            "cells); nothing of this table may be published"
        )
    return search.programmes


def _protect_all(search: Search, cells: Whole, blocks: Sequence[Whole]) -> None:
    """Block by block, smallest first, and then the whole, for what crosses the blocks."""
    for labels in blocks:
        for label in np.unique(labels[labels >= 0]):
            _protect(search, cells[labels[cells] == label])
    search.is_whole = True
    for part in parts(search.table, cells):
        _protect(search, part)


def _protect(search: Search, cells: Whole) -> None:
    if len(search.waiting(cells)):
        search.protect(Programme.of(search.table, cells))

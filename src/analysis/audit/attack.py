"""The attacker: from everything released together, how closely can a figure that was withheld be worked out?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.audit.points import ENDLESS, Extremes, extremes, solved
from analysis.audit.proof import at_hand, proof
from analysis.audit.system import NEAR, Contradiction, Floats, Part, System, described, parts, tightened

Width = float | Mapping[str, float]
Targets = Collection[int] | Mapping[int, float]
EXPLAINED = 100
"""so many leaks are traced to an irreducible set of sums; the others to the sums they stand in"""


@dataclass(frozen=True)
class Leak:
    """A withheld figure that can be worked out: which, how closely, by whom and from what.

    ``kind`` is *shown* (it stands in the release itself), *exact* (one value is left) or *narrow*. ``low`` and ``high``
    are its reach, ``knowing`` the cells the attacker knew beforehand (their numbers ``known``), ``through`` the sums
    that give it away.
    """

    cell: int
    what: str
    low: float
    high: float
    kind: str
    knowing: tuple[str, ...]
    through: tuple[str, ...]
    known: tuple[int, ...] = ()


def reach(system: System, cells: Collection[int] | None = None) -> pd.DataFrame:
    """Between which values each withheld figure must lie, for somebody who adds up everything released.

    Minimum and maximum by linear programming over all sums, shares and means jointly, non-negative, counts rounded
    inwards to whole numbers. Index: the cell's number in ``system.cells``; columns low and high; no upper bound is
    infinity. `cells` (all that are hidden) limits the answer, not what is known.
    """
    asked = np.flatnonzero(system.cells["is_hidden"]) if cells is None else np.array(sorted(cells), np.int64)
    low, high = tightened(system)
    whole = system.cells["is_integer"].to_numpy(bool)
    wanted = np.full(len(low), np.nan)
    wanted[asked] = np.inf
    for part in parts(system, low, high):
        if np.isnan(wanted[part.cells]).all():
            continue
        found = extremes(part, whole[part.cells], wanted[part.cells])
        low[part.cells], high[part.cells] = inwards(system, part, found)
    return pd.DataFrame({"low": low[asked], "high": high[asked]}, index=asked)


def inwards(system: System, part: Part, found: Extremes) -> tuple[Floats, Floats]:
    """Counts to the whole numbers inside; no upper bound where none was met.

    Raises `Contradiction` for a count whose ends were followed as far as they go with no whole number between them.
    """
    whole = system.cells["is_integer"].to_numpy(bool)[part.cells]
    low = np.where(whole, np.ceil(found.least - NEAR), found.least)
    high = np.where(found.most >= ENDLESS * 0.99, np.inf, np.where(whole, np.floor(found.most + NEAR), found.most))
    empty = np.flatnonzero(whole & (low > high) & found.is_least & found.is_most)
    if len(empty):
        cell = described(system.cells.iloc[part.cells[empty[0]]])
        raise Contradiction(f"what was released cannot all be true: no whole number is left for {cell}")
    return low, high


def integer_reach(system: System, cells: Collection[int]) -> pd.DataFrame:
    """The same for somebody who also uses that pupils come in whole numbers; slower, so for chosen cells.

    Minimum and maximum by branch and bound (HiGHS) without an optimality gap. A product of two unknown figures is still
    an envelope, so the reach may be too wide but never too narrow.
    """
    low, high = tightened(system)
    whole = system.cells["is_integer"].to_numpy(bool)
    for part in parts(system, low, high):
        for place in np.flatnonzero(np.isin(part.cells, np.array(sorted(cells), np.int64))):
            objective = np.zeros(len(part.cells))
            objective[place] = 1.0
            least = solved(part, objective, whole[part.cells])[place]
            most = solved(part, -objective, whole[part.cells])[place]
            cell = part.cells[place]
            if whole[cell]:
                least, most = round(least), round(most)
            low[cell], high[cell] = least, np.inf if most >= ENDLESS * 0.99 else most
    asked = sorted(cells)
    return pd.DataFrame({"low": low[asked], "high": high[asked]}, index=asked)


def findings(
    system: System,
    width: Width,
    targets: Targets | None = None,
    integer: int = 0,
    knowing: Mapping[int, float] | None = None,
) -> list[Leak]:
    """Every figure that should be hidden and is not: shown, exactly determined, or within fewer than `width` values.

    `targets` are cell numbers, the cells released as withheld unless given (a figure that no row mentions, as the rest
    where n and k are shown, must be named to be asked about); an authority's own open figure is never a leak. A cell is
    safe when two tables that both agree with the release lie `width` apart in it (a mapping gives a width per part;
    a part without one, as shares and means under a plain number, counts only when exactly determined); `targets` may
    map cells to widths of their own. `integer` sends
    so many of the narrowest safe cells through `integer_reach` as well; `knowing` are cells known beforehand.
    """
    cells = system.cells
    withheld = np.flatnonzero(cells["is_hidden"] & cells["is_listed"])
    asked = withheld if targets is None else np.array(sorted(targets), np.int64)
    known = dict(knowing or {})
    asked = asked[~cells["is_open"].to_numpy(bool)[asked] & ~np.isin(asked, list(known))]
    seen = [_shown(system, cell) for cell in asked if not cells["is_hidden"].iloc[cell]]
    hidden = asked[cells["is_hidden"].to_numpy(bool)[asked]]
    told = system.told(known) if known else system
    wanted = np.full(len(cells), np.nan)
    wanted[hidden] = wanted_of(cells["part"].iloc[hidden], width, targets)
    ends = _worked_out(told, wanted)
    if integer:
        ends |= _in_whole_numbers(told, wanted, set(ends), integer)
    return seen + [leak_of(told, cell, ends[cell], known, place < EXPLAINED) for place, cell in enumerate(sorted(ends))]


def wanted_of(part: pd.Series, width: Width, targets: Targets | None = None) -> Floats:
    """How far apart the ends of cells (the index of `part`) must lie."""
    if isinstance(targets, Mapping):
        return np.maximum([targets[int(cell)] for cell in part.index], 10 * NEAR)
    widths = width if isinstance(width, Mapping) else dict.fromkeys(("n", "k", "rest", "sum"), width)
    return part.map(lambda each: float(widths.get(each, 0.0))).clip(lower=10 * NEAR).to_numpy(float)


def _shown(system: System, cell: int) -> Leak:
    low, high = (float(system.cells[name].iloc[cell]) for name in ("low", "high"))
    what = described(system.cells.iloc[cell])
    return Leak(int(cell), what, low, high, "shown", (), (f"{what} is released",))


Ends = dict[int, tuple[float, float]]


def _worked_out(told: System, wanted: Floats) -> Ends:
    """The cells with a reach narrower than wanted, and the reach."""
    low, high = tightened(told)
    whole = told.cells["is_integer"].to_numpy(bool)
    ends = {int(cell): (low[cell], high[cell]) for cell in np.flatnonzero((high - low <= NEAR) & ~np.isnan(wanted))}
    for part in parts(told, low, high):
        want = wanted[part.cells]
        if np.isnan(want).all():
            continue
        found = extremes(part, whole[part.cells], want)
        least, most = inwards(told, part, found)
        for place in np.flatnonzero(is_narrow(least, most, want)):
            ends[int(part.cells[place])] = (least[place], most[place])
    return ends


def is_narrow(least: Floats, most: Floats, wanted: Floats) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(wanted) & (most - least < np.nan_to_num(wanted) - NEAR))


def leak_of(told: System, cell: int, ends: tuple[float, float], known: dict[int, float], is_traced: bool) -> Leak:
    low, high = (float(end) for end in ends)
    kind = "exact" if high - low <= 10 * NEAR else "narrow"
    beforehand = tuple(described(told.cells.iloc[each]) for each in known)
    through = proof(told, cell, low, high) if is_traced else at_hand(told, cell)
    return Leak(cell, described(told.cells.iloc[cell]), low, high, kind, beforehand, through, tuple(known))


def _in_whole_numbers(told: System, wanted: Floats, found: set[int], most: int) -> Ends:
    """Leaks that only whole numbers show, among the cells whose bounds are narrowest for what is wanted of them."""
    low, high = tightened(told)
    is_asked = ~np.isnan(wanted) & told.cells["is_integer"].to_numpy(bool)
    is_asked[list(found)] = False
    chosen = np.flatnonzero(is_asked)
    chosen = chosen[np.argsort((high - low - wanted)[chosen], kind="stable")][:most]
    ends = integer_reach(told, chosen.tolist())
    narrow = ends[ends["high"] - ends["low"] < wanted[ends.index] - NEAR]
    return {int(cell): (low, high) for cell, low, high in narrow.itertuples()}

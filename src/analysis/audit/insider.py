"""The attacker who is one of the pupils: whoever stands alone in a hidden cell knows what that cell holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.audit.attack import Leak, Targets, Width, inwards, is_narrow, leak_of, wanted_of
from analysis.audit.points import extremes
from analysis.audit.system import NEAR, Contradiction, Floats, Indices, Part, System, parts, subsystem, tightened

SEEDS = 40
"""so many tables of the outsider are carried over to each insider"""


def could_hold(system: System, count: int) -> list[int]:
    """The hidden counts that, as far as can be told from the release, could be of exactly so many pupils."""
    low, high = tightened(system)
    is_count = system.cells["is_integer"].to_numpy(bool) & system.cells["is_hidden"].to_numpy(bool)
    is_possible = (low <= count + NEAR) & (high >= count - NEAR) & (high - low > NEAR)
    return [int(cell) for cell in np.flatnonzero(is_count & is_possible)]


def insiders(
    system: System, width: Width, targets: Targets | None = None, singles: Collection[int] | None = None
) -> list[Leak]:
    """What the one pupil in a cell could work out about the others: each cell of one is taken as known, in turn.

    `singles` are the cells with one contributor; left out, every hidden count that could be one by its own reach is
    tried, also those that are not (more leaks than there are, none fewer). A cell narrower than `width` already for an
    outsider is left to `findings`.
    """
    return list(_Inside(system, width, targets).told(_alone(system, singles), singles is None))


def coalitions(
    system: System, width: Width, targets: Targets | None = None, singles: Collection[int] | None = None,
    pairs: Collection[int] | None = None,
) -> list[Leak]:  # fmt: skip
    """What two pupils of the same unit could work out together: both cells of one known, or the two of a cell of two.

    `singles` and `pairs` are the cells with one and with two contributors; left out, every hidden count that could be.
    """
    supposed = singles is None or pairs is None
    return list(_Inside(system, width, targets).told(_together(system, singles, pairs), supposed))


def by_pupils(
    system: System, width: Width, targets: Targets | None, singles: Collection[int], pairs: Collection[int]
) -> tuple[list[Leak], list[Leak]]:
    """What `insiders` and what `coalitions` could work out, from one and the same reading of the release."""
    inside = _Inside(system, width, targets)
    return list(inside.told(_alone(system, singles), False)), list(
        inside.told(_together(system, singles, pairs), False)
    )


Knowledge = dict[int, float]


def _alone(system: System, singles: Collection[int] | None) -> list[Knowledge]:
    return [{cell: 1.0} for cell in (could_hold(system, 1) if singles is None else sorted(singles))]


def _together(system: System, singles: Collection[int] | None, pairs: Collection[int] | None) -> list[Knowledge]:
    ones = could_hold(system, 1) if singles is None else sorted(singles)
    twos = could_hold(system, 2) if pairs is None else sorted(pairs)
    unit = system.cells["unit_id"].to_numpy(object)
    both = [{first: 1.0, second: 1.0} for first, second in combinations(ones, 2) if unit[first] == unit[second]]
    return [*({cell: 2.0} for cell in twos), *both]


@dataclass(frozen=True)
class _Room:
    """One part of the release: its system, its cells' numbers in the whole, what is wanted of them, known tables."""

    system: System
    numbers: Indices
    wanted: Floats
    tables: list[Floats]


class _Inside:
    """The release as pupils in it read it: in rooms that no sum connects, each looked at when somebody in it asks."""

    def __init__(self, system: System, width: Width, targets: Targets | None) -> None:
        cells = system.cells
        asked = cells["is_hidden"].to_numpy(bool) & ~cells["is_open"].to_numpy(bool)
        asked &= cells["is_listed"].to_numpy(bool) if targets is None else np.isin(np.arange(len(cells)), list(targets))
        self.system, self.wanted = system, np.full(len(cells), np.nan)
        self.wanted[asked] = wanted_of(cells["part"][asked], width, targets)
        self.low, self.high = tightened(system)
        self.pieces = parts(system, self.low, self.high)
        self.where = {int(cell): piece for piece, part in enumerate(self.pieces) for cell in part.cells}
        self.rooms: dict[int, _Room] = {}

    def told(self, knowledge: list[Knowledge], is_supposed: bool) -> Iterator[Leak]:
        """The leaks for each of these attackers, room by room.

        What is only supposed to be known may be impossible (two cells that cannot both be of one): then there is nobody
        to know it, and the attacker is left out. What is said to be so and is impossible is a `Contradiction`.
        """
        for known in knowledge:
            for piece in sorted({self.where[cell] for cell in known if cell in self.where}):
                if piece not in self.rooms:
                    self.rooms[piece] = _room(self.system, self.low, self.high, self.pieces[piece], self.wanted)
                inside = {cell: value for cell, value in known.items() if self.where.get(cell) == piece}
                try:
                    leaks = _leaks(self.system, self.rooms[piece], inside, known)
                except Contradiction:
                    if not is_supposed:
                        raise
                    continue
                yield from leaks


def _room(system: System, low: Floats, high: Floats, part: Part, wanted: Floats) -> _Room:
    """The part as a system of its own; cells that are narrow for an outsider are left out of what is wanted."""
    whole = system.cells["is_integer"].to_numpy(bool)[part.cells]
    found = extremes(part, whole, wanted[part.cells])
    still = wanted[part.cells].copy()
    still[is_narrow(*inwards(system, part, found), still)] = np.nan
    rows = np.flatnonzero(np.isin(np.arange(len(system.names)), system.matrix[:, part.cells].nonzero()[0]))
    few, numbers = subsystem(system, rows, part.cells)
    few = System(
        few.cells.assign(low=low[numbers], high=high[numbers]),
        few.matrix, few.low, few.high, few.names, few.products, few.scales,
    )  # fmt: skip
    places = np.searchsorted(numbers, part.cells)
    only_here = np.full(len(numbers), np.nan)
    only_here[places] = still
    tables = []
    for seen in found.tables:
        table = np.where(np.isfinite(high[numbers]), (low[numbers] + high[numbers]) / 2, low[numbers])
        table[places] = seen
        tables.append(table)
    return _Room(few, numbers, only_here, tables)


def _leaks(system: System, room: _Room, inside: dict[int, float], known: dict[int, float]) -> list[Leak]:
    """What comes within the width for somebody who knows these cells of the room."""
    here = {int(np.searchsorted(room.numbers, cell)): value for cell, value in inside.items()}
    told = room.system.told(here)
    wanted = room.wanted.copy()
    wanted[list(here)] = np.nan
    low, high = tightened(told)
    seeds = _seeds(room, here, low, high)
    ends = {int(cell): (low[cell], high[cell]) for cell in np.flatnonzero((high - low <= NEAR) & ~np.isnan(wanted))}
    whole = told.cells["is_integer"].to_numpy(bool)
    for part in parts(told, low, high):
        want = wanted[part.cells]
        if np.isnan(want).all():
            continue
        found = extremes(part, whole[part.cells], want, [seed[part.cells] for seed in seeds])
        least, most = inwards(told, part, found)
        for place in np.flatnonzero(is_narrow(least, most, want)):
            ends[int(part.cells[place])] = (least[place], most[place])
    return [leak_of(system, int(room.numbers[cell]), ends[cell], known, is_traced=False) for cell in sorted(ends)]


def _seeds(room: _Room, here: dict[int, float], low: Floats, high: Floats) -> list[Floats]:
    """Tables that agree with the release and with the known cells: between two that lie on either side of them."""
    tables = room.tables
    for place, value in here.items():
        below = [table for table in tables if table[place] <= value]
        above = [table for table in tables if table[place] > value]
        exactly = [table for table in below if table[place] == value]
        pairs = zip(below[:SEEDS], above[:SEEDS], strict=False) if below and above else ()
        tables = exactly[:SEEDS] + [
            lower + (value - lower[place]) / (upper[place] - lower[place]) * (upper - lower) for lower, upper in pairs
        ]
    return [table for table in tables if np.all((table >= low - NEAR) & (table <= high + NEAR))]

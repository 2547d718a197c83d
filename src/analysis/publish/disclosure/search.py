"""The search for cells to hide: what is hidden so far, and how far each cell is known to reach."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.sparse import csc_matrix

from analysis.publish.disclosure.contributors import Contributors
from analysis.publish.disclosure.programme import Programme
from analysis.publish.disclosure.table import SLACK, Booleans, CountTable, Floats, Whole

DRY_ROUNDS = 2
ENOUGH = 4
PER_ROUND = 12
AVOIDED = 0.2
Moves = tuple[Whole, Floats]
"""cells, and a row for each of the moves made at once: what it adds to each cell"""
Rooms = dict[tuple[int, frozenset[int]], float]
"""how far a cell could reach at most for a coalition of persons, if everything were hidden that can be"""


class Search:
    """Hides cells until every primary cell it is given could be at least `width` apart, whoever looks.

    A move found for one cell is a table an attacker cannot rule out, so it is kept for every other cell that it
    moves: `up` and `down` are the farthest moves seen. Cells known to single contributors stand still in every move
    but their own cluster's, so a reach holds for whoever knows any of them, alone or together. Where open figures leave
    a cell less room than `width`, that room is what is asked for, and is written down in `rooms`.
    """

    def __init__(
        self,
        table: CountTable,
        width: float,
        contributors: Contributors,
        largest_first: bool,
    ) -> None:
        self.rooms: Rooms = {}
        self.witnesses: list[Moves] = []
        self.far: dict[int, list[tuple[Whole, list[int]]]] = {}
        self.table, self.width, self.contributors, self.largest_first = table, width, contributors, largest_first
        self.hidden: Booleans = table.is_primary & ~table.is_inner
        self.up: Floats = np.zeros(len(table.value))
        self.down: Floats = np.zeros(len(table.value))
        self.covered: Booleans = np.zeros(len(table.value), dtype=bool)
        self.programmes = 0
        self.is_whole = False
        beside_open = abs(table.sums).T @ (abs(table.sums) @ table.is_open.astype(np.float64))
        self.is_bounded: Booleans = beside_open > 0
        self.random = np.random.default_rng(len(table.value))

    def is_safe(self, cells: Whole) -> Booleans:
        """Which of the cells are already known to reach far enough."""
        far: Booleans = self.up[cells] + self.down[cells] >= self.width - SLACK
        return self.covered[cells] | far

    def cost(self, cells: Whole) -> Floats:
        """What moving each of the cells costs now: nothing when it is hidden or never published."""
        return np.where(self.hidden[cells] | self.table.is_inner[cells], 0.0, self.table.cost[cells])

    def waiting(self, cells: Whole) -> Whole:
        """The primary cells among `cells` not known to be safe, in order: first those that contributors know."""
        left = cells[self.table.is_primary[cells]]
        left = left[~self.is_safe(left)]
        size = self.table.value[left] * (-1 if self.largest_first else 1)
        return left[np.lexsort((left, size, ~self.contributors.known[left]))]

    def hide(self, programme: Programme, *moves: Floats) -> None:
        """Hides what the moves move."""
        moved = programme.cells[np.max(np.abs(moves), axis=0) > SLACK]
        self.hidden[moved[self.table.may_be_hidden[moved]]] = True

    def remember(self, cells: Whole, moves: Floats) -> None:
        """Remembers how far the moves go, for the cells for which whoever knows some cell can follow them."""
        at = np.flatnonzero(np.any(moves, axis=0))
        self.witnesses.append((cells[at], moves[:, at]))
        moved = cells[np.max(np.abs(moves), axis=0) > SLACK]
        persons = self._persons(moved)
        if len(persons) > 1:
            return
        seen = np.ones(len(cells), dtype=bool) if not persons else self.contributors.owner[cells] == persons[0]
        self.up[cells[seen]] = np.maximum(self.up[cells[seen]], np.max(moves, axis=0)[seen])
        self.down[cells[seen]] = np.maximum(self.down[cells[seen]], -np.min(moves, axis=0)[seen])

    def _persons(self, moved: Whole) -> list[int]:
        return sorted(set(self.contributors.person[moved].tolist()) - {-1})

    def verify(self, witnesses: Sequence[Moves]) -> None:
        """Takes over the moves of another search that keep every sum, leave no cell below nought and show nothing.

        Each is added up anew; one that does not hold is passed over, and its cells are looked at by themselves.
        """
        if not witnesses:
            return
        count = np.repeat(np.arange(len(witnesses)), [len(moves) for _, moves in witnesses])
        at = np.concatenate([np.tile(cells, len(moves)) for cells, moves in witnesses])
        starts = np.cumsum([0, *(len(cells) for cells, moves in witnesses for _ in moves)])
        added = np.concatenate([moves.ravel() for _, moves in witnesses])
        still = ~(self.hidden | self.table.is_inner)[at]
        wrong = (still & (np.abs(added) > SLACK)) | (self.table.value[at] + added < -SLACK)
        each = np.repeat(np.arange(len(count)), np.diff(starts))
        table = csc_matrix((np.where(still, 0.0, added), at, starts), shape=(len(self.hidden), len(count)))
        off = abs(self.table.sums @ table).max(axis=0).toarray().ravel() > SLACK
        bad = set(count[each[wrong]].tolist()) | set(count[off].tolist())
        for number, (cells, moves) in enumerate(witnesses):
            if number not in bad:
                self.remember(cells, moves)
                self._go_far(cells, moves)

    def _go_far(self, cells: Whole, moves: Floats) -> None:
        """Notes for which cells the moves alone are wide enough, what they move, and which persons."""
        spread = np.maximum(np.max(moves, axis=0), 0.0) - np.minimum(np.min(moves, axis=0), 0.0)
        wide = cells[(spread >= self.width - SLACK) & self.table.is_primary[cells]]
        moved = cells[np.max(np.abs(moves), axis=0) > SLACK]
        for cell in wide.tolist():
            self.far.setdefault(cell, []).append((moved, self._persons(moved)))

    def look_around(self, programme: Programme, person: int = -1) -> None:
        """Moves many hidden cells at once, as long as that shows some of them to be safe.

        What contributors know stands still, apart from what only this `person` could tell.
        """
        cells, dry, enough = programme.cells, 0, ENOUGH if person < 0 else 1
        still = self.contributors.known if person < 0 else self.contributors.known_without(person)
        movable = (self.cost(cells) == 0) & ~still[cells]
        while dry < DRY_ROUNDS:
            wanted = self.table.is_primary[cells] & ~self.is_safe(cells) & movable
            wanted &= (person < 0) | (self.contributors.owner[cells] == person)
            if wanted.sum() < enough:
                return
            gain = np.where(wanted, self.random.choice([-1.0, 1.0], len(cells)), 0.0)
            gain[wanted & (self.table.value[cells] == 0)] = 1.0
            self.programmes += 1
            self.remember(cells, programme.farthest_move(gain, movable, self.width)[None])
            dry = 0 if self.is_safe(cells[wanted]).sum() >= enough else dry + 1

    def protect(self, programme: Programme) -> None:
        """Makes the primary cells of this part safe, each at the lowest cost; leaves those that need a larger part."""
        self.look_around(programme)
        tried: set[int] = set()
        while left := [cell for cell in self.waiting(programme.cells).tolist() if cell not in tried]:
            tried.add(left[0])
            self.protect_one(programme, left[0])
            owner = int(self.contributors.owner[left[0]])
            if owner >= 0 or len(tried) % PER_ROUND == 0:
                self.look_around(programme, owner)

    def protect_one(self, programme: Programme, cell: int) -> bool:
        """Whether moves were found that make the cell safe, from single contributors and any two of them as well.

        First with everything standing still that others know. A cell that several persons know together needs a move
        for two or three of them, for then every two leave one out; where there are none, each coalition is tried.
        """
        at, who = int(np.searchsorted(programme.cells, cell)), self.contributors
        if not who.known[cell]:
            safe = self._moved(programme, at, who.known) is not None
        elif who.owner[cell] >= 0:
            safe = self._moved(programme, at, who.known_without(int(who.owner[cell]))) is not None
        else:
            most = who.together
            needed = who.needed_for(cell)[: most + 1]
            safe = len(needed) > most or (len(needed) == most and bool(who.known_to(needed)[cell]))
            safe = safe and all(self._moved(programme, at, who.known_without(each)) is not None for each in needed)
        safe = safe or self._thrice(programme, at) or self._covered(programme, at, frozenset(), set())
        self.covered[cell] |= safe
        return safe

    def _moved(
        self, programme: Programme, at: int, still: Booleans, coalition: frozenset[int] | None = None
    ) -> list[int] | None:
        """The persons moved by the cheapest move of one cell, which is hidden and remembered; None without a move.

        A verified move that goes as far, and leaves `still` what must stand still, is taken without looking further.
        With a `coalition`, a cell that what is open leaves less room than the width is moved as far as there is room.
        """
        cells = programme.cells
        for moved, persons in self.far.get(int(cells[at]), ()):
            if not still[moved].any():
                return persons
        cost = self.cost(cells)
        cost[self.contributors.few[cells] & (cost == 0)] = AVOIDED
        self.programmes += 1
        move = programme.cheapest_move(cost, still[cells], at, self.width)
        moves: tuple[Floats, ...] | None = None if move is None else (move,)
        if move is None and (self.is_whole or self.is_bounded[cells[at]]):
            self.programmes += 1
            moves = programme.cheapest_pair(cost, still[cells], at, self.width)
        if moves is None and coalition is not None:
            room = self._room(int(cells[at]), still, coalition)
            moves = None if room is None else programme.cheapest_pair(cost, still[cells], at, max(room - SLACK, 0.0))
        if moves is None:
            return None
        self.hide(programme, *moves)
        both = np.stack(moves)
        self.remember(cells, both)
        return self._persons(cells[np.max(np.abs(both), axis=0) > SLACK])

    def _room(self, cell: int, still: Booleans, coalition: frozenset[int]) -> float | None:
        """How far apart the ends of a cell are for a coalition when all is hidden that can be; None until the whole is
        looked at, for within a block less is hidden than can be.
        """
        if not self.is_whole:
            return None
        if (cell, coalition) not in self.rooms:
            closed = self._everything
            self.programmes += 2
            self.rooms[cell, coalition] = closed.reach(still[closed.cells], int(np.searchsorted(closed.cells, cell)))
        return self.rooms[cell, coalition]

    @cached_property
    def _everything(self) -> Programme:
        return Programme.of(self.table, np.flatnonzero(~self.table.is_open))

    def _thrice(self, programme: Programme, at: int) -> bool:
        """Whether moves were found that between them leave any two persons standing still at least once."""
        seen: set[int] = set()
        for _ in range(self.contributors.together + 1):
            known = self.contributors.known_to(seen)
            moved = None if known[programme.cells[at]] else self._moved(programme, at, known)
            if moved is None:
                return False
            if not moved:
                return True
            seen |= set(moved)
        return True

    def _covered(self, programme: Programme, at: int, coalition: frozenset[int], done: set[frozenset[int]]) -> bool:
        """Whether the cell is safe from this coalition and from every one of at most two persons that contains it."""
        known = self.contributors.known_to(coalition)
        done.add(coalition)
        if known[programme.cells[at]]:
            return True
        moved = self._moved(programme, at, known, coalition)
        if moved is None:
            return False
        weight = self.contributors.weight
        free = self.contributors.together - int(weight[list(coalition)].sum())
        larger = [coalition | {each} for each in moved if each not in coalition and weight[each] <= free]
        return all(self._covered(programme, at, each, done) for each in larger if each not in done)

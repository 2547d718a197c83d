"""What single pupils, and two together, know of a table because they are in it themselves."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from scipy.sparse.csgraph import connected_components

from analysis.publish.disclosure.table import Booleans, CountTable, Whole

TOGETHER = 2
"""pupils who may put together what they know"""


class Contributors:
    """The pupils who are alone in a group, or two in it alone, and the figures about them and nobody else.

    Cells with one contributor that lie inside each other belong to one `person`, cells with two to one pair, which is
    counted as a person of the `weight` two. A person knows those cells, all parts of them, and every total all of whose
    parts are known; so does a coalition of persons. None of those cells holds anybody outside the coalition. `few`
    cells have one or two contributors, numbered in `person` (−1 elsewhere).
    ``together`` is how many pupils may put together what they know: two as a rule, one (no pairs), or nought, for whom
    nobody knows anything.
    `known` is what all persons together know; `cluster` numbers its cells (−1 elsewhere), cells of one cluster
    hanging together by sums in which every cell is known.
    """

    def __init__(self, table: CountTable, together: int = TOGETHER) -> None:
        self.together = together
        one, two = table.has_contributors(1) & (together >= 1), table.has_contributors(2) & (together >= 2)
        self.few = one | two
        parts, totals = csr_matrix(table.sums > 0, dtype=np.int64), csr_matrix(table.sums < 0, dtype=np.int64)
        self.known = _closure(self.few, parts, totals)
        self.person, pair = _linked(one, parts, totals), _linked(two, parts, totals)
        alone = int(self.person.max(initial=-1)) + 1
        self.person = np.where(two, pair + alone, self.person)
        self.weight = np.repeat([1, 2], [alone, int(pair.max(initial=-1)) + 1])
        inside = np.flatnonzero((parts + totals) @ (~self.known).astype(np.int64) == 0)
        self.cluster = _linked(self.known, parts[inside], totals[inside])
        self._parts, self._totals = parts[inside], totals[inside]
        self._places: dict[int, tuple[Whole, csr_matrix, csr_matrix]] = {}
        self._known_to: dict[frozenset[int], Whole] = {}
        self._known_without: dict[int, Whole] = {}

    @cached_property
    def owner(self) -> Whole:
        """The person who alone knows each cell, −1 for the cells nobody knows without others."""
        owner = np.full(len(self.known), -1, dtype=np.int64)
        for person in range(self.persons):
            owner[self.known_to([person])] = person
        return owner

    @cached_property
    def persons(self) -> int:
        """How many persons and pairs there are."""
        return len(self.weight)

    def known_without(self, person: int) -> Booleans:
        """What all persons but this one know together: nothing that the person is part of, unless shown by others."""
        if person not in self._known_without:
            cluster = int(self._cluster_of_person[person])
            near = np.flatnonzero(self._cluster_of_person == cluster)
            lost = (self.cluster == cluster) & ~self.known_to(near[near != person].tolist())
            self._known_without[person] = np.flatnonzero(lost)
        known = self.known.copy()
        known[self._known_without[person]] = False
        return known

    def needed_for(self, cell: int) -> list[int]:
        """The persons without whom the others do not know the cell."""
        near = np.flatnonzero(self._cluster_of_person == self.cluster[cell]).tolist()
        return [each for each in near if not self.known_without(each)[cell]]

    def known_to(self, persons: Collection[int]) -> Booleans:
        """What these persons know together; only sums with every cell known can add to what they know."""
        known = np.zeros(len(self.known), dtype=bool)
        by_cluster: dict[int, list[int]] = {}
        for person in persons:
            by_cluster.setdefault(int(self._cluster_of_person[person]), []).append(person)
        for cluster, together in by_cluster.items():
            known[self._known_in(cluster, frozenset(together))] = True
        return known

    def _known_in(self, cluster: int, persons: frozenset[int]) -> Whole:
        """The cells that persons of one cluster know; worked out once, since the same coalitions come again."""
        if persons not in self._known_to:
            cells, parts, totals = self._place(cluster)
            known = _closure(np.isin(self.person[cells], list(persons)), parts, totals)
            self._known_to[persons] = cells[known]
        return self._known_to[persons]

    @cached_property
    def _cluster_of_person(self) -> Whole:
        cluster = np.zeros(self.persons, dtype=np.int64)
        cluster[self.person[self.few]] = self.cluster[self.few]
        return cluster

    def _place(self, cluster: int) -> tuple[Whole, csr_matrix, csr_matrix]:
        """The cells of a cluster and the sums within it."""
        if cluster not in self._places:
            cells = np.flatnonzero(self.cluster == cluster)
            totals = self._totals[:, cells]
            rows = np.flatnonzero(np.diff(totals.indptr))
            self._places[cluster] = cells, self._parts[rows][:, cells], totals[rows]
        return self._places[cluster]


def _closure(start: Booleans, parts: csr_matrix, totals: csr_matrix) -> Booleans:
    known, number = start.copy(), np.diff(parts.indptr)
    total_of, part_of = totals.T, parts.T
    while True:
        full = (parts @ known.astype(np.int64) == number) & (number > 0)
        more = known | (total_of @ full.astype(np.int64) > 0)
        more |= part_of @ (totals @ more.astype(np.int64)) > 0
        if (more == known).all():
            return known
        known = more


def _linked(cells: Booleans, parts: csr_matrix, totals: csr_matrix) -> Whole:
    """Which of `cells` hang together, a total and its part being neighbours, numbered from 0; −1 elsewhere."""
    keep = diags_array(cells.astype(np.int64), dtype=np.int64)
    _, label = connected_components((totals @ keep).T @ (parts @ keep), directed=False)
    numbered = np.full(len(cells), -1, dtype=np.int64)
    numbered[cells] = np.unique(label[cells], return_inverse=True)[1]
    return numbered

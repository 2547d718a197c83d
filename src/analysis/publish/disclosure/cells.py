"""The true figures as numbers of pupils with everything that adds up in them: the tables the protector works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from analysis.catalogue import Limit
from analysis.model import ALL, BOYS, GIRLS
from analysis.publish.disclosure.primary import primary_counts
from analysis.publish.disclosure.table import Booleans, CountTable, Floats, Whole

Link = tuple[int, tuple[int, ...]]
"""the place of a total and those of its parts"""
NEAR = 1e-6
DEAR = {ALL: 3.0, GIRLS: 1.0, BOYS: 1.0}
"""how much a reader misses a figure, in comparison; the others cost a half"""
N, PART, REST = 0, 1, 2
DEEPEST = 10
"""more steps than lie between a class and the nation"""
LAST = 1000.0
"""how many times dearer a figure is to withhold when readers were shown it before with about the number it has now"""
HAIR = 3e-7
"""sets a complement of one or two pupils apart from a part of as many; far below what a sum may be off by"""


@dataclass(frozen=True)
class Cells:
    """The true numbers of one indicator and year.

    ``nodes`` has a row per unit, group, part and source: the pupils ``n``, those of them that a percentage counts
    (``k``, NaN for none), ``members`` (equal for the very same pupils of the register, whether or not all of them are
    counted), ``is_published`` where a page could show it, ``is_open`` where an authority's open figure shows it already
    and ``is_known`` where it was released as it is. A limit (``~100``) counts as its middle value. ``links`` are totals
    with their parts; what is lacking of a total is nobody's group, and never shown. The nodes that are ``once_shown``
    were released with another number than they have now.
    """

    indicator: str
    year: int
    nodes: pd.DataFrame = field(hash=False)
    links: tuple[Link, ...]
    once_shown: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def keys(self) -> pd.MultiIndex:
        """Unit and group of every node."""
        return pd.MultiIndex.from_frame(self.nodes[["unit_id", "group"]])

    @cached_property
    def n(self) -> Floats:
        """The pupils of every node."""
        return self.nodes["n"].to_numpy(float)

    @cached_property
    def counted(self) -> Floats:
        """What a percentage counts in every node, those of a total as many as its parts leave room for.

        A percentage is rounded, so n times it is off by as much as thousands of pupils make it. A total counts what its
        parts count, not what they do not, and any number of the pupils lacking: whoever adds up knows it.
        """
        k: Floats = self.nodes["k"].to_numpy(float).copy()
        held = np.isfinite(k)
        sums = [(total, [each for each in parts if held[each]]) for total, parts in self.links
                if held[total] and self.lacks(total, parts) >= -NEAR]  # fmt: skip
        for _ in range(DEEPEST):
            before = k.copy()
            for total, parts in sums:
                least = k[parts].sum()
                k[total] = min(max(k[total], least), least + self.lacks(total, parts))
            if np.allclose(before, k, rtol=0.0, atol=NEAR, equal_nan=True):
                break
        return k

    def lacks(self, total: int, parts: Sequence[int]) -> float:
        """How many pupils of a total are in none of the parts; below nought where the parts hold more."""
        return float(self.n[total] - self.n[list(parts)].sum())

    def is_few_unknown(self, total: int, parts: Sequence[int], limit: Limit, is_open: Booleans) -> bool:
        """Whether a unit's pupils who are in none of its groups are too few, and not known from open figures."""
        every = [total, *parts]
        is_one = self.nodes["unit_id"].iloc[every].nunique() == 1 and not is_open[every].all()
        return bool(is_one) and NEAR < self.lacks(total, parts) < limit.smallest_n

    @cached_property
    def alike(self) -> int:
        """The same for two measures that count the very same pupils of their own in every unit and group."""
        names = ["unit_id", "group", "part", "members", "n"]
        own = self.nodes.loc[self.nodes["members"] != 0, names].sort_values(names)
        return hash(pd.util.hash_pandas_object(own, index=False).to_numpy().tobytes())

    @cached_property
    def cost(self) -> Floats:
        """What it costs the reader not to see a node; a poor hiding place, known about as it was, is the last taken."""
        dear = self.nodes["group"].map(DEAR).fillna(0.5).to_numpy(float)
        poor = np.where(self.keys.isin(list(self.once_shown)), LAST, 1.0)
        return np.asarray(dear * poor * np.sqrt(self.n + 1.0), dtype=float)

    def flag(self, name: str) -> Booleans:
        """One of the claims about every node."""
        return self.nodes[name].to_numpy(bool)

    def without_levels(self, levels: tuple[str, ...]) -> Cells:
        """The cells without some levels: all of them that nobody knows, so that nothing is left to take them from."""
        level = self.nodes["unit_id"].str.split(":").str[1]
        left = ~level.isin(levels).to_numpy(bool) | self.flag("is_open") | self.flag("is_known")
        if left.all():
            return self
        place = np.cumsum(left) - 1
        links = [
            (int(place[total]), tuple(int(place[each]) for each in parts if left[each]))
            for total, parts in self.links
            if left[total] and any(left[each] for each in parts)
        ]
        return replace(self, nodes=self.nodes[left].reset_index(drop=True), links=tuple(links))

    def small(self, limit: Limit) -> Booleans:
        """The nodes with some pupils, but too few."""
        return (self.n > 0) & (self.n < limit.smallest_n)

    def with_small_parts(self, limit: Limit) -> Booleans:
        """The nodes in which the percentage says something about single pupils."""
        k = self.nodes["k"].to_numpy(float)
        known = np.isfinite(k)
        n: Floats = np.round(self.n)
        whole: Floats = np.minimum(np.maximum(np.round(np.where(known, k, 0.0)), 0.0), n)
        found = primary_counts(n, whole, limit)
        return np.asarray(known & (found.part | found.rest), dtype=bool)


@dataclass(frozen=True)
class Shape:
    """A table with, for every cell, the node it belongs to (`node`, -1 for what is lacking of a total).

    `apart` are the nodes of totals that do not agree with their parts as they are written, `lacking` has, for the
    cells of what is lacking of a total, the total's node.
    """

    table: CountTable
    node: Whole
    kind: Whole
    apart: tuple[int, ...] = ()
    lacking: Mapping[int, int] = field(default_factory=dict)


def number_table(cells: Cells, limit: Limit, counted: Booleans, hidden: Booleans) -> Shape:
    """The numbers of pupils of every unit and group.

    The numbers of `counted` nodes are known from what was shown before; `hidden` ones are withheld already.
    """
    is_open = cells.flag("is_open") | counted
    layout = _Layout()
    first = layout.add(
        cells.n,
        is_open=is_open,
        is_primary=cells.small(limit) & ~is_open,
        is_inner=(~cells.flag("is_published") | hidden) & ~is_open,
        cost=cells.cost,
        kind=N,
    )
    for total, parts in cells.links:
        few = cells.is_few_unknown(total, parts, limit, is_open)
        layout.link(first + total, [first + each for each in parts], N, is_primary=few)
    return layout.shape()


def part_table(
    cells: Cells, limit: Limit, known: Booleans, counted: Booleans, hidden: Booleans, *, others: bool
) -> Shape:
    """What a percentage counts (or with `others` does not count), beside the numbers of pupils that are shown.

    `known` nodes are known whole from what was shown before, of `counted` ones the number of pupils is.
    Where the number is `hidden`, so is its part, and the number may be any that agrees with the others. The part and
    its complement give each other when the number is shown, so each is looked at in a table of its own: there the
    complement only bounds the part, and the pupil who is alone in the part is the one who knows it.
    """
    k = cells.counted
    held = np.isfinite(k)
    part = np.where(held, np.clip(cells.n - k if others else k, 0.0, cells.n), 0.0)
    is_open = (cells.flag("is_open") | known) & held
    seen = is_open | (cells.flag("is_published") & ~hidden)
    layout = _Layout()
    no, nothing = np.zeros(len(k), dtype=bool), np.zeros(len(k))
    sure = seen | counted
    n = layout.add(cells.n, is_open=sure, is_primary=no, is_inner=~sure, cost=nothing, kind=N)
    primary = (cells.with_small_parts(limit) | (cells.small(limit) & held)) & ~is_open
    ours = layout.add(part, is_open=is_open, is_primary=primary, is_inner=~seen, cost=cells.cost, kind=PART)
    beside = np.where(held, cells.n - part, 0.0)
    beside = np.where(np.isin(np.round(beside), (1, 2)), beside + HAIR, beside)
    bounds = layout.add(beside, is_open=is_open, is_primary=no, is_inner=~is_open, cost=nothing, kind=REST)
    for place in np.flatnonzero(held).tolist():
        layout.rows.append((n + place, [ours + place, bounds + place]))
    for total, parts in cells.links:
        layout.link(n + total, [n + each for each in parts], N)
        if held[total]:
            every = bool(held[list(parts)].all())
            is_whole = every and cells.lacks(total, parts) <= NEAR
            few = every and cells.is_few_unknown(total, parts, limit, is_open)
            ours_of = [ours + each for each in parts if held[each]]
            layout.link(ours + total, ours_of, PART, is_whole=is_whole, is_primary=few)
    return layout.shape()


class _Layout:
    """A table in the making."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Floats | Booleans]] = {
            name: [] for name in ("value", "is_open", "is_primary", "is_inner", "cost", "node", "kind")
        }
        self.size = 0
        self.rows: list[tuple[int, list[int]]] = []
        self.values: list[float] = []
        self.apart: list[int] = []
        self.of_total: dict[int, int] = {}

    def add(
        self, value: Floats, *, is_open: Booleans, is_primary: Booleans, is_inner: Booleans, cost: Floats, kind: int
    ) -> int:
        """Adds a cell for every node; the place of the first."""
        given = (value, is_open, is_primary, is_inner, cost, np.arange(len(value)), np.full(len(value), kind))
        for column, each in zip(self.columns.values(), given, strict=True):
            column.append(each)
        first, self.size = self.size, self.size + len(value)
        self.values.extend(value.tolist())
        return first

    def link(
        self, total: int, parts: list[int], kind: int, *, is_whole: bool = False, is_primary: bool = False
    ) -> None:
        """Adds a total with its parts and what is lacking; `is_whole` says that nothing is.

        Parts that hold more than the total are no sum, which is noted in `apart`. What is lacking is to be protected
        where it is a small group (`is_primary`).
        """
        lacking = self.values[total] - sum(self.values[each] for each in parts)
        if lacking < -NEAR or (is_whole and lacking > NEAR):
            self.apart.append(total)
        if lacking < -NEAR:
            return
        if lacking > NEAR or is_primary:
            yes, no, few = np.ones(1, dtype=bool), np.zeros(1, dtype=bool), np.array([is_primary])
            left, nothing = np.array([max(lacking, 0.0)]), np.zeros(1)
            rest = self.add(left, is_open=no, is_primary=few, is_inner=yes, cost=nothing, kind=kind)
            self.columns["node"][-1] = np.array([-1])
            self.of_total[rest] = total
            parts = [*parts, rest]
        self.rows.append((total, parts))

    def shape(self) -> Shape:
        """The table, with sums that are nought to the last digit."""
        held = {name: np.concatenate(parts) for name, parts in self.columns.items()}
        row = np.repeat(np.arange(len(self.rows)), [1 + len(parts) for _, parts in self.rows])
        column = np.array([each for total, parts in self.rows for each in (total, *parts)], dtype=np.int64)
        sign = np.array([each for _, parts in self.rows for each in (-1.0, *([1.0] * len(parts)))])
        sums = csr_matrix((sign, (row, column)), shape=(len(self.rows), self.size))
        node, kind = held["node"].astype(np.int64), held["kind"].astype(np.int64)
        value, cost = held["value"].astype(np.float64), held["cost"].astype(np.float64)
        is_open, is_primary, is_inner = (held[name].astype(np.bool_) for name in ("is_open", "is_primary", "is_inner"))
        apart = tuple(sorted({int(node[each]) for each in self.apart}))
        lacking = {rest: int(node[total]) for rest, total in self.of_total.items()}
        return Shape(CountTable(value, sums, is_open, is_primary, is_inner, cost), node, kind, apart, lacking)

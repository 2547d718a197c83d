"""How it is decided: the numbers of pupils first, for all that is measured of the same pupils; then percentages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.catalogue.disclosure import has_parts, kind_of, population_of
from analysis.model import ALL
from analysis.publish.disclosure.backgrounds import groups_given
from analysis.publish.disclosure.cells import Cells, Shape, blocks, number_table, part_table
from analysis.publish.disclosure.material import Material
from analysis.publish.disclosure.protect import protected
from analysis.publish.disclosure.rules import rule
from analysis.publish.disclosure.table import Booleans, DisclosureError
from analysis.store.private import UNKNOWN

COARSER: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ()),
    (("girls", "boys"), ()),
    (("girls", "boys"), ("group", "team")),
    (("girls", "boys"), ("group", "team", "school")),
)
"""groups and levels that are not shown of an indicator and year: none first, then more, until what is left is safe"""
BELOW = ("group", "team", "school")
"""the levels that a school sees more of than everybody"""
ADJUSTED = "adjusted"
"""the name, in the column group, of what is adjusted for who the pupils are"""
Key = tuple[str, str]
Population = tuple[tuple[str, tuple[int, ...]], int]


@dataclass
class Deciding:
    """A decision in the making, for one audience. ``known`` maps indicator and year to what is known already.

    ``hidden`` holds units and groups withheld in everything measured of a population, ``parts`` those withheld in
    one percentage, ``coarser`` the indicators and years of which fewer levels are shown at all.
    """

    material: Material
    audience: str
    known: dict[tuple[str, int], frozenset[Key]]
    hidden: dict[Population, set[Key]] = field(default_factory=dict)
    parts: dict[tuple[str, int], set[Key]] = field(default_factory=dict)
    coarser: list[tuple[str, int, int]] = field(default_factory=list)
    cells: dict[tuple[str, int], Cells] = field(default_factory=dict)

    def decide(self) -> pd.DataFrame:
        """One row per indicator, unit, group and year with closed figures, and whether it is ``given``."""
        sheets = [each for each in self.material.sheets() if kind_of(each[0]) is not None]
        for year in sorted({year for _, year in sheets}):
            names = [name for name, each in sheets if each == year]
            for name in names:
                self.cells[name, year] = self._for_audience(self.material.cells(name, year))
            for name in names:
                self._decide_numbers(name, year)
            self._join_same_pupils(year)
            for name in filter(has_parts, names):
                self._decide_parts(name, year)
        return self._frame(sheets)

    def _for_audience(self, cells: Cells) -> Cells:
        """What this audience could be shown: a school sees more than everybody of itself only."""
        if self.audience != "school":
            return cells
        near = cells.nodes["unit_id"].str.split(":").str[1].isin(BELOW)
        return Cells(cells.indicator, cells.year, cells.nodes.assign(
            is_published=cells.nodes["is_published"] & near), cells.links)  # fmt: skip

    def _known(self, cells: Cells) -> Booleans:
        known = self.known.get((cells.indicator, cells.year), frozenset())
        return np.fromiter((key in known for key in cells.keys), dtype=bool, count=len(cells.keys))

    def _decide_numbers(self, name: str, year: int) -> None:
        """Adds what must be withheld for the number of pupils in this indicator to what its population withholds."""
        cells, limits = self.cells[name, year], rule(self.audience, str(kind_of(name)))
        hidden = self.hidden.setdefault((population_of(name), year), set())
        small = cells.small(limits) & ~cells.flag("is_open")
        hidden |= set(cells.keys[small])
        hidden |= self._hides(cells, hidden, lambda each, gone: [number_table(each, limits, self._known(each), gone)])

    def _join_same_pupils(self, year: int) -> None:
        """A group that is withheld is withheld wherever the very same pupils stand behind a figure."""
        mine = [(key, cells) for key, cells in self.cells.items() if key[1] == year]
        while True:
            members: set[int] = set()
            for (name, _), cells in mine:
                gone = cells.keys.isin(list(self.hidden[population_of(name), year])) & (cells.n > 0)
                members |= set(cells.nodes.loc[gone, "members"]) - {0}
            before = sum(map(len, self.hidden.values()))
            for (name, _), cells in mine:
                same = cells.nodes["members"].isin(members).to_numpy(bool) & (cells.nodes["part"] == "whole").to_numpy()
                self.hidden[population_of(name), year] |= set(cells.keys[same & (cells.n > 0)])
            if sum(map(len, self.hidden.values())) == before:
                return

    def _decide_parts(self, name: str, year: int) -> None:
        cells, limits = self.cells[name, year], rule(self.audience, str(kind_of(name)))
        numbers = self.hidden[population_of(name), year]
        small = cells.with_small_parts(limits) & ~cells.flag("is_open") & ~cells.flag("is_rounded")
        gone = set(cells.keys[small])

        def tables(each: Cells, hidden: Booleans) -> Iterable[Shape]:
            unseen = each.keys.isin(list(numbers))
            for others in (False, True):
                yield part_table(each, limits, self._known(each), unseen | hidden, others=others)

        self.parts[name, year] = gone | self._hides(cells, numbers, tables)

    def _hides(self, cells: Cells, hidden: set[Key], tables: Callable[[Cells, Booleans], Iterable[Shape]]) -> set[Key]:
        """The units and groups that the protector hides, with fewer levels shown where it finds no other way."""
        for step, (groups, levels) in enumerate(COARSER):
            left = without(cells, groups, levels)
            try:
                found = self._protected(left, hidden, tables)
            except DisclosureError:
                continue
            if step:
                self.coarser.append((cells.indicator, cells.year, step))
            return found | (set(cells.keys[cells.flag("is_published")]) - set(left.keys))
        self.coarser.append((cells.indicator, cells.year, len(COARSER)))
        return set(cells.keys)

    def _protected(
        self, cells: Cells, hidden: set[Key], tables: Callable[[Cells, Booleans], Iterable[Shape]]
    ) -> set[Key]:
        width = rule(self.audience, str(kind_of(cells.indicator))).width
        towns = cells.nodes["unit_id"].map(self.material.units["municipality_id"]).fillna("")
        labels = np.where(towns == "", -1, pd.factorize(towns)[0]).astype(np.int64)
        found: set[Key] = set()
        for shape in tables(cells, np.asarray(cells.keys.isin(list(hidden)))):
            taken = protected(shape.table, width, blocks(shape, labels)).hidden
            places = shape.node[taken]
            found |= set(cells.keys[places[places >= 0]])
        return found

    def _frame(self, sheets: list[tuple[str, int]]) -> pd.DataFrame:
        """Every closed figure that was collected, and every group by background: what is not decided is not given."""
        parts = []
        by_sheet = self.material.closed.groupby(["indicator", "year"])
        closed = {(str(name), int(str(year))): rows for (name, year), rows in by_sheet}
        for name, year in sorted(set(closed) | set(sheets)):
            rows = closed.get((name, year), self.material.closed.head(0))
            keys = sorted(set(zip(rows["unit_id"], rows["group"], strict=True)))
            given = self._given(name, year)
            listed = [(*key, given is None or key in given) for key in keys]
            if given is not None and (name, year) in self.cells:
                listed += self._behind(name, year, given)
            frame = pd.DataFrame(listed, columns=["unit_id", "group", "given"])
            parts.append(frame.assign(indicator=name, year=year))
        columns = ["indicator", "unit_id", "group", "year", "given"]
        if not parts:
            return pd.DataFrame(columns=columns)
        return pd.concat(parts, ignore_index=True)[columns]

    def _given(self, name: str, year: int) -> set[Key] | None:
        """The units and groups whose rows are given; None for what is not about pupils."""
        if kind_of(name) is None:
            return None
        if (name, year) not in self.cells:
            return set()
        cells = self.cells[name, year]
        gone = self.hidden[population_of(name), year] | self.parts.get((name, year), set())
        return set(cells.keys[cells.flag("is_published")]) - gone

    def _behind(self, name: str, year: int, given: set[Key]) -> list[tuple[str, str, bool]]:
        """The groups by background that are given, and the units of which something adjusted may be said."""
        rows = self.material.private_rows(name, year)
        units = frozenset(unit for unit, group in given if group == ALL)
        limits, adjusted = rule(self.audience, str(kind_of(name))), rule(self.audience, ADJUSTED)
        groups = set(groups_given(rows, name, limits, self.material.parents, units))
        whole = rows[(rows["group"] == ALL) & (rows["part"] == "whole")]
        enough = dict(zip(whole["unit_id"], whole["n"] >= adjusted.smallest_n, strict=True))
        by_background = rows["group"].str.contains(":") & ~rows["group"].str.endswith(f":{UNKNOWN}")
        held = set(zip(rows.loc[by_background, "unit_id"], rows.loc[by_background, "group"], strict=True))
        listed = [(str(unit), str(group), (unit, group) in groups) for unit, group in sorted(held)]
        return [*listed, *((unit, ADJUSTED, bool(good) and unit in units) for unit, good in sorted(enough.items()))]


def without(cells: Cells, groups: tuple[str, ...], levels: tuple[str, ...]) -> Cells:
    """The cells without some groups and levels: all of them, so that nothing is left that they could be taken from."""
    nodes = cells.nodes
    left = ~nodes["group"].isin(groups) & ~nodes["unit_id"].str.split(":").str[1].isin(levels)
    left |= cells.flag("is_open")
    if left.all():
        return cells
    place = np.cumsum(left.to_numpy()) - 1
    kept = left.to_numpy()
    links = [
        (int(place[total]), tuple(int(place[each]) for each in parts if kept[each]))
        for total, parts in cells.links
        if kept[total] and any(kept[each] for each in parts)
    ]
    return Cells(cells.indicator, cells.year, nodes[left].reset_index(drop=True), tuple(links))

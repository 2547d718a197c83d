"""How it is decided: the numbers of pupils first, for all that is measured of the same pupils; then percentages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.catalogue import Limit, levels, levels_for, limit
from analysis.catalogue.disclosure import has_parts, kind_of, population_of
from analysis.model import ALL
from analysis.processes import shared_out
from analysis.publish.disclosure.backgrounds import groups_given
from analysis.publish.disclosure.cells import Cells, Shape, number_table, part_table
from analysis.publish.disclosure.material import Material
from analysis.publish.disclosure.protect import protected
from analysis.publish.disclosure.table import Booleans, Whole
from analysis.store.private import UNKNOWN

BELOW = ("group", "team", "school")
"""the levels that a school sees more of than everybody"""
UNDER_SCHOOL, MOST = ("group", "team"), 0.5
"""levels, finest first, of whose percentages none is shown when more than this share of them is too small"""
ADJUSTED = "adjusted"
"""the name, in the column group, of what is adjusted for who the pupils are"""
KEY = ["indicator", "unit_id", "group", "year"]
Key = tuple[str, str]
Population = tuple[str, tuple[int, ...]]
Bare = tuple[str, int, str, str, float]
"""indicator, year, unit and group of a small group that open figures confine by themselves, and how closely"""
Apart = tuple[str, int, str, str]
"""indicator, year, unit and group of a total that its parts do not add up to"""


@dataclass
class Deciding:
    """One year's decision in the making, for one audience.

    ``known`` maps indicators to what is known already, ``changed`` to what was released with another number than now.
    ``hidden`` holds units and groups withheld in everything measured of a population, ``parts`` those withheld in
    one percentage, ``bare`` the small groups that what is open confines already, whatever is withheld, and ``apart``
    the totals that are no sum of their parts as they are written. ``counted`` are the pupils (``members``) of whom it
    was shown how many they are, by what is `alike` of the measures that count the same ones.
    """

    material: Material
    audience: str
    year: int
    known: Mapping[str, frozenset[Key]]
    changed: Mapping[str, frozenset[Key]]
    hidden: dict[Population, set[Key]] = field(default_factory=dict)
    parts: dict[str, set[Key]] = field(default_factory=dict)
    bare: list[Bare] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    cells: dict[str, Cells] = field(default_factory=dict)
    counted: dict[int, set[int]] = field(default_factory=dict)

    def decide(self) -> pd.DataFrame:
        """One row per indicator, unit and group with closed figures of the year, and whether it is ``given``."""
        names = [name for name, year in self.material.sheets() if year == self.year and kind_of(name) is not None]
        for name in names:
            cells = self._for_audience(self._with_known(self.material.cells(name, self.year)))
            self.cells[name] = cells
            known = set(cells.nodes.loc[cells.flag("is_known") & (cells.n > 0), "members"]) - {0}
            self.counted.setdefault(cells.alike, set()).update(known)
        for name in names:
            self._decide_numbers(name)
        self._join_same_pupils()
        for name in filter(has_parts, names):
            self._decide_parts(name)
        return self._frame(names)

    def _with_known(self, cells: Cells) -> Cells:
        """The cells, with those marked that readers were shown before: no others of the same unit and group."""
        known = cells.keys.isin(list(self.known.get(cells.indicator, ()))) & cells.flag("is_published")
        nodes = cells.nodes.assign(is_known=known)
        return replace(cells, nodes=nodes, once_shown=self.changed.get(cells.indicator, frozenset()))

    def _for_audience(self, cells: Cells) -> Cells:
        """What this audience could be shown: a school sees more than everybody of itself only.

        Levels finer than the audience's finest are left out: where nothing is shown of any of a unit's parts, each
        could hold from none to all of its pupils, and those are enough when anything is shown of the unit.
        """
        shown = set(levels_for(self.audience))
        kept = cells.without_levels(tuple(each for each in levels() if each not in shown))
        level = kept.nodes["unit_id"].str.split(":").str[1]
        asked = level.isin(set(BELOW) & shown if self.audience == "school" else shown)
        return replace(kept, nodes=kept.nodes.assign(is_published=kept.nodes["is_published"] & asked))

    def _limit(self, name: str) -> Limit:
        return limit(self.audience, str(kind_of(name)))

    def _decide_numbers(self, name: str) -> None:
        """Adds what must be withheld for the number of pupils in this indicator to what its population withholds."""
        cells, limits = self.cells[name], self._limit(name)
        hidden = self.hidden.setdefault(population_of(name), set())
        small = cells.small(limits) & ~cells.flag("is_open")
        hidden |= set(cells.keys[small])
        unseen, known = np.asarray(cells.keys.isin(list(hidden))), self._is_counted(cells)
        hidden |= self._hides(cells, [number_table(cells, limits, known, unseen)])

    def _is_counted(self, cells: Cells) -> Booleans:
        """Of which nodes the number of pupils is known: from this measure, or another one of the very same pupils."""
        of_alike = self.counted[self.cells[cells.indicator].alike]
        counted = cells.nodes["members"].isin(of_alike).to_numpy(bool)
        return cells.flag("is_known") | (counted & (cells.n > 0))

    def _join_same_pupils(self) -> None:
        """A group that is withheld is withheld wherever the very same pupils stand behind a figure."""
        while True:
            members: set[int] = set()
            for name, cells in self.cells.items():
                gone = cells.keys.isin(list(self.hidden[population_of(name)])) & (cells.n > 0)
                members |= set(cells.nodes.loc[gone, "members"]) - {0}
            before = sum(map(len, self.hidden.values()))
            for name, cells in self.cells.items():
                same = cells.nodes["members"].isin(members).to_numpy(bool) & (cells.nodes["part"] == "whole").to_numpy()
                self.hidden[population_of(name)] |= set(cells.keys[same & (cells.n > 0)])
            if sum(map(len, self.hidden.values())) == before:
                return

    def _decide_parts(self, name: str) -> None:
        """Adds what must be withheld of a percentage, beside the numbers of pupils that are shown.

        A level below the school at which most percentages are too small is not shown at all, so that the rest can be.
        """
        every, limits = self.cells[name], self._limit(name)
        cells = every.without_levels(crowded(every, limits))
        unseen, known = np.asarray(cells.keys.isin(list(self.hidden[population_of(name)]))), cells.flag("is_known")
        small = cells.with_small_parts(limits) & ~cells.flag("is_open")
        counted = self._is_counted(cells)
        tables = [part_table(cells, limits, known, counted, unseen, others=others) for others in (False, True)]
        self.parts[name] = set(every.keys) - set(cells.keys) | set(cells.keys[small]) | self._hides(cells, tables)

    def _hides(self, cells: Cells, tables: Iterable[Shape]) -> set[Key]:
        """The units and groups that the protector hides."""
        columns = ("municipality_id",) if levels_for(self.audience)[0] == "school" else ("school_id", "municipality_id")
        areas = [self.material.places(cells.nodes["unit_id"], column) for column in columns]
        found: set[Key] = set()
        for shape in tables:
            taken = protected(shape.table, self._limit(cells.indicator).width, [block(shape, each) for each in areas])
            places = shape.node[taken.hidden]
            found |= set(cells.keys[places[places >= 0]])
            totals = [cells.keys[each] for each in shape.apart]
            self.apart += [(cells.indicator, self.year, str(unit), str(group)) for unit, group in totals]
            for cell, room in taken.rooms.items():
                unit, group = cells.keys[shape.lacking.get(cell, shape.node[cell])]
                self.bare.append((cells.indicator, self.year, str(unit), str(group), room))
        return found

    def _frame(self, names: list[str]) -> pd.DataFrame:
        """Every closed figure that was collected, and every group by background: what is not decided is not given."""
        parts = []
        mine = self.material.closed[self.material.closed["year"] == self.year]
        closed = {str(name): rows for name, rows in mine.groupby("indicator")}
        for name in sorted(set(closed) | set(names)):
            rows = closed.get(name, mine.head(0))
            keys = sorted(set(zip(rows["unit_id"], rows["group"], strict=True)))
            given = self._given(name)
            listed = [(*key, given is None or key in given) for key in keys]
            if given is not None and name in self.cells:
                listed += self._behind(name, given)
            frame = pd.DataFrame(listed, columns=["unit_id", "group", "given"])
            parts.append(frame.assign(indicator=name, year=self.year))
        return pd.concat(parts, ignore_index=True)[[*KEY, "given"]] if parts else pd.DataFrame(columns=[*KEY, "given"])

    def _given(self, name: str) -> set[Key] | None:
        """The units and groups whose rows are given; None for what is not about pupils.

        What was released as it is, and is not small, is given again: everything else was decided as if it were known.
        """
        if kind_of(name) is None:
            return None
        if name not in self.cells:
            return set()
        cells, limits = self.cells[name], self._limit(name)
        gone = self.hidden[population_of(name)] | self.parts.get(name, set())
        is_small = cells.small(limits) | cells.with_small_parts(limits)
        shown_before = set(cells.keys[cells.flag("is_published") & cells.flag("is_known") & ~is_small])
        return set(cells.keys[cells.flag("is_published")]) - gone | shown_before

    def _behind(self, name: str, given: set[Key]) -> list[tuple[str, str, bool]]:
        """The groups by background that are given, and the units of which something adjusted may be said."""
        rows = self.material.private_rows(name, self.year)
        units = frozenset(unit for unit, group in given if group == ALL)
        groups = set(groups_given(rows, name, self._limit(name), self.material.parents, units))
        whole = rows[(rows["group"] == ALL) & (rows["part"] == "whole")]
        enough = dict(zip(whole["unit_id"], whole["n"] >= limit(self.audience, ADJUSTED).smallest_n, strict=True))
        by_background = rows["group"].str.contains(":") & ~rows["group"].str.endswith(f":{UNKNOWN}")
        held = set(zip(rows.loc[by_background, "unit_id"], rows.loc[by_background, "group"], strict=True))
        listed = [(str(unit), str(group), (unit, group) in groups) for unit, group in sorted(held)]
        return [*listed, *((unit, ADJUSTED, bool(good) and unit in units) for unit, good in sorted(enough.items()))]


def block(shape: Shape, labels: Whole) -> Whole:
    """The label (of a school, a municipality) of every cell, by that of its node; -1 for what is lacking of a total."""
    return np.where(shape.node >= 0, labels[np.maximum(shape.node, 0)], -1)


def crowded(cells: Cells, limits: Limit) -> tuple[str, ...]:
    """The levels below the school, with the finer ones, at which most percentages say something about one pupil."""
    level = cells.nodes["unit_id"].str.split(":").str[1]
    asked = cells.flag("is_published") & ~cells.flag("is_open") & (cells.n > 0)
    small = asked & (cells.with_small_parts(limits) | cells.small(limits))
    found: tuple[str, ...] = ()
    for each in UNDER_SCHOOL:
        here = np.asarray(level == each)
        if small[here].sum() > asked[here].sum() * MOST:
            found = UNDER_SCHOOL[: UNDER_SCHOOL.index(each) + 1]
    return found


def decided(
    material: Material,
    audience: str,
    known: Mapping[int, Mapping[str, frozenset[Key]]],
    changed: Mapping[int, Mapping[str, frozenset[Key]]],
) -> tuple[pd.DataFrame, list[Bare], list[Apart]]:
    """The decision about all years, each by itself, in as many processes as there are cores.

    No figure adds up over years: pooled years are made of what is shown. ``known`` and ``changed`` are given by
    year (`Deciding`).
    """
    years = sorted({year for _, year in material.sheets()} | set(material.closed["year"].astype(int)))

    def one(number: int) -> tuple[pd.DataFrame, list[Bare], list[Apart]]:
        deciding = Deciding(
            material, audience, years[number], known.get(years[number], {}), changed.get(years[number], {})
        )
        return deciding.decide(), deciding.bare, sorted(set(deciding.apart))

    found = shared_out(one, len(years))
    parts = [rows for rows, _, _ in found] or [pd.DataFrame(columns=[*KEY, "given"])]
    rows = pd.concat(parts, ignore_index=True)
    return rows, [each for _, bare, _ in found for each in bare], [each for *_, apart in found for each in apart]

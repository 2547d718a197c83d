"""The audit of a release: what an outsider, a pupil or two pupils could work out from everything in it together."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.audit.attack import Leak, findings
from analysis.audit.equations import system
from analysis.audit.frame import SHARE, attackers_rows, part_of, units_of
from analysis.audit.insider import coalitions, insiders
from analysis.audit.release import Release, contradictions
from analysis.audit.system import Contradiction, System
from analysis.audit.truth import Block, Truth
from analysis.model import ALL
from analysis.processes import side_by_side

OUTSIDER, INSIDER, COALITION = "outsider", "one pupil", "two pupils"
COUNTED = ("n", "k", "rest")


@dataclass(frozen=True)
class Found:
    """One finding: what can be known that should not be, by whom and through which released figures.

    ``kind`` is shown, exact, narrow (see `Leak`), or *page* for what a page says beside its tables, and
    *contradiction* for what cannot all be true.
    """

    kind: str
    who: str
    what: str
    low: float = float("nan")
    high: float = float("nan")
    knowing: tuple[str, ...] = ()
    through: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """What an audit looked at and found: the run may be published when ``found`` is empty.

    ``reach`` has one row for each withheld figure asked about: unit_id, group, year, part, indicator, low and high.
    """

    audience: str
    pages: int
    figures: int
    withheld: int
    asked: int
    seconds: float
    found: tuple[Found, ...] = field(default=())


def audited(releases: Sequence[Release], truth: Truth, audience: str, earlier: Iterable[pd.DataFrame] = ()) -> Audit:
    """What can be worked out from these releases together with what was released before.

    For each indicator and year with closed figures: every part of every group that is too small for these readers, as
    truly counted, must keep a reach of the width set for it, for an outsider, for whoever is alone in a cell and for
    two such pupils; and no share, mean or part that is marked as withheld may be exactly determined. Anything else
    withheld (a number of pupils that is not small) may be. Each indicator and year is attacked by itself, in as many
    processes as there are cores.
    """
    started = time.monotonic()
    here = pd.concat([each.figures for each in releases], ignore_index=True)
    found = [Found("page", OUTSIDER, fault) for each in releases for fault in each.faults]
    found += [Found("contradiction", OUTSIDER, text) for text in contradictions(here)]
    figures = pd.concat([_without_contradicted(here), *earlier], ignore_index=True)
    base = figures["indicator"].str.partition("/")[0]
    parts = dict(iter(figures.groupby([base, figures["year"].astype(str)])))
    places = truth.blocks()

    def one(number: int) -> tuple[list[Found], int, int]:
        mine = parts.get(places[number], figures.head(0))
        block = truth.block(*places[number], frozenset(map(str, mine["group"])))
        attacked = Attack.of(mine, block, audience)
        return [*attacked.found(), *small_shares(mine, block, audience)], attacked.withheld, len(attacked.small)

    attacks = side_by_side(one, len(places))
    found += [each for leaks, _, _ in attacks for each in leaks]
    withheld, asked = sum(each for _, each, _ in attacks), sum(each for _, _, each in attacks)
    pages = here["where"].nunique()
    return Audit(audience, pages, len(here), withheld, asked, time.monotonic() - started, tuple(found))


def small_shares(figures: pd.DataFrame, block: Block, audience: str) -> list[Found]:
    """Answers that so few gave that a share of n gives the number away: counts of 1 to the smallest shown less one."""
    kind = catalogue.kind_of(block.indicator)
    found: list[Found] = []
    closed = set(block.closed.index)
    if kind is None:
        return found
    least = catalogue.limit(audience, kind).smallest_cell
    place = ["release", "indicator", "unit_id", "group"]
    n = figures[(figures["field"] == "n") & figures["value"].notna()].drop_duplicates(place).set_index(place)["value"]
    shares = figures[figures["field"].str.startswith(SHARE) & figures["value"].notna()]
    for *where, name, value, decimals in shares[[*place, "field", "value", "decimals"]].itertuples(index=False):
        pupils, half = float(n.get(tuple(where), np.nan)), 0.5 * 10.0 ** -float(decimals)
        if pupils != pupils or (where[2], where[3]) not in closed:
            continue
        low, high = (math.ceil(pupils * (value - half) / 100), math.floor(pupils * (value + half) / 100))
        if 0 < low <= high < least:
            what = f"{where[2]}, {where[3]}, {block.year}, {name} of {where[1]}"
            given = f"{value:g} per cent of {pupils:g}"
            found.append(Found("exact" if low == high else "narrow", OUTSIDER, what, low, high, through=(given,)))
    return found


def _without_contradicted(figures: pd.DataFrame) -> pd.DataFrame:
    """Each figure once, as first read; the contradiction itself is a finding of its own."""
    key = ["release", "indicator", "unit_id", "group", "year", "field"]
    order = figures.assign(absent=figures["value"].isna(), coarse=-figures["decimals"])
    order = order.sort_values([*key, "absent", "coarse"], kind="stable").drop_duplicates(key)
    return order[figures.columns]


@dataclass(frozen=True)
class Attack:
    """The attack on one indicator and year. ``small`` and ``kept`` are cells of ``known`` and what to ask of them."""

    known: System | None
    audience: str
    block: Block
    small: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    withheld: int = 0
    fault: str = ""

    @classmethod
    def of(cls, figures: pd.DataFrame, block: Block, audience: str) -> Attack:
        """The equations of the block and the cells to ask about; without a released figure there is nothing to ask.

        Levels finer than the school of which nothing was released are left out: each of those units could hold from
        none to all of the pupils of the unit above, about which is asked.
        """
        told = figures.loc[figures["value"].notna(), "unit_id"].str.split(":").str[1]
        block = block.at_levels({*catalogue.levels_for("public"), *told})
        rows = attackers_rows(figures, block)
        if rows.empty:
            return cls(None, audience, block)
        units, incomplete = units_of(block)
        try:
            known = system(rows.drop(columns="is_mentioned"), units, incomplete=incomplete, loose=block.rough)
        except Contradiction as fault:
            return cls(None, audience, block, fault=str(fault))
        own = part_of(block.indicator, "value")[1]
        mentioned = set(rows.loc[rows["is_mentioned"], ["unit_id", "group"]].itertuples(index=False, name=None))
        small, same = block.small(audience), block.same_as_above(rows)
        asked, kept = [], []
        for cell, indicator, unit, group, part in known.cells[["indicator", "unit_id", "group", "part"]].itertuples():
            place = (str(unit), str(group))
            if indicator != block.indicator:
                continue
            if part in small.get(place, ()):
                asked.append(int(cell))
            elif (
                place in mentioned - same
                and part != "n"
                and (part == own or (part in ("k", "rest") and own == "share"))
            ):
                kept.append(int(cell))
        return cls(known, audience, block, tuple(asked), tuple(kept), len(mentioned))

    def found(self) -> list[Found]:
        """The findings of the block, by outsiders and by pupils."""
        if self.fault:
            return [Found("contradiction", OUTSIDER, self.fault)]
        if self.known is None or not (self.small or self.kept):
            return []
        try:
            leaks = [(OUTSIDER, each) for each in findings(self.known, self.width, self.small)]
            leaks += [(OUTSIDER, each) for each in findings(self.known, 0.0, self.kept)]
            leaks += self._by_pupils({each.cell for _, each in leaks})
        except Contradiction as fault:
            return [Found("contradiction", OUTSIDER, str(fault))]
        return [
            Found(each.kind, who, each.what, each.low, each.high, each.knowing, each.through) for who, each in leaks
        ]

    @property
    def width(self) -> Mapping[str, float]:
        """How far apart the ends must lie, for each part that is counted."""
        limit = catalogue.limit(self.audience, str(catalogue.kind_of(self.block.indicator)))
        return dict.fromkeys(COUNTED, float(limit.width))

    def _by_pupils(self, seen: set[int]) -> list[tuple[str, Leak]]:
        """What whoever is alone in a hidden cell, and two of them, come to know of others."""
        assert self.known is not None
        true = self._true()
        hidden = self.known.cells["is_hidden"].to_numpy(bool)
        ones, twos = (tuple(np.flatnonzero(hidden & (true == count)).tolist()) for count in (1, 2))
        alone = insiders(self.known, self.width, self.small, ones) if ones else []
        both = coalitions(self.known, self.width, self.small, ones, twos) if ones or twos else []
        named = {name: cell for cell, name in enumerate(self._names())}
        leaks = [(INSIDER, each) for each in alone] + [(COALITION, each) for each in both]
        return [
            (who, each)
            for who, each in leaks
            if each.cell not in seen and not self._is_own(each.cell, [named[name] for name in each.knowing], true)
        ]

    def _names(self) -> list[str]:
        from analysis.audit.system import described

        assert self.known is not None
        return [described(row) for _, row in self.known.cells.iterrows()]

    def _true(self) -> np.ndarray:
        """The true count of each closed cell in whole pupils (a file may hold only a rounded share), NaN for none."""
        assert self.known is not None
        closed = self.block.closed
        count = {"n": closed["n"].to_dict(), "k": closed["numerator"].to_dict()}
        count["rest"] = (closed["n"] - closed["numerator"]).to_dict()
        cells = self.known.cells
        found = np.array(
            [
                count[part].get((unit, group), np.nan) if part in count and name == self.block.indicator else np.nan
                for name, unit, group, part in cells[["indicator", "unit_id", "group", "part"]].itertuples(index=False)
            ],
            dtype=float,
        )
        return np.round(found)

    def _is_own(self, cell: int, knowing: Sequence[int], true: np.ndarray) -> bool:
        """Whether a cell is about nobody but those who know: its group is no larger than they are.

        Also a cell as small as theirs in a unit above or below their own: the same pupils, counted once more.
        """
        assert self.known is not None
        cells, people = self.known.cells, float(sum(true[each] for each in knowing))
        unit, group, part = (str(cells[name].iloc[cell]) for name in ("unit_id", "group", "part"))
        size = self.block.closed["n"].get((unit, group), np.nan)
        if size <= people:
            return True
        if not true[cell] <= people:
            return False
        return any(
            str(cells["part"].iloc[each]) == part
            and (str(cells["group"].iloc[each]) in (group, ALL) or group == ALL)
            and self._in_line(unit, str(cells["unit_id"].iloc[each]))
            for each in knowing
        )

    def _in_line(self, first: str, second: str) -> bool:
        """Whether one unit is, or lies inside, the other."""
        for low, high in ((first, second), (second, first)):
            each: str | None = low
            while each is not None:
                if each == high:
                    return True
                each = self.block.parents.get(each)
        return False

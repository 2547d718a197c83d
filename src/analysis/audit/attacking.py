"""The attack on one indicator and year: what to ask of everything released, who asks, and what was known before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.audit.attack import Leak, findings, reach
from analysis.audit.equations import system
from analysis.audit.frame import attackers_rows, learnt_rows, part_of, units_of
from analysis.audit.insider import by_pupils
from analysis.audit.system import NEAR, Contradiction, Floats, System, tightened
from analysis.audit.truth import LIMIT_OFF, Block
from analysis.model import ALL

OUTSIDER, INSIDER, COALITION = "outsider", "one pupil", "two pupils"
COUNTED = ("n", "k", "rest")
IDENTITY = ["indicator", "unit_id", "group", "year", "part"]
Identity = tuple[str, ...]
Ends = Mapping[tuple[str, str], tuple[float, float]]
"""between which numbers the pupils of units and groups are"""
NOTHING: Ends = {}
BEFORE = "before"
"""the name of what is open, beside what was released before"""


class Supposed(NamedTuple):
    """What an attacker supposes of releases that disagree.

    ``corrected`` is how many pupils may have been corrected in what not both of two releases show; None for none at
    all where no figure that both show differs. ``open_then`` says that what is open today was known then too.
    """

    corrected: float | None = None
    open_then: bool = True


class Beside(NamedTuple):
    """What is known beside a release, of its indicator and year: figures, and what others tell of numbers of pupils."""

    figures: pd.DataFrame
    learnt: Ends = NOTHING


SUPPOSED = (
    *(Supposed(each) for each in (None, 0.0, 1.0, 3.0, 10.0, 30.0)),
    *(Supposed(each, open_then=False) for each in (0.0, 3.0, 30.0)),
)
"""what is supposed, one after the other, until all releases can be true"""


@dataclass(frozen=True)
class Attack:
    """The attack on one indicator and year.

    ``wanted`` says of which cells of ``known`` to ask, and how far apart their ends must lie; ``options`` are those of
    them that count answers to a survey's statement; ``withheld`` is how many figures the release marks as withheld,
    ``releases`` are those now made, ``every`` all of them, and what is known ``beside`` is no leak of theirs.
    """

    known: System | None
    audience: str
    block: Block
    wanted: Mapping[int, float] = field(default_factory=dict)
    small: tuple[int, ...] = ()
    withheld: int = 0
    beside: tuple[Beside, ...] = ()
    options: frozenset[int] = frozenset()
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    learnt: Ends = field(default_factory=dict)
    releases: tuple[str, ...] = ()
    every: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, figures: pd.DataFrame, block: Block, audience: str, learnt: Ends = NOTHING,
        beside: Sequence[Beside] = (), supposed: Supposed = SUPPOSED[0],
    ) -> Attack:  # fmt: skip
        """The equations of the block and the cells to ask about; without a released figure there is nothing to ask.

        Too small cells must keep the width set for them; shares, means and parts marked as withheld must not be exact.
        `learnt` is what other measures say of the number of pupils of units and groups, and `beside` what is no leak of
        the release's: it is known without the release, or without what these readers alone were shown. Levels finer
        than the school of which nothing was released are left out: each of those units could hold from none to all of
        the pupils of the unit above, about which is asked. `supposed` is how the releases may differ.

        Raises Contradiction when the released figures cannot all be true.
        """
        told = figures.loc[figures["value"].notna(), "unit_id"].str.split(":").str[1]
        block = block.at_levels({*catalogue.levels_for("public"), *told})
        is_earlier = figures["is_earlier"].astype(bool)
        releases = _named(figures[~is_earlier])
        every = _named(figures[is_earlier], releases)
        rows = attackers_rows(figures, block, every, every if supposed.open_then else releases)
        if rows.empty:
            return cls(None, audience, block)
        mentioned = set(rows.loc[rows["is_mentioned"], ["unit_id", "group"]].itertuples(index=False, name=None))
        whole = pd.concat([rows, learnt_rows(learnt, block, releases)], ignore_index=True)
        known = _written(whole, block, every, supposed.corrected)
        own = part_of(block.indicator, "value")[1]
        small, kept = block.small(audience), mentioned - block.same_as_above(rows)
        closely = {own, "k", "rest"} if own == "share" else {own} - {"n"}
        limit = catalogue.limit(audience, str(catalogue.kind_of(block.indicator)))
        width = dict.fromkeys(COUNTED, float(limit.width))
        asked, wanted = [], {}
        options = frozenset(options_of(known, block))
        wanted.update(dict.fromkeys(options, float(limit.smallest_cell)))
        for cell, indicator, unit, group, part in known.cells[["indicator", "unit_id", "group", "part"]].itertuples():
            place = (str(unit), str(group))
            if indicator == block.indicator and part in small.get(place, ()):
                asked.append(int(cell))
                wanted[int(cell)] = width.get(str(part), 0.0)
            elif indicator == block.indicator and place in kept and part in closely:
                wanted[int(cell)] = 0.0
        return cls(
            known, audience, block, wanted, tuple(asked), len(mentioned), tuple(beside), options, rows, learnt,
            releases, every,
        )  # fmt: skip

    def leaks(self) -> tuple[list[tuple[str, Leak]], list[tuple[str, Leak]]]:
        """The leaks of the block, by outsiders and by pupils; and those that were known as closely before.

        Raises Contradiction when the released figures cannot all be true.
        """
        if self.known is None or not self.wanted:
            return [], []
        leaks = findings(self.known, 0.0, self.wanted)
        found = [(OUTSIDER, each) for each in leaks if each.cell not in self.options or self._is_few(each)]
        found += self._by_pupils({each.cell for _, each in found})
        before = self._known_before([each for _, each in found])
        new = [(who, each) for (who, each), is_old in zip(found, before, strict=True) if not is_old]
        return new, [(who, each) for (who, each), is_old in zip(found, before, strict=True) if is_old]

    def _is_few(self, leak: Leak) -> bool:
        """Whether so few chose an option as may not be known; none, or many, may."""
        return leak.low > 0 and leak.high < self.wanted[leak.cell]

    def _by_pupils(self, seen: set[int]) -> list[tuple[str, Leak]]:
        """What whoever is alone in a hidden cell, and two of them, come to know of others."""
        assert self.known is not None
        cells, true = self.known.cells, self._true
        hidden = (cells["is_hidden"] & cells["release"].isin(["", *self.releases])).to_numpy(bool)
        ones, twos = (tuple(np.flatnonzero(hidden & (true == count)).tolist()) for count in (1, 2))
        if not (ones or twos):
            return []
        wanted = {cell: self.wanted[cell] for cell in self.small}
        alone, both = by_pupils(self.known, 0.0, wanted, ones, twos)
        leaks = [(INSIDER, each) for each in alone] + [(COALITION, each) for each in both]
        told = [(who, each) for who, each in leaks if each.cell not in seen and not self._is_own(each.cell, each.known)]
        return [(who, each) for who, each in told if not self._is_the_others(each.cell, each.known)]

    def _known_before(self, leaks: Sequence[Leak]) -> list[bool]:
        """Whether each leak is no closer than what is known beside it, with the open figures, told the same people."""
        if self.known is None:
            return [False] * len(leaks)
        names = _identities(self.known)
        known = [cache(partial(self._known_from, each)) for each in self.beside]
        found: dict[tuple[int, tuple[int, ...]], bool] = {}
        for knowing in {each.known for each in leaks}:
            mine = {each.cell: each for each in leaks if each.known == knowing}
            own = {names[cell]: float(self._true[cell]) for cell in knowing}
            told = [_ends_before(each, {names[cell] for cell in mine}, own) for each in known]
            for cell, leak in mine.items():
                found[cell, knowing] = any(
                    leak.low <= low + NEAR and leak.high >= high - NEAR
                    for ends in told
                    for low, high in ends.get(names[cell], ())
                )
        return [found[each.cell, each.known] for each in leaks]

    def _known_from(self, beside: Beside, supposed: Supposed) -> System | None:
        """What is known beside, with the open figures, as equations; None for nothing.

        Raises Contradiction when its figures cannot all be true.
        """
        releases = _named(beside.figures)
        if not (releases and supposed.open_then):
            releases = (*releases, BEFORE)
        rows = attackers_rows(beside.figures, self.block, releases, releases if supposed.open_then else (BEFORE,))
        if rows.empty or not rows["value"].notna().any():
            return None
        whole = pd.concat([rows, learnt_rows(beside.learnt, self.block, releases)], ignore_index=True)
        return _written(whole, self.block, releases, supposed.corrected)

    @cached_property
    def _true(self) -> Floats:
        """The true count of each closed cell in whole pupils (a file may hold only a rounded share), NaN for none.

        Where only a limit is known nobody knows the count: one to four, and the middle of them is no whole number.
        """
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
        is_middle = np.isclose(np.abs(found % 1 - LIMIT_OFF % 1), 0.0)
        return np.where(is_middle, np.nan, np.round(found))

    def _is_own(self, cell: int, knowing: Collection[int]) -> bool:
        """Whether a cell is about nobody but those who know: its group is no larger than they are.

        Also a cell as small as theirs in a unit above or below their own: the same pupils, counted once more.
        """
        assert self.known is not None
        cells, true = self.known.cells, self._true
        people = float(sum(true[each] for each in knowing))
        unit, group, part = (str(cells[name].iloc[cell]) for name in ("unit_id", "group", "part"))
        size = self.block.closed["n"].get((unit, group), np.nan)
        if size <= people:
            return True
        return bool(true[cell] <= people) and any(self._holds(unit, group, part, each) for each in knowing)

    def _is_the_others(self, cell: int, knowing: Collection[int]) -> bool:
        """Whether a cell is all but those who know, where other measures show how many all are.

        Whoever knows to be the only one who did not pass, and how many they were, knows that all others did, and no
        release that shows the number in any measure can keep that back.
        """
        assert self.known is not None
        unit, group, part = (str(self.known.cells[name].iloc[cell]) for name in ("unit_id", "group", "part"))
        other = {"k": "rest", "rest": "k"}.get(part, "")
        return (unit, group) in self._counted and any(self._holds(unit, group, other, each) for each in knowing)

    @cached_property
    def _counted(self) -> set[tuple[str, str]]:
        """The units and groups whose number of pupils other measures determine, and this one does not."""
        if self.known is None or not self.learnt:
            return set()
        return _numbered(self.known) - _numbered(_written(self.rows, self.block, self.every))

    def _holds(self, unit: str, group: str, part: str, known: int) -> bool:
        """Whether a known cell counts the same as that part of a unit and group, or more or fewer of the same."""
        assert self.known is not None
        theirs = self.known.cells[["unit_id", "group", "part"]].iloc[known]
        is_same = str(theirs["part"]) == part and (str(theirs["group"]) in (group, ALL) or group == ALL)
        return is_same and self._in_line(unit, str(theirs["unit_id"]))

    def _in_line(self, first: str, second: str) -> bool:
        """Whether one unit is, or lies inside, the other."""
        for low, high in ((first, second), (second, first)):
            each: str | None = low
            while each is not None:
                if each == high:
                    return True
                each = self.block.parents.get(each)
        return False


def options_of(known: System, block: Block) -> list[int]:
    """The answers to a survey's statements of which no share was shown for the unit, but of units above or beside it.

    Shares that stand in the release themselves are looked at one by one (`auditing.small_shares`).
    """
    cells = known.cells
    place = pd.MultiIndex.from_frame(cells[["indicator", "unit_id", "group"]])
    shown = place[(cells["part"] == "share") & ~cells["is_hidden"]]
    mine = cells["indicator"].str.startswith(f"{block.indicator}/") & (cells["part"] == "k") & ~place.isin(shown)
    closed = {str(unit) for unit, _ in block.closed.index}
    return [int(cell) for cell in np.flatnonzero(mine & cells["unit_id"].isin(closed) & (cells["group"] == ALL))]


def _numbered(known: System) -> set[tuple[str, str]]:
    """The units and groups whose number of pupils follows from the sums."""
    low, high = tightened(known)
    cells = known.cells[(known.cells["part"] == "n") & (high - low < NEAR)]
    return set(cells[["unit_id", "group"]].astype(str).itertuples(index=False, name=None))


def _ends_before(
    before: Callable[[Supposed], System | None], asked: Collection[Identity], own: Mapping[Identity, float]
) -> dict[Identity, list[tuple[float, float]]]:
    """The reach of figures in each of the releases `before`, for those who know some `own`; none where that cannot be.

    `before` gives what they know by what is supposed of how the releases differ.
    """
    for supposed in SUPPOSED:
        try:
            known = before(supposed)
            if known is None:
                return {}
            names = _identities(known)
            told = {cell: own[name] for cell, name in enumerate(names) if name in own}
            cells = {cell for cell, name in enumerate(names) if name in asked}
            if not cells or set(own) - set(names):
                return {}
            ends = reach(known.told(told) if told else known, cells)
        except Contradiction:
            continue
        found: dict[Identity, list[tuple[float, float]]] = {}
        for cell, low, high in ends.itertuples():
            found.setdefault(names[cell], []).append((float(low), float(high)))
        return found
    return {}


def _written(rows: pd.DataFrame, block: Block, releases: Sequence[str] = (), corrected: float | None = None) -> System:
    units, incomplete = units_of(block)
    return system(
        rows.drop(columns="is_mentioned"), units, incomplete=incomplete, loose=block.rough, releases=releases,
        corrected=corrected,
    )  # fmt: skip


def _named(figures: pd.DataFrame, then: Sequence[str] = ()) -> tuple[str, ...]:
    """The releases that the figures are of, in their order, and `then` others."""
    return tuple(dict.fromkeys([*map(str, figures["release"]), *then]))


def _identities(known: System) -> list[Identity]:
    """What each cell is about, whatever release it belongs to."""
    return list(known.cells[IDENTITY].astype(str).itertuples(index=False, name=None))

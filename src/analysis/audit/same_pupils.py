"""The same pupils behind several measures: what the figures of one say of their number holds for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from analysis.audit.equations import system
from analysis.audit.frame import attackers_rows, units_of
from analysis.audit.system import NEAR, Contradiction, Floats, System, tightened
from analysis.audit.truth import Truth
from analysis.processes import shared_out

ROUNDS = 5
"""so many times what one measure says is told the others; more would confine further, and is left out"""


class Known(NamedTuple):
    """Between which numbers the pupils of a unit and group are, and the measures that say so."""

    low: float
    high: float
    by: tuple[str, ...]


Place = tuple[str, str]
Learnt = dict[Place, Known]
Figures = Mapping[tuple[str, str], pd.DataFrame]


def ends_of(found: Learnt) -> dict[Place, tuple[float, float]]:
    """Between which numbers the pupils of each unit and group are, whoever says so."""
    return {place: (known.low, known.high) for place, known in found.items()}


def learnt(figures: Figures, truth: Truth) -> dict[tuple[str, str], Learnt]:
    """What each measure's attacker knows of numbers of pupils from the other measures, by indicator and year.

    `figures` are those released, by indicator and year. Whoever knows that two measures are about the same pupils, as
    their definitions say, holds one's figures together with the other's. Each measure's sums are worked
    through by themselves (`tightened`), what they leave of a number is told the others that count the very same pupils,
    and so on. Only what is counted from pupils is reckoned with: what was lifted from schools of which some are not
    one's own need not be the same pupils in two measures. Measures whose figures have been corrected since they were
    released are left out.
    """
    years = sorted({year for _, year in truth.pupils})

    def one(number: int) -> dict[tuple[str, str], Learnt]:
        names = [name for name, year in truth.pupils if year == years[number] and (name, year) in figures]
        measures = {name: _measure(name, years[number], figures, truth) for name in names}
        found = _of_year({name: each for name, each in measures.items() if each is not None})
        return {(name, years[number]): each for name, each in found.items() if each}

    return {place: each for found in shared_out(one, len(years)) for place, each in found.items()}


class _Measure(NamedTuple):
    """What was released of one's own pupils in one measure and year, as equations, and which pupils it counts.

    ``places`` are the cells that are numbers of pupils, with the unit and group; ``members`` numbers those pupils.
    """

    known: System
    places: dict[Place, int]
    members: dict[Place, int]


def _measure(name: str, year: str, figures: Figures, truth: Truth) -> _Measure | None:
    """The equations of one measure and year; None where there are none, or they cannot be carried over."""
    members = truth.pupils[name, year]
    mine = figures[name, year]
    whole = truth.block(name, year, frozenset(map(str, mine["group"])))
    own = whole.closed[[(str(unit), str(group)) in members for unit, group in whole.closed.index]]
    block = replace(whole, closed=own, open=whole.open.head(0), rough={})
    rows = attackers_rows(mine[mine["unit_id"].isin(set(own.index.get_level_values("unit_id")))], block)
    if rows.empty:
        return None
    units, incomplete = units_of(block)
    try:
        known = system(rows.drop(columns="is_mentioned"), units, incomplete=incomplete)
    except Contradiction:
        return None
    numbers = known.cells[known.cells["part"] == "n"]
    if (numbers["release"] != "").any():
        return None
    cells = zip(numbers["unit_id"].astype(str), numbers["group"].astype(str), numbers.index, strict=True)
    return _Measure(known, {(unit, group): at for unit, group, at in cells if (unit, group) in members}, members)


def _of_year(measures: dict[str, _Measure]) -> dict[str, Learnt]:
    told: dict[str, Learnt] = {name: {} for name in measures}
    bounds = {name: each.known.box() for name, each in measures.items()}
    own: dict[str, dict[Place, tuple[float, float]]] = {}
    changed = set(measures) if len(measures) > 1 else set()
    for _ in range(ROUNDS):
        for name in sorted(changed):
            own[name] = _numbers(measures[name], told[name], bounds[name])
        together = _together(own, measures)
        changed = set()
        for name, places in own.items():
            for place, (low, high) in places.items():
                known = together[measures[name].members[place]]
                if low <= known.low <= known.high <= high and (known.low > low + NEAR or known.high < high - NEAR):
                    told[name][place] = known._replace(by=tuple(each for each in known.by if each != name))
                    changed.add(name)
        if not changed:
            break
    return told


def _numbers(measure: _Measure, told: Learnt, bounds: tuple[Floats, Floats]) -> dict[Place, tuple[float, float]]:
    """Between which numbers the sums of one measure leave each number of pupils; none where they cannot all be true.

    `bounds` are those of all its cells as far as they are worked out, and are narrowed in place.
    """
    low, high = bounds
    for place, known in told.items():
        at = measure.places[place]
        low[at], high[at] = max(low[at], known.low), min(high[at], known.high)
    try:
        low[:], high[:] = tightened(replace(measure.known, cells=measure.known.cells.assign(low=low, high=high)))
    except Contradiction:
        return {}
    return {place: (float(low[at]), float(high[at])) for place, at in measure.places.items()}


def _together(
    own: Mapping[str, Mapping[Place, tuple[float, float]]], measures: dict[str, _Measure]
) -> dict[int, Known]:
    """What all measures say together of each set of pupils."""
    found: dict[int, Known] = {}
    for name, places in own.items():
        for place, (low, high) in places.items():
            label = measures[name].members[place]
            before = found.get(label, Known(0.0, math.inf, ()))
            by = before.by
            if low > before.low + NEAR or high < before.high - NEAR:
                by = (*by, name)
            found[label] = Known(max(low, before.low), min(high, before.high), by)
    return found

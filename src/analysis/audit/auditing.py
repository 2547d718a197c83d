"""The audit of a release: what an outsider, a pupil or two pupils could work out from everything in it together."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import catalogue
from analysis.audit.attack import Leak
from analysis.audit.attacking import OUTSIDER, SUPPOSED, Attack, Beside
from analysis.audit.frame import SHARE
from analysis.audit.release import Release, contradictions, is_withheld
from analysis.audit.same_pupils import Learnt, ends_of, learnt
from analysis.audit.system import Contradiction
from analysis.audit.truth import Block, Truth
from analysis.audit.written import to_read
from analysis.processes import shared_out


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

    ``already`` are figures that open figures and earlier releases confine by themselves, as closely as this release
    does together with them: the release adds nothing, and keeping it back would take nothing back. ``to_read`` are
    lines about texts that people have written, for a human to look at; they stop no run. ``apart`` are the indicators
    and years of which earlier releases could not be held together with this one, however much had been corrected.
    """

    audience: str
    pages: int
    figures: int
    withheld: int
    asked: int
    seconds: float
    found: tuple[Found, ...] = field(default=())
    already: tuple[Found, ...] = field(default=())
    to_read: tuple[str, ...] = field(default=())
    apart: tuple[str, ...] = field(default=())


def audited(
    releases: Sequence[Release],
    truth: Truth,
    audience: str,
    earlier: Iterable[pd.DataFrame] = (),
    only_theirs: Collection[str] = (),
) -> Audit:
    """What can be worked out from these releases together with what was released before.

    For each indicator and year with closed figures: every part of every group that is too small for these readers, as
    truly counted, must keep a reach of the width set for it, for an outsider, for whoever is alone in a cell and for
    two such pupils; and no share, mean or part that is marked as withheld may be exactly determined. Anything else
    withheld (a number of pupils that is not small) may be. What `earlier` figures and the open ones confine just as
    closely without these releases is told apart (`Audit.already`); earlier figures named as one of these releases are
    none, and are held to be what it says. With `only_theirs`, the earlier releases that only these readers were shown,
    what all the others confine as closely is told apart too: such pages are for more readers than these. Each indicator
    and year is attacked by itself, in as many processes as there are cores.
    """
    started = time.monotonic()
    here = pd.concat([each.figures for each in releases], ignore_index=True)
    found = [Found("page", OUTSIDER, fault) for each in releases for fault in each.faults]
    found += [Found("contradiction", OUTSIDER, text) for text in contradictions(here)]
    at_hand = {each.record: each.data for each in releases}
    before = [
        each.assign(is_earlier=~each["release"].isin(at_hand), release=each["release"].replace(at_hand))
        for each in earlier
    ]
    figures = pd.concat([_without_contradicted(here).assign(is_earlier=False), *before], ignore_index=True)
    base = figures["indicator"].str.partition("/")[0]
    parts = {(str(a), str(b)): each for (a, b), each in figures.groupby([base, figures["year"].astype(str)])}
    places = truth.blocks()

    groups = {place: frozenset(map(str, each["group"])) for place, each in parts.items()}
    shared = learnt(parts, truth)
    old = {place: each[each["is_earlier"].astype(bool)] for place, each in parts.items()}
    known = [old]
    if only_theirs:
        known.append({place: each[~each["release"].isin(only_theirs)] for place, each in parts.items()})
    learnt_of = [learnt({place: each for place, each in some.items() if len(each)}, truth) for some in known]

    def one(number: int) -> _Attacked:
        mine = parts.get(places[number], figures.head(0))
        block = truth.block(*places[number], groups.get(places[number], frozenset()))
        beside = [
            Beside(some.get(places[number], figures.head(0)), ends_of(told.get(places[number], {})))
            for some, told in zip(known, learnt_of, strict=True)
        ]
        return _attacked(mine, block, audience, shared.get(places[number], {}), beside)

    attacks = shared_out(one, len(places))
    found += [each for attack in attacks for each in attack.found]
    already = [each for attack in attacks for each in attack.already]
    withheld, asked = sum(each.withheld for each in attacks), sum(each.asked for each in attacks)
    hidden = _kept_back(here, {place: each.small for place, each in zip(places, attacks, strict=True)})
    apart = tuple(f"{name}, {year}" for (name, year), each in zip(places, attacks, strict=True) if each.is_apart)
    lines = to_read([said for each in releases for said in each.said], hidden, audience)
    pages, seconds = here["where"].nunique(), time.monotonic() - started
    return Audit(audience, pages, len(here), withheld, asked, seconds, tuple(found), tuple(already), lines, apart)


def _kept_back(figures: pd.DataFrame, small: Mapping[tuple[str, str], Collection[str]]) -> dict[str, set[str]]:
    """The measures of which something is withheld of each unit: as the release says, or as is truly too small."""
    found: dict[str, set[str]] = {}
    marked = figures[figures["value"].isna() & figures["text"].astype(str).map(is_withheld)]
    for indicator, unit in marked[["indicator", "unit_id"]].drop_duplicates().itertuples(index=False):
        found.setdefault(str(unit), set()).add(str(indicator).partition("/")[0])
    for (indicator, _), units in small.items():
        for unit in units:
            found.setdefault(str(unit), set()).add(indicator)
    return found


class _Attacked(NamedTuple):
    """What was found of one indicator and year, and what was known as closely before; how many figures are withheld,
    how many were asked about, of which units some are too small, and whether earlier releases were left aside.
    """

    found: list[Found]
    already: list[Found]
    withheld: int
    asked: int
    small: set[str]
    is_apart: bool


def _attacked(
    figures: pd.DataFrame, block: Block, audience: str, others: Learnt, beside: Sequence[Beside]
) -> _Attacked:
    """The attack on one indicator and year; `others` is known from other measures.

    Figures of two releases that cannot all be true were corrected in between, where at first only is supposed what both
    show: the attacker then supposes more and more (`SUPPOSED`), and at last leaves earlier releases aside. What
    cannot be true even then contradicts itself.
    """
    is_earlier = figures["is_earlier"].astype(bool)
    shares, small = small_shares(figures, block, audience), {unit for unit, _ in block.small(audience)}
    for rows, supposed in [*((figures, each) for each in SUPPOSED), (figures[~is_earlier], SUPPOSED[0])]:
        try:
            attack = Attack.of(rows, block, audience, ends_of(others), beside, supposed)
            new, old = ([_as_found(who, each, others) for who, each in leaks] for leaks in attack.leaks())
        except Contradiction as fault:
            said = str(fault)
            continue
        is_apart = len(rows) < len(figures)
        return _Attacked([*new, *shares], old, attack.withheld, len(attack.small), small, is_apart)
    return _Attacked([Found("contradiction", OUTSIDER, said), *shares], [], 0, 0, small, is_apart=False)


def _as_found(who: str, leak: Leak, others: Learnt) -> Found:
    """A leak as a finding, with what other measures say of the pupils in it."""
    through = _with_others(leak.through, others)
    return Found(leak.kind, who, leak.what, leak.low, leak.high, leak.knowing, through)


def _with_others(through: tuple[str, ...], others: Learnt) -> tuple[str, ...]:
    """The sums that give a figure away, and the measures that say how many pupils stand in them."""
    said = [
        f"the pupils of {unit}, {group} by {', '.join(known.by)}"
        for (unit, group), known in others.items()
        if any(f"{unit}, {group}, " in each for each in through)
    ]
    return (*through, *said)


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

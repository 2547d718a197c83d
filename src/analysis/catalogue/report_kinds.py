"""The kinds of report, as `kinds.toml` says: whose they are, when they come, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from analysis.catalogue.level_list import level as known_level
from analysis.catalogue.reading import tables, texts
from analysis.errors import UsageError, nearest
from analysis.model import Texts

USUAL = "quality_report"
"""the kind that is made when none is asked for"""
COMPARISONS = {
    "own_history": "history",
    "target": "target",
    "municipality": "municipality",
    "county": "region",
    "nation": "nation",
    "similar": "similar",
}
"""what a unit can be compared with, and what the question *level* calls it"""
UNDER = {
    "team": "group",
    "school": "team",
    "area": "school",
    "municipality": "school",
    "region": "municipality",
    "nation": "region",
}
"""the level that a compilation of each level is of"""
MEASURES = ("usual", "survey", "conditions", "card")
VIEWS = ("overview", "detail", "compilation")


@dataclass(frozen=True)
class ReportKind:
    """One kind of report.

    ``parts`` names what stands on its page, in order; ``views`` the part that each of the three views begins with;
    ``months`` when it comes, by level (``months_no`` in Norway, where that differs); ``asks`` whose required questions
    are put; ``about`` the questions its summary speaks of (all when empty); ``measures`` which measures its overview
    holds; ``needs`` kinds of part without which it is no such report; ``is_brief`` that it is printed on a few pages;
    ``by_level`` that the level's notebook makes it.
    """

    id: str
    levels: tuple[str, ...]
    parts: tuple[str, ...]
    name: Texts = field(hash=False)
    purpose: Texts = field(hash=False)
    readers: Texts = field(hash=False)
    source: Texts = field(hash=False)
    months: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    months_no: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    asks: Mapping[str, str] = field(default_factory=dict, hash=False)
    views: Mapping[str, str] = field(default_factory=dict, hash=False)
    about: tuple[str, ...] = ()
    measures: str = "usual"
    needs: tuple[str, ...] = ()
    is_brief: bool = False
    by_level: bool = False

    def notebook(self, level: str) -> str:
        """The name of the notebook that makes it for a unit of the level."""
        return level if self.by_level else self.id

    def when(self, level: str, country: str) -> tuple[int, ...]:
        """The months it comes in, for a unit of the level."""
        listed = self.months_no if country == "no" and level in self.months_no else self.months
        return listed.get(level, ())

    def asked_of(self, level: str) -> str:
        """Whose required questions it puts: the level's, or those of a role at the level."""
        return self.asks.get(level, level)

    def levels_read(self, level: str) -> tuple[str, ...]:
        """The levels whose answers its pages about a level read: its own, and the one below where that is compiled."""
        reads_below = "standing_out" in self.parts or self.asked_of(level) in ("area", "administration", "owner")
        return (level, UNDER[level]) if reads_below and level in UNDER else (level,)

    def view_of(self, part: str) -> str:
        """The view that begins with the part, ``talk`` where the views end; empty when none begins."""
        if self.views and part == "dialogue":
            return "talk"
        if part == "written" and "compilation" in self.views:
            return "compilation"
        return next((view for view, first in self.views.items() if first in (part, part.partition(" ")[0])), "")


@lru_cache(maxsize=1)
def report_kinds() -> dict[str, ReportKind]:
    """Every kind of report by its id, in the order of the catalogue.

    >>> next(iter(report_kinds()))
    'quality_report'
    """
    return {name: _kind(name, table) for name, table in tables("kinds.toml").items()}


def report_kind(id: str) -> ReportKind:
    """The kind with this id; an unknown one is a UsageError with the nearest name."""
    known = report_kinds()
    if id not in known:
        raise UsageError(f"unknown report {id!r}: the reports are {', '.join(known)}.{nearest(id, known)}")
    return known[id]


def _kind(name: str, table: dict[str, Any]) -> ReportKind:
    where = f"kinds.toml: {name}"
    said = {each: texts(table[each], f"{where}.{each}") for each in ("name", "purpose", "readers", "source")}
    return ReportKind(
        id=name,
        levels=tuple(known_level(each).id for each in table["levels"]),
        parts=tuple(table["parts"]),
        months=_months(table.get("months", {}), f"{where}.months"),
        months_no=_months(table.get("months_no", {}), f"{where}.months_no"),
        asks=dict(table.get("asks", {})),
        views=dict(table.get("views", {})),
        about=tuple(table.get("about", ())),
        measures=_one_of(table.get("measures", "usual"), f"{where}.measures"),
        needs=tuple(table.get("needs", ())),
        is_brief=bool(table.get("is_brief", False)),
        by_level=table.get("notebook") == "level",
        **said,
    )


def _one_of(found: str, where: str) -> str:
    if found not in MEASURES:
        raise UsageError(f"{where}: one of {', '.join(MEASURES)} is needed, found: {found!r}")
    return found


def _months(found: Mapping[str, list[int]], where: str) -> dict[str, tuple[int, ...]]:
    wrong = [each for listed in found.values() for each in listed if each not in range(1, 13)]
    if wrong:
        raise UsageError(f"{where}: a month is a number from 1 to 12, found: {wrong}")
    return {known_level(level).id: tuple(listed) for level, listed in found.items()}


@dataclass(frozen=True)
class Unfilled:
    """What belongs to some kinds of report and no figures fill, and the file that fills it, if any."""

    reports: tuple[str, ...]
    file: str
    text: Texts = field(hash=False)


@lru_cache(maxsize=1)
def _unfilled() -> tuple[Unfilled, ...]:
    return tuple(
        Unfilled(
            tuple(report_kind(each).id for each in table["reports"]),
            str(table["file"]),
            texts(table, f"unfilled.toml: piece {number}"),
        )
        for number, table in enumerate(tables("unfilled.toml")["piece"], start=1)
    )


def unfilled(report: str) -> tuple[Unfilled, ...]:
    """What belongs to a kind of report and no figures fill, in the order of the catalogue."""
    return tuple(each for each in _unfilled() if report in each.reports)

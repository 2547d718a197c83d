"""Which pages to make. Needs no pandas, so that a mistyped name is answered at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analysis import catalogue
from analysis.batch import storage_address
from analysis.batch.ended import RunSummary as RunSummary
from analysis.batch.ended import Took as Took
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError, nearest
from analysis.model import SchoolYear
from analysis.store import names

Tell = Callable[[str], None]
LEVELS_WITH_PAGES = ("group", "team", "school", "area", "municipality", "region", "nation")
BELOW_SCHOOL = ("group", "team")
LANGUAGES = ("sv", "nb", "en")
DEADLINE = 180.0
HERE, DASK = "processes", "dask"
LANGUAGE = {"se": "sv", "no": "nb"}
"""the language a country's pages are in unless another is asked for"""


@dataclass(frozen=True)
class Selection:
    """What the user asked for; everything left empty means the workspace's own choice."""

    levels: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    year: str | None = None
    lang: str | None = None
    out: Path | None = None
    jobs: int = 1
    force: bool = False
    dry_run: bool = False
    audience: str = "public"
    report: str = catalogue.USUAL
    compare_with: str = ""
    shard: tuple[int, int] | None = None
    """only this share of the pages, and how many shares there are; nothing is put in place"""
    deadline: float = DEADLINE
    """the most seconds a page may take"""
    alone: bool = False
    """whether the process is the run's own, so that another thread in it is a fault"""
    url: str = ""
    """the place in shared storage that the run is put in, instead of a folder"""
    on: str = HERE
    """where the pages are made: by processes of this machine, or by the workers of a Dask cluster"""
    scheduler: str = ""
    """the address of the cluster's scheduler; none: a cluster of the run's own, on this machine"""
    workers: int = 0
    """how many workers the run's own cluster has, or how many of another must have come before it begins"""

    def as_json(self) -> dict[str, Any]:
        """The selection as it is written down."""
        return {**asdict(self), "out": None if self.out is None else str(self.out)}

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Selection:
        """The selection that was written down."""
        lists = {name: tuple(written[name]) for name in ("levels", "only", "within")}
        shard = None if written["shard"] is None else (int(written["shard"][0]), int(written["shard"][1]))
        out = None if written["out"] is None else Path(written["out"])
        return cls(**{**written, **lists, "shard": shard, "out": out})


def check(selection: Selection) -> None:
    """Refuse a selection that cannot be meant, before anything is read.

    Raises UsageError for an unknown level, language, audience, report or school year, for a level that the report is
    not made for, for fewer than one job, and for the audience of a school when not one school is named.
    """
    kind = catalogue.report_kind(selection.report)
    for level in selection.levels:
        if catalogue.level(level).id not in kind.levels:
            raise UsageError(f"--report {kind.id} is made for the levels {', '.join(kind.levels)}, got: {level!r}")
    if selection.compare_with not in ("", *catalogue.COMPARISONS):
        known = ", ".join(catalogue.COMPARISONS)
        raise UsageError(
            f"--compare-with: one of {known} is needed, got: {selection.compare_with!r}."
            + nearest(selection.compare_with, catalogue.COMPARISONS)
        )
    if selection.lang is not None and selection.lang not in LANGUAGES:
        raise UsageError(f"--lang: one of {', '.join(LANGUAGES)} is needed, got: {selection.lang!r}")
    if selection.year is not None:
        try:
            SchoolYear.parse(selection.year)
        except ValueError as error:
            raise UsageError(f"--year: {error}") from None
    catalogue.limit(selection.audience, "results")
    if selection.audience == "school" and len(selection.only) != 1:
        raise UsageError(
            f"--audience school: the pages of one school are made at a time, got: {len(selection.only)} named\n"
            "  mend:  name the school with --only"
        )
    if not selection.deadline > 0:
        raise UsageError(f"--deadline: more than 0 seconds are needed, got: {selection.deadline:g}")
    if selection.jobs < 1:
        raise UsageError(f"--jobs: at least 1 is needed, got: {selection.jobs}")
    _check_where(selection)


def _check_where(selection: Selection) -> None:
    """Refuse a cluster or a storage that cannot be meant; an address is read, and nothing is asked of it yet."""
    if selection.url:
        storage_address.check(selection.url)
    if selection.on not in (HERE, DASK):
        raise UsageError(f"--on: one of {HERE}, {DASK} is needed, got: {selection.on!r}.")
    if selection.on == HERE and (selection.scheduler or selection.workers):
        raise UsageError("--scheduler and --workers speak of a cluster\n  mend:  add --on dask")
    if selection.workers < 0:
        raise UsageError(f"--workers: at least 1 is needed, got: {selection.workers}")
    if selection.on == DASK:
        from analysis.batch.cluster import connecting

        connecting.check(selection.scheduler)


def with_levels_of(selection: Selection, shown: Sequence[str]) -> Selection:
    """The selection with the levels that its kind of report is made for and its readers see, if it names none."""
    if selection.levels or selection.report == catalogue.USUAL:
        return selection
    levels = tuple(each for each in catalogue.report_kind(selection.report).levels if each in shown)
    if not levels:
        raise UsageError(f"--report {selection.report}: the audience {selection.audience} sees none of its levels")
    return replace(selection, levels=levels)


def chosen(
    selection: Selection,
    workspace: Workspace,
    units: list[dict[str, Any]],
    having: Iterable[str],
    shown: Sequence[str] = LEVELS_WITH_PAGES,
) -> list[dict[str, Any]]:
    """The units that get a page, in order of level and id.

    Named units (``only``) get theirs whatever the workspace says. Otherwise schools need a row, given or
    withheld, of one of the workspace's ``having`` indicators (``having`` here: the ids of such schools),
    and all units lie inside ``within`` (the selection's, else the workspace's). Every unit above such a school
    gets a page, and so do its teams and groups, if the audience sees figures of such levels (``shown``). Raises
    UsageError for a level or a unit of which it sees none.
    """
    known = {unit["unit_id"]: unit for unit in units}
    if selection.audience == "school":
        return _of_school(school_of(selection, units), units, selection.levels or (*BELOW_SCHOOL, "school"), known)
    if selection.only:
        found = [_one(text, selection, units) for text in selection.only]
        _refuse_levels([str(unit["level"]) for unit in found], selection.audience, shown)
        return _ordered({unit["unit_id"]: unit for unit in found})
    roots = {names.find_unit(text, units)["unit_id"] for text in selection.within or workspace.within}
    with_rows = set(having)
    _refuse_levels(selection.levels, selection.audience, shown)
    levels = selection.levels or shown
    schools = [
        unit
        for unit in units
        if unit["level"] == "school" and unit["unit_id"] in with_rows and (not roots or roots & _line(unit, known))
    ]
    reached = {each for unit in schools for each in _line(unit, known)}
    inside = {unit["unit_id"] for unit in schools}
    reached |= {unit["unit_id"] for unit in units if unit["level"] in BELOW_SCHOOL and inside & _line(unit, known)}
    return _ordered({each: known[each] for each in reached if known[each]["level"] in levels})


def _refuse_levels(levels: Iterable[str], audience: str, shown: Sequence[str]) -> None:
    """A page of which its readers may see nothing is not made."""
    for each in levels:
        if each not in shown:
            readers = [name for name in catalogue.AUDIENCES if each in catalogue.levels_for(name)]
            raise UsageError(
                f"{catalogue.level(each).plural['en']} are not shown to the audience {audience}\n"
                f"  found: the level {each}; it is shown to: {', '.join(readers)}\n"
                "  mend:  arshjul build --audience school --only SCHOOL makes the pages that a school itself reads"
            )


def school_of(selection: Selection, units: list[dict[str, Any]]) -> str:
    """The id of the school whose own pages are made; empty for the other audiences."""
    if selection.audience != "school":
        return ""
    return str(names.find_unit(selection.only[0], units, "school")["unit_id"])


def _of_school(
    school: str, units: list[dict[str, Any]], levels: tuple[str, ...], known: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """A school, its teams and its classes: the pages that the school itself reads."""
    inside = [unit for unit in units if unit["level"] in (*BELOW_SCHOOL, "school") and school in _line(unit, known)]
    return _ordered({unit["unit_id"]: unit for unit in inside if unit["level"] in levels})


def _one(text: str, selection: Selection, units: list[dict[str, Any]]) -> dict[str, Any]:
    """The unit meant by `text`, looked for among the levels asked for."""
    if not selection.levels:
        return names.find_unit(text, units)
    if len(selection.levels) == 1:
        return names.find_unit(text, units, selection.levels[0])
    return names.find_unit(text, [unit for unit in units if unit["level"] in selection.levels])


def _line(unit: dict[str, Any], known: dict[str, dict[str, Any]]) -> set[str]:
    """The unit and everything above it."""
    line: set[str] = set()
    each: str | None = unit["unit_id"]
    while each is not None and each in known and each not in line:
        line.add(each)
        each = known[each].get("parent_id")
    return line


def _ordered(units: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    order = {level: number for number, level in enumerate(LEVELS_WITH_PAGES)}
    return sorted(units.values(), key=lambda unit: (order[unit["level"]], unit["unit_id"]))

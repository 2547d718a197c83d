"""The table of all units with a page: by name or by level, never by a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.report.page import PageRecord
from analysis.report.site.earlier import Earlier
from analysis.report.site.ordering import in_order


@dataclass(frozen=True)
class Row:
    """A unit with a page: its name, level, code and what it belongs to, and its earlier pages of the same kind."""

    name: str
    level: str
    level_order: int
    code: str
    within: str
    path: str
    earlier: tuple[Earlier, ...]


def listing(
    records: Iterable[PageRecord], known: Mapping[str, Mapping[str, object]], beside: Sequence[Earlier], lang: str
) -> list[Row]:
    """A row for each page that was made, by name as the language orders its letters."""
    rows = []
    for record in records:
        if record.state != "made":
            continue
        unit, level = known[record.unit_id], catalogue.level(record.level)
        mine = sorted((each for each in beside if each.path == record.path), key=lambda each: each.order)
        rows.append(
            Row(
                str(unit["name"]),
                capitalised(level.name[lang]),
                level.order,
                str(unit["code"]),
                ", ".join(_above(record.unit_id, known)),
                record.path,
                tuple(mine),
            )
        )
    return sorted(rows, key=lambda row: (in_order(row.name, lang), row.code))


def _above(unit_id: str, known: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The names of the nearest two units above."""
    names: list[str] = []
    parent = known[unit_id].get("parent_id")
    while isinstance(parent, str) and parent in known and len(names) < 2:
        names.append(str(known[parent]["name"]))
        parent = known[parent].get("parent_id")
    return names


def levels_of(rows: Iterable[Row]) -> list[str]:
    """The levels that have a page, highest first."""
    return [name for _, name in sorted({(row.level_order, row.level) for row in rows}, reverse=True)]

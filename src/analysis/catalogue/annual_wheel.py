"""What is done when, as `wheel.toml` says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from analysis.catalogue.level_list import level as known_level
from analysis.catalogue.reading import tables, texts
from analysis.catalogue.report_kinds import report_kind
from analysis.errors import UsageError
from analysis.model import Texts

WHEELS = {"school": 8, "budget": 1}
"""the two wheels, and the month each begins in"""


@dataclass(frozen=True)
class WheelEvent:
    """Something that is done every year: in which months, at which levels, in which wheel, and its reports."""

    wheel: str
    months: tuple[int, ...]
    levels: tuple[str, ...]
    country: str
    reports: tuple[str, ...]
    text: Texts = field(hash=False)


def turning(wheel: str) -> tuple[int, ...]:
    """The months of a wheel in its own order.

    >>> turning("school")[0], turning("budget")[-1]
    (8, 12)
    """
    first = WHEELS[wheel]
    return tuple((first - 1 + step) % 12 + 1 for step in range(12))


@lru_cache(maxsize=1)
def _events() -> tuple[WheelEvent, ...]:
    return tuple(_event(number, table) for number, table in enumerate(tables("wheel.toml")["event"], start=1))


def wheel_events(level: str, country: str, wheel: str) -> tuple[WheelEvent, ...]:
    """What a level of a country does in one wheel, in the order of the year."""
    months = turning(wheel)
    found = [
        each for each in _events() if each.wheel == wheel and level in each.levels and each.country in ("", country)
    ]
    return tuple(sorted(found, key=lambda each: min(months.index(month) for month in each.months)))


def _event(number: int, table: dict[str, object]) -> WheelEvent:
    where = f"wheel.toml: event {number}"
    months = table["months"]
    if table["wheel"] not in WHEELS or not isinstance(months, list) or not set(months) <= set(range(1, 13)):
        raise UsageError(f"{where}: a wheel is one of {', '.join(WHEELS)} and a month a number from 1 to 12")
    levels, reports = table["levels"], table.get("reports", [])
    assert isinstance(levels, list) and isinstance(reports, list)
    return WheelEvent(
        wheel=str(table["wheel"]),
        months=tuple(months),
        levels=tuple(known_level(each).id for each in levels),
        country=str(table.get("country", "")),
        reports=tuple(report_kind(each).id for each in reports),
        text=texts(table, where),
    )

"""What is measured, as `indicators.toml` defines it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from analysis.catalogue.reading import tables, texts
from analysis.errors import UsageError, nearest
from analysis.model import Break, Direction, Indicator

CLOSED = {
    "country": ("se", "no"),
    "unit": ("points", "percent", "ratio", "count", "scale_50_10", "level_1_3", "index_0_10", "index_1_5"),
    "direction": tuple(Direction),
    "quality": ("result", "process", "structure", "context"),
    "goal_role": ("overall_goal", "means", "none"),
    "aggregation": ("pupil_weights", "sum", "none"),
    "noise": ("published", "binomial", "between_years"),
}
"""the fields that take one of a few words, and those words"""


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """Every indicator by its id, in the order of the catalogue."""
    return {name: _indicator(name, table) for name, table in tables("indicators.toml").items()}


def indicator(id: str) -> Indicator:
    """The indicator with this id; an unknown one is a UsageError with the nearest name.

    >>> indicator("merit_value").maximum
    340.0
    """
    known = indicators()
    if id not in known:
        raise UsageError(f"unknown indicator {id!r}.{nearest(id, known)}")
    return known[id]


def _indicator(name: str, table: dict[str, Any]) -> Indicator:
    for field, words in CLOSED.items():
        if table[field] not in words:
            raise UsageError(f"indicators.toml: {name}.{field} is one of {', '.join(words)}, found: {table[field]!r}")
    written = dict(table)
    for field in ("name", "short", "definition"):
        written[field] = texts(table[field], f"indicators.toml: {name}.{field}")
    for field in ("minimum", "maximum", "rounding", "pupil_sd"):
        if field in table:
            written[field] = float(table[field])
    written["direction"] = Direction(table["direction"])
    written["prior"] = tuple(table.get("prior", ()))
    if "pupil_sd_source" in table:
        written["pupil_sd_source"] = texts(table["pupil_sd_source"], f"indicators.toml: {name}.pupil_sd_source")
    written["breaks"] = tuple(
        Break(each["year"], each["kind"], texts(each["note"], f"indicators.toml: {name}, break {each['year']}"))
        for each in sorted(table.get("breaks", ()), key=lambda each: int(each["year"]))
    )
    return Indicator(id=name, **written)

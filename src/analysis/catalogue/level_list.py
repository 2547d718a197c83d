"""The steps of the ladder, as `levels.toml` defines them."""

from __future__ import annotations

from functools import lru_cache

from analysis.catalogue.reading import tables, texts
from analysis.errors import UsageError, nearest
from analysis.model import Level


@lru_cache(maxsize=1)
def levels() -> dict[str, Level]:
    """Every level by its id, lowest first.

    >>> list(levels())
    ['group', 'team', 'school', 'area', 'municipality', 'region', 'nation']
    """
    found = [
        Level(
            name,
            texts(table["name"], f"levels.toml: {name}.name"),
            texts(table["plural"], f"levels.toml: {name}.plural"),
            int(table["order"]),
            table.get("parent"),
        )
        for name, table in tables("levels.toml").items()
    ]
    return {each.id: each for each in sorted(found, key=lambda each: each.order)}


def level(id: str) -> Level:
    """The level with this id; an unknown one is a UsageError with the nearest name."""
    known = levels()
    if id not in known:
        raise UsageError(f"unknown level {id!r}: the levels are {', '.join(known)}.{nearest(id, known)}")
    return known[id]

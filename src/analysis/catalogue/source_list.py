"""Who published the figures, as `sources.toml` defines them."""

from __future__ import annotations

from functools import lru_cache

from analysis.catalogue.reading import tables, texts
from analysis.errors import UsageError, nearest
from analysis.model import Source, Status


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Every source by its id, in the order they are read."""
    found = {}
    for name, table in tables("sources.toml").items():
        written = dict(table)
        for field in ("title", "attribution"):
            written[field] = texts(table[field], f"sources.toml: {name}.{field}")
        written["files"] = tuple(table["files"])
        unknown = set(table.get("symbols", {}).values()) - set(Status)
        if unknown:
            raise UsageError(f"sources.toml: {name}.symbols name statuses, found: {', '.join(sorted(unknown))}")
        found[name] = Source(id=name, **written)
    return found


def source(id: str) -> Source:
    """The source with this id; an unknown one is a UsageError with the nearest name."""
    known = sources()
    if id not in known:
        raise UsageError(f"unknown source {id!r}.{nearest(id, known)}")
    return known[id]

"""What became of units whose codes or names have changed, as `lineage.toml` says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from analysis.catalogue.reading import tables


@dataclass(frozen=True)
class Lineage:
    """Which codes are one and the same unit, and which are not.

    ``municipalities`` maps (country, old code) to the new code of the same municipality. ``splits`` maps
    (country, old code) to the codes it was divided into: such series are never joined. ``schools`` maps
    (country, municipality code, name in a file without codes) to the school's code. ``counties`` names
    counties that the files leave without a name.
    """

    municipalities: dict[tuple[str, str], str]
    splits: dict[tuple[str, str], tuple[str, ...]]
    schools: dict[tuple[str, str, str], str]
    counties: dict[tuple[str, str], str]


@lru_cache(maxsize=1)
def lineage() -> Lineage:
    """The lineage of every unit that has one."""
    written = tables("lineage.toml")
    return Lineage(
        {(land, old): new for land, pairs in written["municipalities"].items() for old, new in pairs.items()},
        {(land, old): tuple(new) for land, pairs in written["splits"].items() for old, new in pairs.items()},
        {
            (land, place, name): code
            for land, places in written["schools"].items()
            for place, names in places.items()
            for name, code in names.items()
        },
        {(land, code): name for land, names in written["counties"].items() for code, name in names.items()},
    )

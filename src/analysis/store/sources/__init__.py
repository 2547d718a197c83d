"""One file per supplier: each turns the supplier's own layout into cells of one shape.

A reader is ``read(content, file, source, notes) -> DataFrame`` with `analysis.store.cells.CELL_COLUMNS`; the
reader ``local`` gives each file as it is written, for `analysis.store.local` to check.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from analysis.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.model import Source
    from analysis.store.notes import Notes

    Reader = Callable[[bytes, str, Source, Notes], pd.DataFrame]

READERS = ("skolverket_composition", "skolverket_measures", "udir_wide", "udir_long", "tidy", "local")
READER_VERSION = 7
"""raised when the same files give other cells or other computed figures: they are then collected anew"""


def reader(name: str) -> Reader:
    """The function that reads files of this layout."""
    if name not in READERS:
        raise UsageError(f"sources.toml: the readers are {', '.join(READERS)}, found: {name!r}")
    return cast("Reader", import_module(f"analysis.store.sources.{name}").read)

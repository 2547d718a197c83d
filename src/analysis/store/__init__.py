"""From the publishers' files to checked figures: the only room that touches the folder data.

Names are loaded when first used, so that finding a unit by its name (`analysis.store.names`) needs no pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.store.collecting import collect as collect
    from analysis.store.snapshot import Snapshot as Snapshot
    from analysis.store.snapshot import current as current

__all__ = ["Snapshot", "collect", "current"]

_WHERE = {"collect": "collecting", "Snapshot": "snapshot", "current": "snapshot"}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"analysis.store.{_WHERE[name]}"), name)

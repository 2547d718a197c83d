"""Which workspace a command works in, and the installation it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

import analysis

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace


def workspace_of(context: typer.Context) -> Workspace:
    """The folder with `arshjul.toml`: the one given with `-C`, or the nearest one upwards."""
    from analysis.catalogue.workspace import Workspace

    start = context.obj if isinstance(context.obj, Path) else None
    return Workspace.find(start)


def installation() -> Path:
    """The folder that holds `src/analysis`: the notebooks, the sample data and the lock lie beside it."""
    return Path(analysis.__file__).resolve().parents[2]

"""Many pages: which ones, made side by side, none harming another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.batch.selection import RunSummary, Selection

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace
    from analysis.batch.selection import Tell


def build(workspace: Workspace, selection: Selection, tell: Tell) -> RunSummary:
    """Make the pages of the selection; see `analysis.batch.run.build`."""
    from analysis.batch.run import build as run

    return run(workspace, selection, tell)


def demo(workspace: Workspace, jobs: int, tell: Tell) -> RunSummary:
    """Make the demonstration's pages; see `analysis.batch.demonstration.demo`."""
    from analysis.batch.demonstration import demo as run

    return run(workspace, jobs, tell)


__all__ = ["RunSummary", "Selection", "build", "demo"]

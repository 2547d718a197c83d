"""Many pages: which ones, made side by side, none harming another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.batch.selection import RunSummary, Selection

if TYPE_CHECKING:
    from analysis.batch.demonstration import Demonstration
    from analysis.batch.selection import Tell
    from analysis.catalogue.workspace import Workspace


def build(workspace: Workspace, selection: Selection, tell: Tell) -> RunSummary:
    """Make the pages of the selection; see `analysis.batch.run.build`."""
    from analysis.batch.run import build as run

    return run(workspace, selection, tell)


def demo(workspace: Workspace, town: Workspace, jobs: int, tell: Tell) -> Demonstration:
    """Make the demonstration's pages; see `analysis.batch.demonstration.demo`."""
    from analysis.batch.demonstration import demo as run

    return run(workspace, town, jobs, tell)


def choose() -> None:
    """In JupyterLab: choose a unit and see its page; see `analysis.batch.choosing.choose`."""
    from analysis.batch.choosing import choose as show_form

    show_form()


__all__ = ["RunSummary", "Selection", "build", "choose", "demo"]

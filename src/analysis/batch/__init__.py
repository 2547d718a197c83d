"""Many pages: which ones, made side by side, none harming another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.batch.selection import RunSummary, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analysis.batch.demonstration import Demonstration
    from analysis.batch.selection import Tell
    from analysis.catalogue.workspace import Workspace


def build(workspace: Workspace, selection: Selection, tell: Tell) -> RunSummary:
    """Make the pages of the selection; see `analysis.batch.run.build`.

    Raises Locked at once when another run is at work in the workspace; shards of one run may be at work together.
    """
    from analysis.batch.locking import locked
    from analysis.batch.placing import lock_of
    from analysis.batch.stopping import stoppable

    file, is_shard = lock_of(workspace), selection.shard is not None
    with locked(file, shared=is_shard), stoppable():
        from analysis.batch.run import build as run

        return run(workspace, selection, tell)


def retry(workspace: Workspace, jobs: int, tell: Tell) -> RunSummary:
    """Take up the last run again: what failed or was not made; see `analysis.batch.again.last`."""
    from analysis.batch.again import last

    return build(workspace, last(workspace, jobs), tell)


def join(workspace: Workspace, folders: Sequence[Path], tell: Tell) -> RunSummary:
    """Put the pages of all shards of a run in place; see `analysis.batch.shards`."""
    from analysis.batch.again import shards_of
    from analysis.batch.locking import locked
    from analysis.batch.placing import lock_of
    from analysis.batch.shards import selection_of
    from analysis.batch.stopping import stoppable

    with locked(lock_of(workspace)), stoppable():
        found = list(folders) or shards_of(workspace)
        selection = selection_of(found)
        from analysis.batch.run import build as run

        return run(workspace, selection, tell, found)


def demo(workspace: Workspace, town: Workspace, jobs: int, tell: Tell) -> Demonstration:
    """Make the demonstration's pages; see `analysis.batch.demonstration.demo`."""
    from analysis.batch.locking import locked
    from analysis.batch.placing import lock_of
    from analysis.batch.stopping import stoppable

    with locked(lock_of(workspace)), stoppable():
        from analysis.batch.demonstration import demo as run

        return run(workspace, town, jobs, tell)


def choose() -> None:
    """In JupyterLab: choose a unit and see its page; see `analysis.batch.choosing.choose`."""
    from analysis.batch.choosing import choose as show_form

    show_form()


__all__ = ["RunSummary", "Selection", "build", "choose", "demo", "join", "retry"]

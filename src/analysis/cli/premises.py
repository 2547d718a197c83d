"""The conditions of a workspace: its data, its snapshot and its folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cli.doctor import Condition, State
from analysis.errors import ArshjulError

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace


def data_files(workspace: Workspace) -> Condition:
    """Every file that the catalogue's sources name lies in the workspace's data folder; one's own are optional."""
    from analysis.catalogue import sources

    named = [(source.id, pattern) for source in sources().values() for pattern in source.files]
    needed = [(source, pattern) for source, pattern in named if not pattern.startswith("own/")]
    absent = [f"{pattern} ({source})" for source, pattern in needed if not any(workspace.data.glob(pattern))]
    if absent:
        mend = f"put the files into {workspace.data}, or start from a workspace that has them: arshjul init DIR"
        return Condition("data", State.WRONG, f"missing: {', '.join(absent)}", mend)
    return Condition("data", State.OK, f"files of {len({source for source, _ in needed})} sources in {workspace.data}")


def snapshot(workspace: Workspace) -> Condition:
    """There is a snapshot, and no data file is newer than it."""
    from analysis.store import current

    try:
        found = current(workspace)
    except ArshjulError as error:
        return Condition("snapshot", State.NOTE, str(error).splitlines()[0], "arshjul collect")
    newest = newest_file(workspace.data, workspace.store)
    if newest is not None and newest.stat().st_mtime > Path(found.path).stat().st_mtime:
        name = newest.relative_to(workspace.root)
        return Condition(
            "snapshot", State.NOTE, f"{name} is newer than the snapshot of {found.date}", "arshjul collect"
        )
    return Condition("snapshot", State.OK, f"{found.hash[:12]} of {found.date}")


def newest_file(folder: Path, besides: Path) -> Path | None:
    """The file in the folder that was changed last, leaving out another folder inside it."""
    files = [path for path in folder.rglob("*") if path.is_file() and besides not in path.parents]
    return max(files, key=lambda path: path.stat().st_mtime, default=None)


def writing(workspace: Workspace) -> Condition:
    """Snapshots and pages can be written."""
    closed = [str(folder) for folder in (workspace.store, workspace.reports) if not is_writable(folder)]
    if closed:
        return Condition(
            "writing", State.WRONG, f"no permission to write in {', '.join(closed)}", "chmod u+w, or -C DIR"
        )
    return Condition("writing", State.OK, f"{workspace.store} and {workspace.reports}")


def is_writable(folder: Path) -> bool:
    """The folder, or the nearest one upwards that exists, may be written in."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return there.is_dir() and os.access(there, os.W_OK)

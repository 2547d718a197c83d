"""The conditions of a workspace: its data, its snapshot and its folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cli.doctor import Condition, State
from analysis.errors import ArshjulError, InputRefused

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace


def data_files(workspace: Workspace) -> Condition:
    """Every source of the catalogue has files in the workspace's data folder; one's own are optional."""
    from analysis.catalogue import sources
    from analysis.store.sources.places import LOCAL_FOLDER, OWN_FOLDERS, files_of, refuse_unknown_own

    try:
        for own in OWN_FOLDERS:
            refuse_unknown_own(workspace.data, sources()[own])
    except InputRefused as error:
        return Condition("data", State.WRONG, f"{error.file}: {error.rule}", error.mend)
    open_ones = [source for source in sources().values() if source.id not in OWN_FOLDERS]
    needed = [sources()[LOCAL_FOLDER]] if workspace.synthetic else open_ones
    lacking = [source for source in needed if not files_of(source, workspace.data)]
    if lacking:
        state = State.WRONG if len(lacking) == len(needed) else State.NOTE
        absent = [f"{pattern} ({source.id})" for source in lacking for pattern in source.files]
        mend = f"put the files into {workspace.data}, or start from a workspace that has them: arshjul init DIR"
        return Condition("data", state, f"missing: {', '.join(absent)}", mend)
    return Condition("data", State.OK, f"files of {len(needed)} sources in {workspace.data}")


def snapshot(workspace: Workspace) -> Condition:
    """There is a snapshot, and no data file is newer than it."""
    from analysis.store import current

    try:
        found = current(workspace)
    except ArshjulError as error:
        return Condition("snapshot", State.NOTE, str(error).splitlines()[0], "arshjul collect")
    newest = newest_file(workspace)
    if newest is not None and newest.stat().st_mtime > Path(found.path).stat().st_mtime:
        name = newest.relative_to(workspace.root)
        return Condition(
            "snapshot", State.NOTE, f"{name} is newer than the snapshot of {found.date}", "arshjul collect"
        )
    return Condition("snapshot", State.OK, f"{found.hash[:12]} of {found.date}")


def newest_file(workspace: Workspace) -> Path | None:
    """The file that was changed last, among those that some source reads."""
    from analysis.catalogue import sources
    from analysis.store.sources.places import files_of

    read = [path for source in sources().values() for path in files_of(source, workspace.data)]
    return max(read, key=lambda path: path.stat().st_mtime, default=None)


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

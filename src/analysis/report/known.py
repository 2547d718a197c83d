"""What the leak scan looks for in the pages of a workspace: its pupils' codes, its key, its place on this machine."""

from __future__ import annotations

from pathlib import Path

from analysis.catalogue import sources
from analysis.catalogue.workspace import Workspace
from analysis.report.leaks import Known
from analysis.store.local.keys import codes_of, key_place, read_key
from analysis.store.notes import Notes
from analysis.store.sources.local import read, table_of
from analysis.store.sources.places import LOCAL_FOLDER, files_of


def known_of(workspace: Workspace) -> Known:
    """The pupils' codes as they stand in the workspace's file and as they are keyed, the key, and the folders.

    The codes are read here to be looked for, and are kept nowhere. Every pupil with a result or an answer stands in
    the file of pupils, so that one file has them all. Raises UsageError for a key that others may read.
    """
    place = key_place()
    key = read_key(place) if place.exists() else None
    source, notes = sources()[LOCAL_FOLDER], Notes()
    names = {path: path.relative_to(workspace.data).as_posix() for path in files_of(source, workspace.data)}
    tables = [
        read(path.read_bytes(), name, source, notes) for path, name in names.items() if table_of(name) == "pupils"
    ]
    folders = {Path.home(), workspace.root, workspace.root.resolve()}
    if key is not None:
        folders.add(place.parent)
    return Known(codes_of(tables, key), () if key is None else (key,), folders=tuple(sorted(folders)))

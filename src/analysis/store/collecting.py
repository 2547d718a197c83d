"""Everything is read, checked and lifted before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.catalogue import catalogue_bytes, sources
from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused, UsageError
from analysis.model import Source
from analysis.store.cells import Cells
from analysis.store.local.keys import replace_codes
from analysis.store.making import made
from analysis.store.notes import Notes
from analysis.store.private import SUCCESSION, TABLE
from analysis.store.snapshot import Snapshot
from analysis.store.sources import READER_VERSION, reader
from analysis.store.sources.local import table_of
from analysis.store.sources.places import LOCAL_FOLDER, OWN_FOLDERS, files_of, refuse_unknown_own
from analysis.store.writing import point_to, write

IGNORED = {".md", ".txt", ".sqlite"}
"""files beside the data that are for people, and the record of what was released"""


@dataclass(frozen=True)
class Fetched:
    """A file as it lies in the folder data."""

    source: Source
    name: str
    content: bytes
    sha256: str


def collect(workspace: Workspace, tell: Callable[[str], None] = print) -> Snapshot:
    """Read all files, check them, lift schools to the levels above, and write one snapshot.

    The same files, catalogue and scope give the same snapshot: it is then found, not made again. If one
    file breaks a rule, InputRefused says where, and nothing is written.
    """
    notes = Notes()
    files = _fetched(workspace, notes)
    found = _hash(files, workspace)
    for path in sorted(workspace.store.glob(f"*-{found[:12]}")):
        tell(f"nothing has changed since {path.name}")
        point_to(workspace, path)
        return Snapshot.read(path)
    parts = [Cells(files[0].source, "").frame()]
    own: dict[str, pd.DataFrame] = {}
    for file in files:
        tell(f"reading {file.name}")
        table = reader(file.source.reader)(file.content, file.name, file.source, notes)
        if file.source.id == LOCAL_FOLDER:
            _add_own(own, table)
        else:
            parts.append(table)
    replace_codes(own, synthetic=workspace.synthetic)
    tell("checking, and lifting schools to municipalities, counties and nations")
    tables = made(pd.concat(parts, ignore_index=True), own, workspace, notes)
    if not workspace.protected:
        tables = {name: table for name, table in tables.items() if name not in (TABLE, SUCCESSION)}
    about: dict[str, object] = {
        "hash": found,
        "date": date.today().isoformat(),
        "files": [
            {"file": file.name, "source": file.source.id, "sha256": file.sha256, "bytes": len(file.content)}
            for file in files
        ],
    }
    if workspace.synthetic:
        about |= {"synthetic": True, "protected": workspace.protected}
    path = write(workspace, tables, notes.table(), about)
    tell(f"{len(tables['observations']):,} rows about {len(tables['units']):,} units in {path.name}")
    return Snapshot.read(path)


def _fetched(workspace: Workspace, notes: Notes) -> list[Fetched]:
    files, seen = [], set()
    for folder in OWN_FOLDERS:
        refuse_unknown_own(workspace.data, sources()[folder])
    for source in sources().values():
        paths = files_of(source, workspace.data)
        for path in paths:
            name = path.relative_to(workspace.data).as_posix()
            if not path.is_file():
                raise InputRefused("a file of a source is a plain file", file=name, found="none", mend="remove it")
            content = path.read_bytes()
            files.append(Fetched(source, name, content, hashlib.sha256(content).hexdigest()))
            seen.add(path)
        if not paths and source.id not in OWN_FOLDERS:
            notes.add("source absent", "", f"{source.id}: no file fits {' or '.join(source.files)}")
    if not files:
        wanted = ", ".join(pattern for source in sources().values() for pattern in source.files)
        raise UsageError(f"no files of any source in {workspace.data}\n  mend:  put files there that fit {wanted}")
    for path in sorted(workspace.data.rglob("*")):
        inside = path.relative_to(workspace.data)
        if path.is_file() and inside.parts[0] != "store" and path not in seen and path.suffix not in IGNORED:
            notes.add("unknown file", inside.as_posix(), "no source has files of this name here: not read")
    return files


def _hash(files: list[Fetched], workspace: Workspace) -> str:
    about = {
        "files": sorted((file.name, file.sha256) for file in files),
        "catalogue": hashlib.sha256(catalogue_bytes()).hexdigest(),
        "scope": {country: sorted(codes) for country, codes in workspace.scope.items()},
        "protected": workspace.protected,
        "readers": READER_VERSION,
        "synthetic": workspace.synthetic,
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _add_own(own: dict[str, pd.DataFrame], frame: pd.DataFrame) -> None:
    file = str(frame.attrs["file"])
    before = own.setdefault(table_of(file), frame)
    if before is not frame:
        raise InputRefused(
            f"there is one file of {table_of(file)}", file=file, found=f"another one, {before.attrs['file']}",
            mend="put the rows into one file, and remove the other",
        )  # fmt: skip

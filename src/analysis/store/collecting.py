"""Everything is read, checked and lifted before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.catalogue import catalogue_bytes, lineage, sources
from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused, UsageError
from analysis.model import Source
from analysis.model.observations import ROW_COLUMNS
from analysis.store.checks import check, without_doubles
from analysis.store.notes import Notes
from analysis.store.protection import protected
from analysis.store.reconciliation import reconciled
from analysis.store.rollup import computed, with_pupils
from analysis.store.snapshot import Snapshot
from analysis.store.sources import READER_VERSION, reader
from analysis.store.sources.places import files_of, refuse_unknown_own
from analysis.store.succession import carried, with_codes
from analysis.store.units import unit_ids, units_of
from analysis.store.writing import point_to, write

OWN = "own"
IGNORED = {".md", ".txt"}
"""files beside the data that are for people"""


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
    parts = []
    for file in files:
        tell(f"reading {file.name}")
        parts.append(reader(file.source.reader)(file.content, file.name, file.source, notes))
    tell("checking, and lifting schools to municipalities, counties and nations")
    made = _made(pd.concat(parts, ignore_index=True), workspace, notes)
    about = {
        "hash": found,
        "date": date.today().isoformat(),
        "files": [
            {"file": file.name, "source": file.source.id, "sha256": file.sha256, "bytes": len(file.content)}
            for file in files
        ],
    }
    path = write(workspace, made, notes.table(), about)
    tell(f"{len(made['observations']):,} rows about {len(made['units']):,} units in {path.name}")
    return Snapshot.read(path)


def _fetched(workspace: Workspace, notes: Notes) -> list[Fetched]:
    files, seen = [], set()
    refuse_unknown_own(workspace.data, sources()[OWN])
    for source in sources().values():
        paths = files_of(source, workspace.data)
        for path in paths:
            name = path.relative_to(workspace.data).as_posix()
            if not path.is_file():
                raise InputRefused("a file of a source is a plain file", file=name, found="none", mend="remove it")
            content = path.read_bytes()
            files.append(Fetched(source, name, content, hashlib.sha256(content).hexdigest()))
            seen.add(path)
        if not paths and source.id != OWN:
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
        "readers": READER_VERSION,
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def _made(cells: pd.DataFrame, workspace: Workspace, notes: Notes) -> dict[str, pd.DataFrame]:
    """The tables of a snapshot, from every file's cells."""
    check(cells)
    cells = with_codes(cells, lineage(), notes)
    cells = without_doubles(carried(cells, lineage(), notes), notes)
    units = units_of(cells[cells["source"] != OWN], lineage())
    rows = cells.assign(unit_id=unit_ids(cells["country"], cells["level"], cells["code"]))
    _check_units(rows, units)
    rows, units = _in_scope(rows, units, workspace, notes)
    official = protected(with_pupils(rows), OWN, notes).assign(origin="official", coverage=1.0)
    whole = frozenset(country for country in ("se", "no") if not workspace.scope.get(country))
    lifted = computed(official, units, notes, whole)
    columns = ["indicator", *ROW_COLUMNS, "file", "row"]
    order = ["indicator", "unit_id", "origin", "group", "year"]
    everything = pd.concat([official[columns], lifted[columns]], ignore_index=True)
    return {
        "observations": everything.sort_values(order, ignore_index=True),
        "units": units.reset_index(),
        "reconciliation": reconciled(official, lifted),
    }


def _check_units(rows: pd.DataFrame, units: pd.DataFrame) -> None:
    unknown = rows[~rows["unit_id"].isin(units.index)]
    if len(unknown):
        first = unknown.iloc[0]
        raise InputRefused(
            "own figures are about units that the publishers' files name", file=str(first["file"]),
            row=int(first["row"]), column="unit_code", found=repr(first["unit_id"]),
            mend="correct the code, with its leading zeros",
        )  # fmt: skip


def _in_scope(
    rows: pd.DataFrame, units: pd.DataFrame, workspace: Workspace, notes: Notes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows and units of the counties in the workspace's scope; the others are counted in the notes."""
    inside = pd.Series(True, index=units.index)
    for country, codes in workspace.scope.items():
        if codes:
            wanted = [f"{country}:region:{code}" for code in codes]
            inside &= (units["country"] != country) | units["region_id"].isin(wanted) | (units["level"] == "nation")
    kept = rows["unit_id"].map(inside).astype(bool)
    for file, count in rows.loc[~kept, "file"].value_counts().items():
        notes.add("outside the scope", str(file), "cells of units in counties that are not in the scope", int(count))
    return rows[kept].reset_index(drop=True), units[inside]

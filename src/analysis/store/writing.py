"""A snapshot is written beside the others and then renamed: it is whole, or it is not there."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.catalogue.workspace import Workspace
from analysis.store.snapshot import CURRENT

FOR_NOBODY_ELSE = ("enrolments", "results", "answers", "private", "succession", "commitments", "accounts")
"""tables about single pupils or small groups, or what classes and teams write: only their collector may read them"""
ROWS_TOGETHER = 20_000
"""rows in a row group: one indicator is then read without reading the others"""


def write(
    workspace: Workspace, tables: dict[str, pd.DataFrame], notes: list[dict[str, str | int]], about: dict[str, Any]
) -> Path:
    """The folder of a new snapshot, which is from now on the current one."""
    workspace.store.mkdir(parents=True, exist_ok=True)
    path = workspace.store / f"{about['date']}-{about['hash'][:12]}"
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=workspace.store))
    try:
        for name, frame in tables.items():
            arrow = pa.Table.from_pandas(frame, preserve_index=False)
            pq.write_table(arrow, making / f"{name}.parquet", row_group_size=ROWS_TOGETHER)
            if name in FOR_NOBODY_ELSE:
                (making / f"{name}.parquet").chmod(0o600)
        _write_json(making / "notes.json", notes)
        _write_json(making / "snapshot.json", about)
        making.chmod(0o755)
        making.rename(path)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    point_to(workspace, path)
    return path


def point_to(workspace: Workspace, path: Path) -> None:
    """Make this snapshot the current one."""
    beside = workspace.store / f".{CURRENT}-{os.getpid()}"
    beside.write_text(path.name + "\n", encoding="utf-8")
    beside.replace(workspace.store / CURRENT)


def _write_json(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

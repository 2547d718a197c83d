"""The last run, to be taken up again, and the shards that wait to be joined."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from analysis.batch.journal import NAME, Journal, journals
from analysis.batch.placing import SHARDS, WORK
from analysis.batch.selection import Selection
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError


def last(workspace: Workspace, jobs: int) -> Selection:
    """What the last run in the workspace was asked for. Raises UsageError when there was none."""
    for folder in journals(workspace.reports / WORK):
        with Journal(folder) as journal:
            runs = journal.runs()
        if runs:
            written = json.loads(runs[-1]["selection"])
            return dataclasses.replace(Selection.from_json(written), jobs=jobs, force=False, dry_run=False)
    raise UsageError("there is no run to take up again\n  mend:  arshjul build")


def shards_of(workspace: Workspace) -> list[Path]:
    """The folders of the shards of the run whose shards were written last. Raises UsageError when there are none."""
    found = [path.parent for path in (workspace.reports / WORK).glob(f"*/{SHARDS}/*/{NAME}")]
    if not found:
        raise UsageError(
            "there are no shards to join\n  mend:  arshjul build --shard 1/2, and so on, or name their folders"
        )
    newest = max(found, key=lambda folder: (folder / NAME).stat().st_mtime)
    return sorted(each for each in found if each.parent == newest.parent)

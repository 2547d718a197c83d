"""From a run's folder to its audit, and the gate that a run passes before anything of it is published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis import catalogue
from analysis.audit.auditing import Audit, audited
from analysis.audit.release import Release, as_figures, ledger, read_run, shown_to
from analysis.audit.report import already_said, apart_said, sentence, to_read_said
from analysis.audit.truth import Truth
from analysis.catalogue.workspace import Workspace
from analysis.errors import AuditFailed, UsageError
from analysis.store import Snapshot

LEDGER = "released.sqlite"
EVERYBODY = "public"
SAID = 20
"""so many findings are told in the message of a failed audit"""
TEXTS = 5
"""so many written texts are told at the end of a run"""


def audit_run(
    workspace: Workspace,
    run: Path,
    beside: Sequence[Path] = (),
    audience: str | None = None,
    to_come: pd.DataFrame | None = None,
) -> Audit:
    """The audit of a run in a folder, attacked together with the runs `beside` it and the record of releases.

    `to_come` is what is going to be written there of this run (columns as in the record): it counts as released too,
    whether a page of the run holds it or not, for it may be shown later without being asked about again.

    Raises UsageError for a folder without a run, an unknown audience, and a run whose snapshot is not in the store.
    """
    releases = [read_run(each) for each in (run, *beside)]
    readers = audience or releases[0].audience
    catalogue.limit(readers, "results")
    snapshot = snapshot_of(workspace, releases[0])
    recorded = [ledger(workspace.data / LEDGER, readers)]
    if to_come is not None:
        recorded.append(as_figures(to_come))
    is_for_more = all(each.audience == EVERYBODY for each in releases) and readers != EVERYBODY
    only_theirs = shown_to(workspace.data / LEDGER).get(readers, set()) if is_for_more else set()
    return audited(releases, Truth.of(snapshot), readers, recorded, only_theirs)


def also_read_by(workspace: Workspace, audience: str) -> list[str]:
    """Who else reads pages for these readers and has been shown others: of everybody's, all who have."""
    return sorted(set(shown_to(workspace.data / LEDGER)) - {audience}) if audience == EVERYBODY else []


def snapshot_of(workspace: Workspace, release: Release) -> Snapshot:
    """The snapshot in the store that the run was made from."""
    for written in sorted(workspace.store.glob("*/snapshot.json")):
        snapshot = Snapshot.read(written.parent)
        if snapshot.public_name == release.data:
            return snapshot
    raise UsageError(
        f"the figures that {release.name} was made from are needed\n  found: no snapshot {release.data} in the store\n"
        "  mend:  audit in the workspace where the run was made, or make the run anew"
    )


def told_of(audit: Audit) -> list[str]:
    """What was known before the run as closely as with it, what was left aside, and the texts to read, in lines."""
    lines = already_said(audit)
    more = [f"and {len(lines) - SAID} more"] if len(lines) > SAID else []
    return [*lines[:SAID], *more, *apart_said(audit), *to_read_said(audit, TEXTS)]


def refuse_leaks(audit: Audit) -> None:
    """Raise AuditFailed, naming the figures, when anything was found."""
    if audit.found:
        told = [f"  found: {sentence(each)}" for each in audit.found[:SAID]]
        more = len(audit.found) - len(told)
        told += [f"  and {more} more"] if more > 0 else []
        raise AuditFailed(
            f"the audit failed: {len(audit.found)} figures can be known that should not be; nothing is published\n"
            f"  who:   those who read pages for {audit.audience}\n" + "\n".join(told)
        )

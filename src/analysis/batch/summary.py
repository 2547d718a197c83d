"""What became of a run, in the few lines that one reads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from analysis.batch.journal import Entry
from analysis.batch.limits import Budget
from analysis.batch.planning import Plan
from analysis.batch.selection import RunSummary, Took
from analysis.report.parameters import PageRequest

SLOWEST = 5


def summary_of(
    began: float,
    out: Path,
    requests: Sequence[PageRequest],
    *,
    kept: Sequence[Entry],
    plan: Plan,
    made: Sequence[Entry] = (),
) -> RunSummary:
    """What became of the pages: made, kept or failed, the slowest of them, and which went beyond the budget."""
    named = {request.unit_id: request.unit_name for request in requests}
    failed = [each for each in made if each.state == "failed"]
    well = [each for each in made if each.state == "made"]
    took = [
        Took(named[each.unit_id], each.seconds, each.memory, each.bytes,
             Budget().over(each.seconds, each.memory, each.bytes))
        for each in sorted(well, key=lambda each: (-each.seconds, each.unit_id))
    ]  # fmt: skip
    return RunSummary(
        made=len(well),
        kept=len(kept),
        failed=tuple((each.unit_id, named[each.unit_id], each.reason) for each in failed),
        out=out,
        seconds=time.monotonic() - began,
        planned=len(requests),
        units=tuple(request.unit_id for request in requests),
        codes={each.unit_id: each.code for each in failed},
        slowest=tuple(took[:SLOWEST]),
        beyond_budget=tuple(each for each in took if each.over),
        why=tuple((each.unit_id, each.unit_name, plan.steps[each.unit_id].reasons) for each in plan.todo),
        seconds_left=plan.seconds_left if plan.selection.dry_run else None,
        shard=plan.selection.shard,
        url=plan.selection.url,
    )

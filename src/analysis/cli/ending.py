"""The last lines of a run: what became of the pages, which failed, which were slow, and which to open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from analysis.cli.progress import in_words

if TYPE_CHECKING:
    from analysis.batch import RunSummary

SHOWN = 20
"""so many pages beyond the budget are named"""


def close_run(summary: RunSummary, *, dry_run: bool = False, as_json: bool = False) -> None:
    """The last lines of a run, and exit code 1 when any page failed."""
    if as_json:
        typer.echo(json.dumps(_facts(summary, dry_run=dry_run), ensure_ascii=False))
    elif dry_run:
        _say_plan(summary)
    else:
        said(summary)
    if summary.failed and not dry_run:
        raise typer.Exit(1)


def said(summary: RunSummary) -> bool:
    """Say what became of a run and which page to open; whether no page failed."""
    for unit_id, name, reason in summary.failed:
        code = summary.codes.get(unit_id, "")
        typer.echo(f"failed: {name} ({unit_id}): {f'{code}: ' if code else ''}{reason}", err=True)
    if summary.slowest:
        typer.echo("the slowest pages     seconds  memory  size")
        for each in summary.slowest:
            room = f"{each.memory / 1e6:>4.0f} MB  {each.bytes / 1e3:.0f} kB"
            typer.echo(f"  {each.name[:20]:<20}{each.seconds:>7.1f}  {room}")
    for each in summary.beyond_budget[:SHOWN]:
        typer.echo(f"beyond the budget: {each.name}: {', '.join(each.over)}")
    if len(summary.beyond_budget) > SHOWN:
        typer.echo(f"and {len(summary.beyond_budget) - SHOWN} more pages beyond the budget")
    typer.echo(
        f"{summary.made} made, {summary.kept} up to date, {len(summary.failed)} failed, in {summary.seconds:.1f} s"
    )
    typer.echo(f"open {summary.index}" if summary.is_in_place else summary.then)
    return not summary.failed


def _say_plan(summary: RunSummary) -> None:
    for unit_id, name, reasons in summary.why:
        typer.echo(f"{name} ({unit_id}): {'; '.join(reasons)}")
    left = "" if summary.seconds_left is None else f", about {in_words(summary.seconds_left)}"
    remaining = summary.planned - summary.kept
    typer.echo(f"{summary.planned} planned, {summary.kept} up to date, {remaining} to make{left}; nothing was made")


def _facts(summary: RunSummary, *, dry_run: bool) -> dict[str, object]:
    """The summary as the last event."""
    return {
        "event": "summary",
        "dry_run": dry_run,
        "planned": summary.planned,
        "made": summary.made,
        "kept": summary.kept,
        "failed": [
            {"unit": unit, "name": name, "code": summary.codes.get(unit, ""), "reason": reason}
            for unit, name, reason in summary.failed
        ],
        "stale": [{"unit": unit, "name": name, "why": list(why)} for unit, name, why in summary.why],
        "slowest": [
            {"name": each.name, "seconds": each.seconds, "memory": each.memory, "bytes": each.bytes}
            for each in summary.slowest
        ],
        "beyond_budget": [{"name": each.name, "over": list(each.over)} for each in summary.beyond_budget],
        "seconds": round(summary.seconds, 3),
        "seconds_left": summary.seconds_left,
        "out": summary.url or str(summary.out),
    }

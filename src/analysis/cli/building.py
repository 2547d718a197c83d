"""`arshjul collect`, `build` and `demo`: from files to pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.ending import close_run, said
from analysis.cli.place import workspace_of
from analysis.cli.progress import Events, Progress
from analysis.errors import UsageError
from analysis.model.school_year import SchoolYear
from analysis.model.words import Lang

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace

COLLECT_EXAMPLES = "\b\nExamples:\n  arshjul collect\n  arshjul -C ~/schools collect"
DEADLINE = 180.0
DEMO_EXAMPLES = "\b\nExamples:\n  arshjul demo\n  arshjul demo --jobs 1"
BUILD_EXAMPLES = """\b
Examples:
  arshjul build --level school --within Uppsala --dry-run
  arshjul build --only 16762245 --only 0180 --lang en
  arshjul build --level municipality --level region --year 2023/24 --out /tmp/pages
  arshjul build --audience school --only 16762245
  arshjul build --report board_brief --only 0380 --pdf
  arshjul build --shard 3/8
  arshjul build --out s3://pages/schools/2024
  arshjul build --on dask --scheduler tcp://10.0.0.5:8786
"""

Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, metavar="N", help="Pages made at the same time; as many as there are cores."),
]
Levels = Annotated[
    list[str] | None,
    typer.Option("--level", metavar="LEVEL", help="Pages of this level; may be given several times."),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CODE-OR-NAME", help="Only this unit; may be given several times."),
]
Within = Annotated[
    list[str] | None,
    typer.Option("--within", metavar="CODE-OR-NAME", help="Only units in this municipality or county; repeatable."),
]
Year = Annotated[
    str | None, typer.Option("--year", metavar="YEAR", help="The school year, as 2023/24; the latest if not given.")
]
Language = Annotated[
    Lang | None, typer.Option("--lang", help="The language of the pages; each country's own if not given.")
]
Out = Annotated[
    str,
    typer.Option("--out", metavar="DIR-OR-URL", help="Put the pages here (s3://BUCKET/PREFIX too), not in reports."),
]
Force = Annotated[bool, typer.Option("--force", help="Make every page anew, also those that are up to date.")]
Audience = Annotated[
    str,
    typer.Option(
        "--audience",
        metavar="WHO",
        help="Who reads the pages: public, board, owner, or school (one school, named with --only).",
    ),
]
Report = Annotated[
    str, typer.Option("--report", metavar="KIND", help="Which report: quality_report, plan, board_brief and others.")
]
CompareWith = Annotated[
    str,
    typer.Option(
        "--compare-with",
        metavar="WHAT",
        help="Hold each unit against own_history, target, municipality, county, nation or similar.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be made and why, and make nothing.")]
Shard = Annotated[
    str | None,
    typer.Option("--shard", metavar="3/8", help="Make this share of the pages only; `arshjul join` joins them."),
]
Deadline = Annotated[
    float, typer.Option("--deadline", metavar="SECONDS", help="The most seconds that a page may take.")
]
On = Annotated[
    str,
    typer.Option("--on", metavar="WHERE", help="Make the pages in processes here, or on the workers of dask."),
]
Scheduler = Annotated[
    str,
    typer.Option("--scheduler", metavar="ADDRESS", help="With --on dask: its scheduler; workers here if not given."),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, metavar="N", help="With --on dask: begin with N workers; else as many as --jobs."),
]
Pdf = Annotated[bool, typer.Option("--pdf", help="Print each page as a tagged PDF too, into reports/papers.")]
AsJson = Annotated[bool, typer.Option("--json", help="Say what happens as lines of JSON, one event each.")]


def collect(context: typer.Context) -> None:
    """Read, check and store the source files.

    A file that breaks a rule is not read: nothing is stored, and the fault is named with file, row and mend.
    """
    from analysis.store import collect as collect_files

    tell = Progress()
    snapshot = collect_files(workspace_of(context), tell=tell)
    tell.close()
    typer.echo(f"snapshot {snapshot.hash[:12]} of {snapshot.date}: {snapshot.path}")


def demo(context: typer.Context, jobs: Jobs = None) -> None:
    """Go from sample data to finished pages.

    Four steps: data, checks, reports, quality. The last lines are the pages to open: those of a made-up
    municipality, which show the levels that open figures do not reach, and those of real units.
    """
    from analysis.batch import demo as make_demo

    workspace, tell = workspace_of(context), Progress()
    found = make_demo(workspace, made_up_beside(workspace), jobs=workers(jobs), tell=tell)
    tell.close()
    typer.echo("a municipality that does not exist, with its areas, teams and classes:")
    is_well = said(found.made_up)
    typer.echo("real units, from open figures:")
    if not (said(found.real) and is_well):
        raise typer.Exit(1)


def made_up_beside(workspace: Workspace) -> Workspace:
    """The made-up municipality of the usual size, written anew beside the snapshots, where it is never taken for data.

    It is the same every time, and shows all levels to everybody. What was collected from it before is kept.
    """
    from analysis.catalogue.workspace import Workspace as Place
    from analysis.synthetic import made

    folder, fresh = workspace.store / "made-up", workspace.store / ".made-up"
    shutil.rmtree(fresh, ignore_errors=True)
    made(fresh, notebooks=workspace.notebooks, protected=False)
    if (folder / "data" / "store").is_dir():
        (folder / "data" / "store").rename(fresh / "data" / "store")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return Place.read(folder)


def build(
    context: typer.Context,
    level: Levels = None,
    only: Only = None,
    within: Within = None,
    year: Year = None,
    lang: Language = None,
    out: Out = "",
    jobs: Jobs = None,
    force: Force = False,
    audience: Audience = "public",
    report: Report = "quality_report",
    compare_with: CompareWith = "",
    dry_run: DryRun = False,
    shard: Shard = None,
    deadline: Deadline = DEADLINE,
    on: On = "processes",
    scheduler: Scheduler = "",
    many: Workers = None,
    pdf: Pdf = False,
    as_json: AsJson = False,
) -> None:
    """Make the pages that are out of date.

    A page that fails never stops the others; it is named at the end, and the exit code is 1.
    """
    workspace = workspace_of(context)
    if pdf:
        refuse_pdf(out, dry_run=dry_run, shard=shard)
    levels = tuple(known_level(each) for each in level or ())
    when = None if year is None else school_year(year)
    report = known_report(report)
    named = ids_of(workspace, only or (), levels)
    around = ids_of(workspace, within or (), ())
    from analysis.batch import build as build_pages
    from analysis.batch.selection import Selection
    from analysis.batch.storage_address import is_address

    tell = teller(as_json=as_json)
    selection = Selection(
        levels=levels,
        only=named,
        within=around,
        year=when,
        lang=None if lang is None else lang.value,
        out=Path(out) if out and not is_address(out) else None,
        url=out if is_address(out) else "",
        jobs=workers(jobs),
        force=force,
        dry_run=dry_run,
        audience=audience,
        report=report,
        compare_with=compare_with,
        shard=None if shard is None else shard_of(shard),
        deadline=deadline,
        alone=True,
        on=on,
        scheduler=scheduler,
        workers=many or 0,
    )
    summary = build_pages(workspace, selection, tell)
    if pdf:
        from analysis.cli.papers import pdf_of_run

        papers = pdf_of_run(workspace, summary.out, summary.units, tell)
        tell(f"papers   {papers}")
    tell.close()
    close_run(summary, dry_run=dry_run, as_json=as_json)


def refuse_pdf(out: str, *, dry_run: bool, shard: str | None) -> None:
    """Raise UsageError, before anything is made, where no PDF could be printed at the end."""
    from analysis.batch.storage_address import is_address
    from analysis.report.printing import chromium

    for option, is_asked in (("--dry-run", dry_run), ("--shard", shard is not None), ("--out URL", is_address(out))):
        if is_asked:
            raise UsageError(
                f"--pdf prints the pages that a run has put in place on this machine\n  found: {option}\n"
                "  mend:  leave --pdf out, and print afterwards: arshjul paper RUN"
            )
    chromium()


def teller(*, as_json: bool) -> Progress | Events:
    """Who says how far a run has come: lines for people, or events for programs."""
    return Events() if as_json else Progress()


def shard_of(text: str) -> tuple[int, int]:
    """A shard as it is written, 3/8; UsageError for anything else."""
    from analysis.batch.shards import parse

    return parse(text)


def school_year(text: str) -> str:
    """The school year a user wrote, in the one form that is stored.

    >>> school_year("23/24")
    '2023/24'
    """
    try:
        return str(SchoolYear.parse(text))
    except ValueError as error:
        raise UsageError(f"--year: {error}") from error


def known_level(text: str) -> str:
    """The id of a level; a mistyped one is a UsageError with a suggestion."""
    from analysis.catalogue import level as level_named

    return level_named(text).id


def known_report(text: str) -> str:
    """The id of a kind of report; a mistyped one is a UsageError with a suggestion."""
    from analysis.catalogue import report_kind

    return report_kind(text).id


def ids_of(workspace: Workspace, texts: Sequence[str], levels: Sequence[str]) -> tuple[str, ...]:
    """The ids of units named by code or name, so that a mistyped one answers before anything heavy begins.

    Without an up-to-date snapshot the texts are returned as they are: the run collects first, and then
    looks them up itself.
    """
    from analysis.cli.doctor import State
    from analysis.cli.premises import snapshot

    if not texts or snapshot(workspace).state is not State.OK:
        return tuple(texts)
    from analysis.cli.listing import known_units
    from analysis.store.names import find_unit

    among = [unit for unit in known_units(workspace) if not levels or unit["level"] in levels]
    return tuple(str(find_unit(text, among, levels[0] if len(levels) == 1 else None)["unit_id"]) for text in texts)


def workers(jobs: int | None) -> int:
    """The number asked for, or the cores this process may use."""
    if jobs is not None:
        return jobs
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

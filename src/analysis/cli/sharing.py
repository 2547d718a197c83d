"""`arshjul open`, `serve`, `pack` and `verify`: what is done with pages that are made."""

from __future__ import annotations

import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.place import workspace_of
from analysis.errors import ArshjulError, UsageError

OPEN_EXAMPLES = """\b
Examples:
  arshjul open
  arshjul open reports/demo --only "Björkskolan"
"""
SERVE_EXAMPLES = "\b\nExamples:\n  arshjul serve\n  arshjul serve reports/demo --port 8010"
PACK_EXAMPLES = """\b
Examples:
  arshjul pack --each school
  arshjul pack reports/demo --only 0380 --with below --out /tmp/packs
"""
VERIFY_EXAMPLES = "\b\nExamples:\n  arshjul verify reports/demo/school/se-school-15594566.html"

Run = Annotated[
    Path | None,
    typer.Argument(metavar="[RUN]", help="The folder of a run; the one that was written last if not given."),
]


class Beside(StrEnum):
    """Which other pages go with a unit's own."""

    NONE = "none"
    ABOVE = "above"
    BELOW = "below"
    BOTH = "both"


def open_(
    context: typer.Context,
    run: Run = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="CODE-OR-NAME", help="Open this unit's page, not the index.")
    ] = None,
) -> None:
    """Open the pages of a run in the browser.

    From the files, without a server. Without RUN: the run that was written last.
    """
    from analysis.report.finished import INDEX, Finished

    found = Finished.chosen(run, workspace_of(context).reports)
    page = found.folder / (INDEX if only is None else str(found.find(only)["path"]))
    typer.echo(page)
    if not webbrowser.open(page.resolve().as_uri()):
        raise ArshjulError(f"no browser could be started\n  mend:  open this file in one: {page.resolve()}")


def serve(
    context: typer.Context,
    run: Run = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="The port; 0 takes any that is free.")
    ] = 8000,
) -> None:
    """Serve the pages of a run to this machine only.

    At 127.0.0.1, until you stop it with Ctrl-C. Nothing outside the folder of the run can be reached.
    """
    from analysis.report.finished import Finished
    from analysis.report.server import Server

    found = Finished.chosen(run, workspace_of(context).reports)
    with Server(found.folder, port) as server:
        typer.echo(f"{found.folder} at {server.address} (stop with Ctrl-C)")
        server.serve_forever()


def pack(
    context: typer.Context,
    run: Run = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="CODE-OR-NAME", help="A pack for this unit; may be given several times."),
    ] = None,
    each: Annotated[
        str | None, typer.Option("--each", metavar="LEVEL", help="A pack for every unit of this level.")
    ] = None,
    beside: Annotated[
        Beside, typer.Option("--with", help="The pages that go with the unit's own: those above or below it, or both.")
    ] = Beside.NONE,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write the packs here instead of into reports/packs."),
    ] = None,
) -> None:
    """Pack pages as one zip file for each recipient.

    A unit's page and, if asked for, those above or below it, with an index of their own. The same pages give the
    same bytes.
    """
    from analysis.catalogue import level as level_named
    from analysis.report.finished import Finished

    if bool(only) == bool(each):
        raise UsageError("what to pack is said by --only UNIT, or by --each LEVEL for every unit of a level")
    level = level_named(each).id if each else ""
    workspace = workspace_of(context)
    found = Finished.chosen(run, workspace.reports)
    wanted = [str(found.find(text)["unit_id"]) for text in only or ()]
    wanted += [str(page["unit_id"]) for page in found.pages if page["level"] == level and page["state"] == "made"]
    if not wanted:
        raise UsageError(f"--each: there is no page of the level {level} in {found.folder}")
    place = out or workspace.reports / "packs" / found.folder.resolve().name
    if place.resolve().is_relative_to(found.folder.resolve()):
        raise UsageError(f"--out: a run holds pages only, and packs lie beside it\n  found: {place} is inside the run")
    from analysis.report import leaks, look
    from analysis.report.known import known_of
    from analysis.report.pack import chosen
    from analysis.report.pack import pack as pack_unit

    leaks.use(known_of(workspace))
    look.use(look.read(workspace.root))
    for unit_id in dict.fromkeys(wanted):
        above, below = beside in (Beside.ABOVE, Beside.BOTH), beside in (Beside.BELOW, Beside.BOTH)
        units = chosen(found, unit_id, above=above, below=below)
        typer.echo(f"{pack_unit(found, unit_id, units, place)}: {len(units)} {'page' if len(units) == 1 else 'pages'}")


def verify(
    context: typer.Context,
    page: Annotated[
        str, typer.Argument(metavar="PAGE", help="A page of a run, as `arshjul build` made it; or its URL.")
    ],
) -> None:
    """Make a page once more and compare it byte for byte.

    The page is left as it is. The exit code is 1 when it is not the same, and what differs is said.
    """
    from analysis.batch.storage_address import is_address
    from analysis.batch.verifying import again
    from analysis.cli.progress import Progress

    tell = Progress()
    if is_address(page):
        from analysis.batch.storage import fetched

        with fetched(page) as here:
            found = again(workspace_of(context), here, tell)
    else:
        found = again(workspace_of(context), Path(page), tell)
    tell.close()
    if not found.is_as_made:
        typer.echo("the page has been changed since it was made: its bytes are not those that its run's manifest names")
    for name, then, now in found.inputs:
        typer.echo(f"{name}: {then or 'unknown'}, now {now}")
    for line in found.lines:
        typer.echo(line)
    if found.is_same:
        typer.echo("the same bytes")
    if not (found.is_same and found.is_as_made):
        raise typer.Exit(1)

"""`arshjul audit`: what can be worked out from a run that should not be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.place import workspace_of
from analysis.cli.writing import write_json, write_table
from analysis.errors import AuditFailed

EXAMPLES = """\b
Examples:
  arshjul audit reports/demo
  arshjul audit reports/school-7 --with reports/public --audience school --json
"""


def audit(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run, as `arshjul build` made it.")],
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", metavar="OTHER_RUN", help="Attack it together with this run; may be given several times."
        ),
    ] = None,
    audience: Annotated[
        str | None,
        typer.Option("--audience", metavar="AUDIENCE", help="Whose limits apply: public, board, owner or school."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of a table.")] = False,
) -> None:
    """Try to work out what a run withholds.

    From all its pages, earlier releases and open figures together, by outsiders and by pupils who know their own
    result. The exit code is 3 when anything can be known that should not be.
    """
    from analysis.audit import report
    from analysis.audit.command import SAID, audit_run

    found = audit_run(workspace_of(context), run, beside or (), audience)
    if as_json:
        write_json(report.as_json(found))
    else:
        if found.found:
            write_table(report.as_rows(found), report.FIELDS)
        for line in (*report.already_said(found), *report.apart_said(found), *report.to_read_said(found, SAID)):
            typer.echo(line)
        typer.echo(report.in_short(found))
    if found.found:
        raise typer.Exit(AuditFailed.exit_code)

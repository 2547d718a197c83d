"""The commands, put together: one table of contents for everything `arshjul` can do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.cli import (
    auditing,
    building,
    doctor,
    keys,
    laboratory,
    listing,
    measuring,
    papers,
    purging,
    resuming,
    sharing,
    starting,
    synthesising,
)

EPILOG = """\b
The first time:
  arshjul demo                                    from data to pages in four steps
  arshjul list units --level school               which schools there are
  arshjul build --level school --only "Äppelviksskolan"

\b
Exit codes: 0 done, 1 something failed, 2 the command or a name in it is not right,
3 something withheld can be worked out from a run,
4 a file breaks a rule and is not read, 75 another run is at work, 130 stopped by you, 143 ended from outside.
"""

application = typer.Typer(
    name="arshjul",
    help="Open school statistics as one accessible page per school, municipality and county.",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
application.command(epilog=building.DEMO_EXAMPLES)(building.demo)
application.command(epilog=building.COLLECT_EXAMPLES)(building.collect)
application.add_typer(listing.listing, name="list")
application.command(epilog=measuring.EXAMPLES)(measuring.measure)
application.command(epilog=building.BUILD_EXAMPLES)(building.build)
application.command(epilog=resuming.RETRY_EXAMPLES)(resuming.retry)
application.command(epilog=resuming.JOIN_EXAMPLES)(resuming.join)
application.command(epilog=auditing.EXAMPLES)(auditing.audit)
application.command("open", epilog=sharing.OPEN_EXAMPLES)(sharing.open_)
application.command(epilog=sharing.SERVE_EXAMPLES)(sharing.serve)
application.command(epilog=sharing.PACK_EXAMPLES)(sharing.pack)
application.command(epilog=papers.EXAMPLES)(papers.paper)
application.command(epilog=sharing.VERIFY_EXAMPLES)(sharing.verify)
application.command(epilog=laboratory.EXAMPLES)(laboratory.lab)
application.command(epilog=doctor.EXAMPLES)(doctor.doctor)
application.command(epilog=starting.EXAMPLES)(starting.init)
application.command(epilog=synthesising.EXAMPLES)(synthesising.synth)
application.add_typer(keys.keys, name="key")
application.command(epilog=purging.EXAMPLES)(purging.purge)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"arshjul {version('arshjul')}")
        raise typer.Exit


@application.callback()
def choose_workspace(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "-C",
            "--workspace",
            metavar="DIR",
            help="Work in this folder instead of the nearest one upwards that holds an arshjul.toml.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is, and stop."),
    ] = False,
) -> None:
    """Remember the workspace for the command that follows."""
    context.obj = workspace

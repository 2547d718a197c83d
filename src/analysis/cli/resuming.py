"""`arshjul retry` and `join`: what a run left undone, and one run made on several machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.building import AsJson, Jobs, teller, workers
from analysis.cli.ending import close_run
from analysis.cli.place import workspace_of

RETRY_EXAMPLES = "\b\nExamples:\n  arshjul retry\n  arshjul retry --jobs 1 --json"
JOIN_EXAMPLES = "\b\nExamples:\n  arshjul join\n  arshjul join shards/1-of-2 shards/2-of-2"


def retry(context: typer.Context, jobs: Jobs = None, as_json: AsJson = False) -> None:
    """Take up the last run again: make the pages that failed or were not made.

    The others are kept as they are, unless what they were made from has changed since.
    """
    from analysis.batch import retry as take_up

    tell = teller(as_json=as_json)
    summary = take_up(workspace_of(context), workers(jobs), tell)
    tell.close()
    close_run(summary, as_json=as_json)


def join(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FOLDER]...", help="The shards' folders; those of the last run if not given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put the pages of all shards of a run in place, after the run as a whole has been looked at.

    Every page is proven by its hash. No page is made; the result is the one that a single run would have given.
    """
    from analysis.batch import join as put_together

    tell = teller(as_json=as_json)
    summary = put_together(workspace_of(context), folders or (), tell)
    tell.close()
    close_run(summary, as_json=as_json)

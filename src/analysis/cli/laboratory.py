"""`arshjul lab`: the notebooks, in JupyterLab on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from analysis.cli.place import workspace_of
from analysis.errors import UsageError

QUIET = (
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
)
"""JupyterLab asks no other machine for updates, extensions or news"""

EXAMPLES = "\b\nExamples:\n  arshjul lab\n  arshjul lab --port 8890 --no-browser"


def lab(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="The port on this machine to serve the notebooks on.")] = 8888,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser, or only print the address.")
    ] = True,
) -> None:
    """Open the notebooks in JupyterLab.

    The notebooks of the workspace, reachable from this machine only.
    """
    notebooks = workspace_of(context).notebooks
    if not notebooks.is_dir():
        raise UsageError(f"there are no notebooks to open: {notebooks} is not a folder\n  mend:  arshjul init DIR")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={notebooks}", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", *QUIET]
    if (notebooks / "start.ipynb").is_file():
        command += ["--LabApp.default_url=/lab/tree/start.ipynb"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command += ["--allow-root"]  # in a container there may be no one else; the server hears this machine only
    if not browser:
        command += ["--no-browser"]
    raise typer.Exit(subprocess.run(command, check=False).returncode)

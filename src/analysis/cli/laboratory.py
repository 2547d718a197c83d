"""`arshjul lab`: the notebooks, in JupyterLab on this machine only."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from analysis.cli.place import workspace_of
from analysis.errors import UsageError

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
    command += [f"--ServerApp.port={port}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if (notebooks / "start.ipynb").is_file():
        command += ["--LabApp.default_url=/lab/tree/start.ipynb"]
    if not browser:
        command += ["--no-browser"]
    raise typer.Exit(subprocess.run(command, check=False).returncode)

"""`arshjul init`: a workspace of one's own."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.place import installation
from analysis.errors import UsageError

EXAMPLES = "\b\nExamples:\n  arshjul init my-schools\n  cd my-schools && arshjul collect"

_LEFT_OUT = shutil.ignore_patterns("store", "own", "local", "__pycache__", ".ipynb_checkpoints")


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to make; it must be empty or not yet there.")
    ],
) -> None:
    """Make a workspace of your own.

    Commented settings, the sample data, a place for your own files, and the notebooks.
    """
    template = installation()
    lacking = [name for name in ("data", "notebooks") if not (template / name).is_dir()]
    if lacking:
        raise UsageError(
            f"the installation at {template} has no folder {', '.join(lacking)} to start a workspace from\n"
            "  mend:  install from a clone of the repository with: make setup"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is already there and not empty\n  mend:  choose a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("data", "notebooks"):
        shutil.copytree(template / name, folder / name, ignore=_LEFT_OUT)
    for name in ("data/own", "reports"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings = resources.files("analysis.cli").joinpath("workspace.toml").read_text(encoding="utf-8")
    (folder / "arshjul.toml").write_text(settings, encoding="utf-8")
    typer.echo(next_steps(folder))


def next_steps(folder: Path) -> str:
    """What was made, and the three commands that follow."""
    return f"""{folder} is a workspace now:
  arshjul.toml   the settings, each explained where it stands
  data/          the sample data; put your own files into data/own/
  notebooks/     one notebook per level
  reports/       the pages will be written here
next:
  cd {folder}
  arshjul collect
  arshjul build --level municipality"""

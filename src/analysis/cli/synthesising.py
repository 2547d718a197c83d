"""`arshjul synth`: a workspace with a made-up municipality whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.place import installation
from analysis.errors import UsageError

EXAMPLES = """\b
Examples:
  arshjul synth almvik
  arshjul synth small --pupils 1200 --seed 7
  cd almvik && arshjul collect"""


def synth(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to make; it must be empty or not yet there.")
    ],
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Where chance begins: the same number gives the same files.")
    ] = 1,
    pupils: Annotated[
        int, typer.Option("--pupils", metavar="N", help="About how many pupils a year, from 1000 to 20000.")
    ] = 5500,
) -> None:
    """Make a workspace with a made-up municipality.

    Schools, pupils, results, answers and targets of which the truth is known; nothing in it is real.
    """
    from analysis.synthetic import made

    notebooks = installation() / "notebooks"
    if not notebooks.is_dir():
        raise UsageError(
            f"the installation at {installation()} has no folder notebooks to start a workspace from\n"
            "  mend:  install from a clone of the repository with: make setup"
        )
    made(folder, seed=seed, pupils=pupils, notebooks=notebooks)
    typer.echo(next_steps(folder))


def next_steps(folder: Path) -> str:
    """What was made, and the commands that follow."""
    return f"""{folder} is a workspace now; everything in it is made up:
  data/local/    units, pupils, results, answers, targets, commitments, accounts,
                 interventions
  data/own/      figures of schools, the neighbouring municipalities' among them
  truth.json     what is true, with tables in truth/
  notebooks/     one notebook per level
next:
  cd {folder}
  arshjul collect
  arshjul build --level school"""

"""`arshjul doctor`: what stands in the way of a run, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import typer

from analysis.errors import ArshjulError

EXAMPLES = "\b\nExamples:\n  arshjul doctor\n  arshjul -C ~/schools doctor"


class State(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    """works, but something is not as it could be"""
    WRONG = "wrong"
    """a run would fail, or give something else than it should"""


class Condition(NamedTuple):
    """One thing that was looked at: its state, what was found, and how to mend it when it is not well."""

    name: str
    state: State
    found: str
    mend: str = ""


def doctor(context: typer.Context) -> None:
    """Find what stands in the way of a run.

    Looks at Python, packages, fonts, browser, workspace, data and snapshot, and says how to mend each fault.
    """
    conditions = list(examine(context.obj if isinstance(context.obj, Path) else None))
    for condition in conditions:
        typer.echo(f"{condition.state.value:<6}{condition.name}: {condition.found}")
        if condition.mend:
            typer.echo(f"      mend: {condition.mend}")
    wrong = sum(condition.state is State.WRONG for condition in conditions)
    typer.echo("everything needed is in place" if wrong == 0 else f"{wrong} to mend before a run")
    if wrong:
        raise typer.Exit(1)


def examine(start: Path | None) -> Iterator[Condition]:
    """Every condition, the machine first; without a workspace the rest is left out and that is said."""
    from analysis.cli import machine, premises

    yield machine.python()
    yield machine.requirements()
    yield machine.lock()
    yield machine.fonts()
    yield machine.chromium()
    from analysis.catalogue.workspace import Workspace

    try:
        workspace = Workspace.find(start)
    except ArshjulError as error:
        yield Condition("workspace", State.NOTE, str(error).splitlines()[0], "arshjul init DIR, then cd DIR")
        return
    yield Condition("workspace", State.OK, str(workspace.root))
    yield premises.data_files(workspace)
    yield premises.snapshot(workspace)
    yield premises.writing(workspace)

"""`arshjul purge`: what has been kept for longer than the workspace wants goes, and what it is is said first."""

from __future__ import annotations

import json
import shutil
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.place import workspace_of
from analysis.errors import UsageError

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace

EXAMPLES = "\b\nExamples:\n  arshjul purge\n  arshjul purge --yes\n  arshjul purge --days 30 --yes"
DAY = 86_400.0
FOR_NOBODY_ELSE = ("enrolments", "results", "answers", "private")
"""tables of a snapshot about single pupils or small groups"""
RUN, WORK = "manifest.json", ".work"
"""what a folder of pages that `arshjul build` wrote has, and where its notebooks are kept, in the folder of reports"""

HANDED_OVER = ("packs", "papers")
"""where `arshjul pack` and `arshjul paper` write, a folder for each run, in the folder of reports"""


@dataclass(frozen=True)
class Old:
    """Something that has been kept for too long: a folder, what it is, and for how many days."""

    path: Path
    what: str
    days: int

    @property
    def bytes(self) -> int:
        """How much room it takes."""
        return sum(each.stat().st_size for each in self.path.rglob("*") if each.is_file() and not each.is_symlink())


def purge(
    context: typer.Context,
    days: Annotated[
        int | None,
        typer.Option("--days", min=0, metavar="N", help="Keep what is at most N days old; else [retention] days."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove what is listed; without it nothing is removed.")] = False,
) -> None:
    """Remove old pupil data, snapshots and pages.

    Without --yes it only says what would go. Your own files in data/local and data/own are never touched, nor are
    pages that were written outside the workspace's reports.
    """
    workspace = workspace_of(context)
    longest = retention(workspace) if days is None else days
    if longest is None:
        raise UsageError(
            "for how long things are kept has not been decided\n"
            "  mend:  write [retention] and days = 400 into arshjul.toml, or give --days"
        )
    found = list(too_old(workspace, longest, date.today(), time.time()))
    for each in found:
        place = each.path.relative_to(workspace.root)
        typer.echo(f"{each.what}, {each.days} days old, {each.bytes / 1e6:.1f} MB: {place}")
        if yes:
            remove(each, workspace)
    if not found:
        typer.echo(f"nothing is older than {longest} days")
    else:
        done = "removed" if yes else "would be removed; nothing was: say --yes to remove them"
        typer.echo(f"{len(found)} {'thing' if len(found) == 1 else 'things'} {done}")


def retention(workspace: Workspace) -> int | None:
    """How many days the workspace keeps things, as its settings say; None where they do not."""
    file = workspace.root / "arshjul.toml"
    days = tomllib.loads(file.read_text(encoding="utf-8")).get("retention", {}).get("days")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or days < 0):
        raise UsageError(f"{file}: retention.days is a number of days, found: {days!r}")
    return None if days is None else int(days)


def too_old(workspace: Workspace, days: int, today: date, now: float) -> Iterator[Old]:
    """What is more than so many days old: snapshots, unfinished ones, runs; the current snapshot if it has pupils."""
    current = _current(workspace)
    for path in _folders(workspace.store):
        if (path / "snapshot.json").is_file():
            age = (today - _collected(path)).days
            closed = any((path / f"{name}.parquet").is_file() for name in FOR_NOBODY_ELSE)
            if age > days and (closed or path.name != current):
                is_current = ", the current one" if path.name == current else ""
                yield Old(path, f"snapshot{' with pupils' if closed else ''}{is_current}", age)
        elif path.name.startswith(".making-") and (age := _age(path, now)) > min(days, 1):
            yield Old(path, "snapshot that was never finished", age)
    for path in (workspace.reports, *(each for each in workspace.reports.rglob("*") if each.is_dir())):
        if _is_run(path) and (age := _age(path / RUN, now)) > days:
            yield Old(path, "pages", age)
    for path in _folders(workspace.reports / WORK):
        if (age := _age(path, now)) > days:
            yield Old(path, "notebooks of pages", age)
    for name in HANDED_OVER:
        for path in _folders(workspace.reports / name):
            if (age := _age(path, now)) > days:
                yield Old(path, f"{name} of pages", age)


def _is_run(path: Path) -> bool:
    """Whether the folder is one of pages, and not another in which a file happens to have that name."""
    if path.is_symlink() or not (path / RUN).is_file():
        return False
    try:
        return "manifest" in json.loads((path / RUN).read_text(encoding="utf-8"))
    except ValueError:
        return False


def _folders(place: Path) -> list[Path]:
    """The folders in a place, without links to others."""
    return [each for each in sorted(place.glob("*")) if each.is_dir() and not each.is_symlink()]


def _current(workspace: Workspace) -> str:
    pointer = workspace.store / "current"
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""


def _collected(path: Path) -> date:
    return date.fromisoformat(json.loads((path / "snapshot.json").read_text(encoding="utf-8"))["date"])


def _age(path: Path, now: float) -> int:
    return int((now - path.stat().st_mtime) // DAY)


def remove(old: Old, workspace: Workspace) -> None:
    """Take it away; without its current snapshot a workspace is one in which nothing has been collected."""
    if old.path.parent == workspace.store and old.path.name == _current(workspace):
        (workspace.store / "current").unlink()
    if old.path.exists():  # not gone with the run around it
        shutil.rmtree(old.path)

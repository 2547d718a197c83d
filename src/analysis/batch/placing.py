"""Where a run's pages are made, and how they are put in place: all of them after all is known to be well."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from analysis.batch.failpoints import passed
from analysis.batch.storage_address import name_of
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.report.writing import sync

MANIFEST = "manifest.json"
LAST = ("index.html", MANIFEST)
WORK = ".work"
SHARDS, LOCK = "shards", "lock"
UNFINISHED = ".arshjul-part"


@dataclass(frozen=True)
class Place:
    """The folder of a run, ``out``, and what belongs to the run and to nobody who is given the folder, ``work``.

    Pages are made in ``work/stage``, beside links to what already lies in ``out``, and are moved when the run as a
    whole has been looked at. The stage of a run that was stopped stays, so that the next one goes on from it.
    Executed notebooks and the journal of what each page was made from stay in ``work`` too.
    """

    out: Path
    work: Path

    @classmethod
    def of(cls, out: Path, workspace: Workspace) -> Place:
        """The place of a run: a new or empty folder, or one that an earlier run was made in.

        Raises UsageError for any other, so that nobody's files are mixed with pages.
        """
        work = workspace.reports / WORK / _name(out.resolve(), workspace.reports.resolve())
        if out.exists() and not out.is_dir():
            raise UsageError(f"--out: a folder is needed\n  found: {out} is a file")
        holds_others = out.is_dir() and not (out / MANIFEST).is_file() and any(out.iterdir())
        if holds_others and not _was_being_placed(out, work):
            raise UsageError(
                "--out: a new or empty folder, or that of an earlier run, is needed\n"
                f"  found: {out} holds other files\n"
                "  mend:  name a folder inside it"
            )
        if out.resolve().is_relative_to(workspace.data.resolve()):
            raise UsageError(f"--out: pages are not written into the folder of the data, got: {out}")
        return cls(out, work)

    @classmethod
    def mirror(cls, url: str, workspace: Workspace) -> Place:
        """The place of a run that goes to a storage: on this machine it lies with what belongs to nobody else."""
        work = workspace.reports / WORK / name_of(url)
        return cls(work / "away" / "run", work)

    def shard(self, number: int, count: int) -> Place:
        """The place of one shard of this run: it has a stage and a journal of its own."""
        return Place(self.out, self.work / SHARDS / f"{number}-of-{count}")

    @property
    def stage(self) -> Path:
        """Where the pages are made."""
        return self.work / "stage"

    def file(self, path: str, sha256_of_it: str) -> Path | None:
        """The file of a page, in the stage or in its place, if its bytes are the ones that were written down."""
        return next(
            (each for each in (self.stage / path, self.out / path) if hash_of(each) == sha256_of_it and sha256_of_it),
            None,
        )

    def prepare(self, proven: Collection[str]) -> None:
        """Make the stage ready: what was proven whole stays in it, all else in it is what lies in the run's folder.

        Raises UsageError when the stage or the run's folder cannot be written in.
        """
        try:
            self.stage.mkdir(parents=True, exist_ok=True)
            for path in sorted(self.stage.rglob("*"), reverse=True):
                name = path.relative_to(self.stage).as_posix()
                if path.is_dir() and not path.is_symlink():
                    with contextlib.suppress(OSError):  # not empty: it holds proven pages
                        path.rmdir()
                elif name not in proven or path.is_symlink():
                    path.unlink()
            for path in files_of(self.out):
                there = self.stage / path.relative_to(self.out)
                if not there.exists():
                    link(path, there)
            self._try_out()
        except OSError as error:
            raise UsageError(
                f"the folder of pages must be writable\n  found: {error.filename}: {error.strerror}\n"
                "  mend:  free room on the disk, change the folder's permissions, or choose another with --out"
            ) from error

    def _try_out(self) -> None:
        """Write and remove a file where the pages will be put."""
        there = next(each for each in (self.out, *self.out.parents) if each.exists())
        trial = there / f".trial{UNFINISHED}"
        trial.write_bytes(b"\0")
        trial.unlink()
        if there == self.out:
            for left in self.out.rglob(f"*{UNFINISHED}"):
                left.unlink()

    def publish(self) -> None:
        """Put what was made in its place, file by file, each whole; what tells of the others comes last."""
        self._mark().touch()
        folders = set()
        for path in sorted(files_of(self.stage), key=lambda each: (each.name in LAST, each)):
            there = self.out / path.relative_to(self.stage)
            if not (there.exists() and there.samefile(path)):
                self._refuse_outside(there)
                there.parent.mkdir(parents=True, exist_ok=True)
                _move(path, there)
                folders.add(there.parent)
                passed("placed a file")
        for folder in sorted(folders | {self.out}):
            sync(folder)
        self._mark().unlink()
        self.clear()

    def _refuse_outside(self, there: Path) -> None:
        if not there.resolve().is_relative_to(self.out.resolve()):
            name = there.relative_to(self.out)
            raise UsageError(f"{name}: a page stays in the folder of its run; found a link that leads out of it")

    def clear(self) -> None:
        """Take away the stage with all that was not put in place."""
        shutil.rmtree(self.stage, ignore_errors=True)

    def _mark(self) -> Path:
        return self.work / "placing"


def lock_of(workspace: Workspace) -> Path:
    """The file whose lock a run in the workspace holds."""
    return workspace.reports / WORK / LOCK


def _was_being_placed(out: Path, work: Path) -> bool:
    """Whether all the folder holds are pages that a run had begun to put there when it was stopped."""
    return (work / "placing").is_file() and all(
        each.name == MANIFEST or each.name.endswith((".html", UNFINISHED)) or each.is_dir() for each in out.iterdir()
    )


def files_of(folder: Path) -> list[Path]:
    """The files of a run, without links and hidden ones."""
    return [
        each
        for each in sorted(folder.rglob("*"))
        if each.is_file()
        and not each.is_symlink()
        and not any(part.startswith(".") for part in each.relative_to(folder).parts)
    ]


def _name(out: Path, reports: Path) -> str:
    """What the folder of a run is called in the folder of work: by its place, also when it lies elsewhere."""
    if out.is_relative_to(reports) and out != reports:
        return "-".join(out.relative_to(reports).parts)
    return f"{out.name}-{sha256(str(out).encode()).hexdigest()[:8]}"


def link(path: Path, there: Path) -> None:
    """The same file in two places, or a copy where the file system has no such links."""
    there.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, there)
    except OSError:
        shutil.copy2(path, there)


def _move(path: Path, there: Path) -> None:
    """Put a file that is whole and synced in its place at once, also on another disk."""
    try:
        os.replace(path, there)
    except OSError as error:
        if error.errno != errno.EXDEV:  # the file system is another one
            raise
        beside = there.with_name(f".{there.name}{UNFINISHED}")
        shutil.copyfile(path, beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, there)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes; empty when there is none."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""

"""Where a run's pages are made, and how they are put in place: all of them after all is known to be well."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError

MANIFEST = "manifest.json"
LAST = ("index.html", MANIFEST)
STAGE = ".part"
WORK = ".work"


@dataclass(frozen=True)
class Place:
    """The folder of a run, ``out``, and what belongs to the run and to nobody who is given the folder, ``work``.

    Pages are made in ``stage``, a folder inside ``out``, beside what already lies there, and are moved when the run
    as a whole has been looked at. Executed notebooks and what each page was made from stay in ``work``.
    """

    out: Path
    work: Path

    @classmethod
    def of(cls, out: Path, workspace: Workspace) -> Place:
        """The place of a run: a new or empty folder, or one that an earlier run was made in.

        Raises UsageError for any other, so that nobody's files are mixed with pages.
        """
        if out.exists() and not out.is_dir():
            raise UsageError(f"--out: a folder is needed\n  found: {out} is a file")
        if out.is_dir() and not (out / MANIFEST).is_file() and any(each.name != STAGE for each in out.iterdir()):
            raise UsageError(
                "--out: a new or empty folder, or that of an earlier run, is needed\n"
                f"  found: {out} holds other files\n"
                "  mend:  name a folder inside it"
            )
        if out.resolve().is_relative_to(workspace.data.resolve()):
            raise UsageError(f"--out: pages are not written into the folder of the data, got: {out}")
        return cls(out, workspace.reports / WORK / _name(out.resolve(), workspace.reports.resolve()))

    @property
    def stage(self) -> Path:
        """Where the pages are made."""
        return self.out / STAGE

    @contextlib.contextmanager
    def staged(self) -> Iterator[Path]:
        """The stage, with all that lies in the run's folder; gone afterwards, with all that was not put in place."""
        is_new = not self.out.exists()
        shutil.rmtree(self.stage, ignore_errors=True)
        self.stage.mkdir(parents=True)
        try:
            for path in self._files(self.out):
                _link(path, self.stage / path.relative_to(self.out))
            yield self.stage
        finally:
            shutil.rmtree(self.stage, ignore_errors=True)
            if is_new and not any(self.out.iterdir()):
                self.out.rmdir()

    def publish(self) -> None:
        """Put what was made in its place, file by file, each whole; what tells of the others comes last."""
        for path in sorted(self._files(self.stage), key=lambda each: (each.name in LAST, each)):
            there = self.out / path.relative_to(self.stage)
            if not (there.exists() and there.samefile(path)):
                there.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, there)

    @staticmethod
    def _files(folder: Path) -> list[Path]:
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


def _link(path: Path, there: Path) -> None:
    """The same file in two places, or a copy where the file system has no such links."""
    there.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, there)
    except OSError:
        shutil.copy2(path, there)

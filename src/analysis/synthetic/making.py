"""A made-up municipality in a folder: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from analysis.errors import UsageError
from analysis.synthetic.files import SETTINGS, settings, written
from analysis.synthetic.municipality import municipality, stream
from analysis.synthetic.neighbours import neighbours
from analysis.synthetic.plan import USUAL_PUPILS, planned

FOLDERS = ("reports",)


def made(
    folder: Path,
    *,
    seed: int = 1,
    pupils: int = USUAL_PUPILS,
    notebooks: Path | None = None,
    protected: bool = True,
) -> Path:
    """A workspace with a made-up municipality, its neighbours and its truth; gives the folder.

    A folder that has something in it is refused. The files are written beside it and put in place when all of them are
    there. The same seed and number of pupils give the same bytes. `notebooks` is a folder to copy. When it is not
    `protected`, everybody sees all levels of it, and only small groups are kept back.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is already there and not empty\n  mend:  choose a new folder")
    if not 0 <= seed < 2**32:
        raise UsageError(f"a seed is a whole number from 0 to {2**32 - 1}, found: {seed}\n  mend:  choose another one")
    plan = planned(pupils)
    found = written(municipality(plan, seed), neighbours(stream(seed, "neighbours")), seed, pupils)
    found[SETTINGS] = settings(seed, protected)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        _write(beside, found, notebooks)
        if folder.exists():
            folder.rmdir()
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _write(folder: Path, found: dict[str, str], notebooks: Path | None) -> None:
    for name, text in found.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))
    for name in FOLDERS:
        (folder / name).mkdir()
    if notebooks is not None:
        left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(notebooks, folder / "notebooks", ignore=left_out)

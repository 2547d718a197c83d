"""Whether a folder holds already all that a run would put there: then nothing is made, and nothing written anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from analysis.batch import plan as plans
from analysis.batch.journal import Entry
from analysis.batch.material import Prepared
from analysis.batch.placing import MANIFEST, Place, hash_of
from analysis.batch.planning import Plan
from analysis.catalogue.workspace import Workspace
from analysis.report.origin import code, lock_hash

NAME = "settled"
"""what it is called in the journal"""


def surroundings(workspace: Workspace, material: Prepared, plan: Plan) -> str:
    """A hash of all that the manifest and the site are written from, apart from the pages.

    What the pages are asked for and made from, the commit, the locked packages, the release that the figures belong
    to, and the runs beside this one, of which the index tells.
    """
    figures = material.figures
    return plans.hashed(
        [
            plan.identity,
            str(code(workspace.root)),
            lock_hash(workspace.root),
            [figures.audience, figures.school, figures.decision.release],
            _beside(plan.place.out),
        ]
    )


def _beside(out: Path) -> list[list[object]]:
    """The runs beside a run: their manifests, and which of their pages are there and since when."""
    found: list[list[object]] = []
    for manifest in sorted(out.resolve().parent.glob(f"*/{MANIFEST}")):
        if manifest.parent == out.resolve():
            continue
        pages = sorted(manifest.parent.glob("*/*.html"))
        known = [[each.relative_to(manifest.parent).as_posix(), each.stat().st_mtime_ns] for each in pages]
        found.append([manifest.parent.name, hash_of(manifest), known])
    return found


def settle(plan: Plan, entries: Sequence[Entry], around: str) -> None:
    """Write down that the folder holds all pages and all that tells of them, and by which hashes these are known."""
    pages = {each.path for each in entries}
    others = {name: hash_of(plan.place.out / name) for name in _names(plan.place.out) if name not in pages}
    written = {"around": around, "pages": _known(entries), "others": others}
    plan.journal.tell(**{NAME: json.dumps(written, sort_keys=True)})


def is_settled(plan: Plan, around: str) -> bool:
    """Whether every page is kept where it lies, and what tells of them was written from the very same things."""
    told, place = plan.journal.about(NAME), plan.place
    if not told or plan.todo or plan.failed or plan.selection.shard is not None or _is_unfinished(place):
        return False
    written = json.loads(told)
    return (
        bool(written["around"] == around and written["pages"] == _known(plan.kept))
        and all(place.file(each.path, each.sha256) == place.out / each.path for each in plan.kept)
        and all(hash_of(place.out / name) == known for name, known in written["others"].items())
    )


def _is_unfinished(place: Place) -> bool:
    return place.stage.exists() or (place.work / "placing").exists()


def _known(entries: Sequence[Entry]) -> list[list[str]]:
    return sorted([each.unit_id, each.path, each.sha256] for each in entries)


def _names(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())

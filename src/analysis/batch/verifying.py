"""Make a page once more and hold it against the one that lies there: the same input gives the same bytes."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from analysis.batch.fingerprints import Fingerprints
from analysis.batch.material import prepared
from analysis.batch.plan import figures_of
from analysis.batch.run import page_request
from analysis.batch.selection import Selection, Tell
from analysis.catalogue import USUAL
from analysis.catalogue.workspace import Workspace
from analysis.errors import PageFailed, UsageError
from analysis.publish.seen import use
from analysis.report import exporter, leaks, look, manifest
from analysis.report.finished import Finished
from analysis.report.known import known_of
from analysis.report.page import make

SAYS = re.compile(r'<meta name="arshjul-(\w+)" content="([^"]*)">')
SHOWN = 5
"""so many lines that differ are shown"""
WIDTH = 160


@dataclass(frozen=True)
class Again:
    """What came of making a page once more.

    ``is_as_made``: its bytes are those that the manifest names. ``is_same``: they are those that were made now.
    ``inputs`` are what the page and the page made now were made from, where these differ; ``lines`` the first lines
    that do.
    """

    is_as_made: bool
    is_same: bool
    inputs: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[str, ...] = ()


def again(workspace: Workspace, page: Path, tell: Tell) -> Again:
    """Make a page anew from the workspace as it is now, beside the page and not in its place, and compare.

    Raises UsageError for a file that is no page of a run, a page that does not say what it was made for, and a unit
    that the workspace's figures do not hold; PageFailed with the reason when it cannot be made now.
    """
    run = Finished.around(page)
    record, before = run.record(page), page.read_bytes()
    said = dict(SAYS.findall(before.decode("utf-8", "replace")[:4096]))
    lacking = [name for name in ("unit", "school_year", "lang", "audience") if name not in said]
    if lacking or said["unit"] != record["unit_id"]:
        raise UsageError(f"{page}: a page says what it was made for in its head\n  missing: {', '.join(lacking)}")
    school = [each for each in (said["unit"], *run.above(said["unit"])) if each.split(":")[1] == "school"]
    selection = Selection(
        only=tuple(school[:1]) if said["audience"] == "school" else (),
        year=said["school_year"],
        lang=said["lang"],
        audience=said["audience"],
        report=said.get("report", USUAL),
        compare_with=said.get("compare_with", ""),
    )
    after, inputs = _made_now(workspace, run, said, selection, tell)
    is_as_made = sha256(before).hexdigest() == record["sha256"]
    lines = () if before == after else _differing(before.decode("utf-8", "replace"), after.decode())
    return Again(is_as_made, before == after, inputs, lines)


def _made_now(
    workspace: Workspace, run: Finished, said: dict[str, str], selection: Selection, tell: Tell
) -> tuple[bytes, tuple[tuple[str, str, str], ...]]:
    """The page made now, and what it is made from that differs."""
    material = prepared(workspace, tell, selection)
    figures = material.figures
    if said["unit"] not in figures.units.index:
        raise UsageError(
            f"the figures that the page was made from are needed\n  found: {workspace.root} knows no {said['unit']}\n"
            "  mend:  verify in the workspace that the run was made in: arshjul -C DIR verify PAGE"
        )
    pages = {str(each["unit_id"]): str(each["path"]) for each in run.pages}
    figures.run = dataclasses.replace(figures.run, pages=pages)
    row = figures.units.loc[said["unit"]]
    unit = {**{str(name): value for name, value in row.items()}, "unit_id": said["unit"]}
    request = page_request(workspace, material, unit, selection)
    use(figures)
    leaks.use(known_of(workspace))
    look.use(look.read(workspace.root))
    os.environ["MPLBACKEND"] = "agg"
    facts = {"data": figures_of(Fingerprints(figures).of(request)), "code": figures.run.code}
    with tempfile.TemporaryDirectory(prefix="arshjul-") as folder:
        record = make(request, Path(folder) / "out", Path(folder) / "work", facts)
        if record.state != "made":
            raise PageFailed(f"the page cannot be made now: {record.reason}")
        after = (Path(folder) / "out" / record.path).read_bytes()
    now = {**facts, "template": exporter.template_version(), "lock": manifest.lock_hash(workspace.root)}
    then = {**said, "lock": str(run.manifest["lock"])}
    now |= {f"version of {name}": each for name, each in manifest.versions().items()}
    then |= {f"version of {name}": str(each) for name, each in run.manifest["versions"].items()}
    return after, tuple((name, then.get(name, ""), each) for name, each in now.items() if then.get(name, "") != each)


def _differing(before: str, after: str) -> tuple[str, ...]:
    """The first lines that differ, each shortened around the first sign that does."""
    found = []
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), "page", "made now", lineterm="", n=0):
        if line[:1] in "+-" and line[:3] not in ("+++", "---"):
            found.append(line if len(line) <= WIDTH else f"{line[:WIDTH]}…")
    return tuple(found[: 2 * SHOWN])

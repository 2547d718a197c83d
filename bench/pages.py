"""One way of making pages, in a process of its own: started by bench/batch.py, prints what it took as one JSON line.

    python bench/pages.py WAY --workspace DIR --out DIR [--jobs N] --units FILE

naive  papermill's command, then nbconvert's, for each unit
api    papermill's API with an ordinary kernel for each unit, then one nbconvert exporter
ours   `analysis.batch.build`, the pages side by side in N forked processes
rerun  the same again, when nothing has changed
floor  the same HTML from the same functions in one process: no notebook, no gate, no file synced
apart  the floor with a forked process for each page
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != BENCH]  # it hides Python's own `statistics`

Found = dict[str, Any]


def processor_time() -> float:
    """Seconds of processor time of this process and of all that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class Clock:
    """Wall clock and processor time since it was made."""

    def __init__(self) -> None:
        self.wall, self.used = time.monotonic(), processor_time()

    def taken(self) -> Found:
        return {"wall": time.monotonic() - self.wall, "cpu": processor_time() - self.used}


def requests_of(folder: Path, ids: list[str]) -> tuple[Any, list[Any]]:
    """The prepared workspace and the requests for the units, as a run would make them."""
    from analysis.batch import Selection
    from analysis.batch.run import page_request, prepared
    from analysis.batch.selection import chosen
    from analysis.catalogue.workspace import Workspace
    from analysis.store import names

    workspace, selection = Workspace.read(folder), Selection(only=tuple(ids))
    material = prepared(workspace, lambda line: None, selection)
    units = names.unit_list(material.snapshot.path)
    picked = chosen(selection, workspace, units, material.schools, material.levels)
    return material, [page_request(workspace, material, unit, selection) for unit in picked]


def naive(folder: Path, out: Path, ids: list[str], jobs: int) -> Found:
    """What a user would pick: two commands for each unit."""
    _, requests = requests_of(folder, ids)
    programs, clock = Path(sys.executable).parent, Clock()
    for request in requests:
        made = out / f"{request.safe_name}.ipynb"
        given = [text for name, value in request.parameters.items() for text in ("-r", name, value)]
        run = ["papermill", str(request.notebook), str(made), "-k", "python3", "--no-progress-bar", *given]
        for command in (run, ["jupyter-nbconvert", "--to", "html", str(made)]):
            subprocess.run(
                [programs / command[0], *command[1:]], cwd=folder, check=True, capture_output=True, text=True
            )
    return {**clock.taken(), "pages": len(list(out.glob("*.html")))}


def api(folder: Path, out: Path, ids: list[str], jobs: int) -> Found:
    """Papermill and nbconvert as libraries: imported once, still a kernel for each page."""
    import papermill
    from nbconvert import HTMLExporter

    _, requests = requests_of(folder, ids)
    os.chdir(folder)
    clock, exporter = Clock(), HTMLExporter()
    for request in requests:
        made = out / f"{request.safe_name}.ipynb"
        node = papermill.execute_notebook(
            request.notebook, made, request.parameters, kernel_name="python3", progress_bar=False
        )
        (out / f"{request.safe_name}.html").write_text(exporter.from_notebook_node(node)[0], encoding="utf-8")
    return {**clock.taken(), "pages": len(list(out.glob("*.html")))}


def ours(folder: Path, out: Path, ids: list[str], jobs: int, *, force: bool = True) -> Found:
    """A run that makes every page; ``wall`` and ``cpu`` are of the whole of it, ``page_`` of one page more."""
    from analysis.batch import Selection, build
    from analysis.catalogue.workspace import Workspace

    clock, when = Clock(), list[tuple[float, float]]()

    def tell(line: str) -> None:
        if line.startswith("page "):
            when.append((time.monotonic() - clock.wall, processor_time() - clock.used))

    summary = build(Workspace.read(folder), Selection(only=tuple(ids), out=out, jobs=jobs, force=force), tell)
    if summary.failed:
        raise SystemExit(f"{len(summary.failed)} pages failed, the first: {summary.failed[0]}")
    found = {**clock.taken(), "pages": summary.made, "kept": summary.kept}
    if len(when) > 1:
        first, last = when[0], when[-1]
        found["page_wall"] = (last[0] - first[0]) / (len(when) - 1)
        found["page_cpu"] = (last[1] - first[1]) / (len(when) - 1)
    return found


def floor(folder: Path, out: Path, ids: list[str], jobs: int, *, apart: bool = False) -> Found:
    """Everything measured once, then page after page by the door's functions and the page's template alone."""
    from analysis.batch.fingerprints import measure
    from analysis.publish.seen import use

    material, requests = requests_of(folder, ids)
    use(material.figures)
    measure(material.figures, requests)
    html_of(requests[0])
    gc.collect()
    gc.freeze()
    clock = Clock()
    for request in requests:
        (forked if apart else write)(request, out)
    taken = clock.taken()
    gc.unfreeze()
    each = {"page_wall": taken["wall"] / len(requests), "page_cpu": taken["cpu"] / len(requests)}
    return {**taken, **each, "pages": len(requests)}


def write(request: Any, out: Path) -> None:
    """The page without a notebook, in its file."""
    (out / f"{request.safe_name}.html").write_text(html_of(request), encoding="utf-8")


def forked(request: Any, out: Path) -> None:
    """The same in a process of its own."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            write(request, out)
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit(f"the page of {request.unit_id} could not be made")


def html_of(request: Any) -> str:
    """One page without a notebook: the cells' own calls, one after the other, and the template."""
    from unittest.mock import patch

    import nbformat
    from nbformat import NotebookNode

    from analysis import publish
    from analysis.report import exporter
    from analysis.report.outputs import pieces

    shown: list[Any] = []

    def keep(data: Any, *, raw: bool, metadata: Any) -> None:
        shown.append(NotebookNode(output_type="display_data", data=data, metadata=metadata))

    seen = publish.open_page(**request.parameters)
    with patch("IPython.display.display", keep):
        for call in calls(request.notebook):
            eval(call, {**vars(publish), "seen": seen})
    found = pieces(nbformat.from_dict({"cells": [{"outputs": shown}]}))
    page = exporter._fields(found[0], found, found[-1], {"template": exporter.template_version()})
    return str(exporter.exporter().template.render(nb=NotebookNode(), resources={"page": page}))


def calls(notebook: Path) -> list[str]:
    """What the notebook's cells do with ``seen``."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [source for source in sources if "(seen)" in source or ", seen)" in source]


WAYS = {
    "naive": naive,
    "api": api,
    "ours": ours,
    "rerun": partial(ours, force=False),
    "floor": floor,
    "apart": partial(floor, apart=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--units", type=Path, required=True, help="a file with one unit id in each line")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    ids = chosen.units.read_text(encoding="utf-8").split()
    print(json.dumps(WAYS[chosen.way](chosen.workspace, chosen.out, ids, chosen.jobs)))


if __name__ == "__main__":
    main()

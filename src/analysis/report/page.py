"""Make one page: run the notebook, export it, check it, and only then put it in its place."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import nbformat
from jinja2 import TemplateError
from nbformat import NotebookNode

from analysis.errors import ArshjulError, Interrupted, PageFailed
from analysis.report.engine import run
from analysis.report.exporter import export
from analysis.report.gate import check
from analysis.report.parameters import PageRequest
from analysis.report.writing import publish

State = Literal["made", "failed", "withheld"]
MOST_OUTPUT = 8_000_000
"""signs that the cells of one page may print and display together"""


@dataclass(frozen=True)
class PageRecord:
    """What became of one page. ``path`` is its place in the folder of the run, also when it was not made."""

    unit_id: str
    level: str
    path: str
    state: State
    reason: str = ""
    sha256: str = ""
    bytes: int = 0
    seconds: float = 0.0
    figures: int = 0
    tables: int = 0
    sentences: int = 0
    code: str = ""
    """why it was not made, in one word (`analysis.errors.PageFailed.code`)"""


def make(
    request: PageRequest,
    out: Path,
    work: Path,
    facts: Mapping[str, str] | None = None,
    engine: str = "arshjul",
) -> PageRecord:
    """Make the page of a request in the folder ``out`` and say what became of it.

    A page that cannot be made is a record with the reason, not an exception, and whatever stood at its
    place stays untouched. The executed notebook is kept in ``work``/notebooks either way. ``facts`` (data
    hash, code commit) are written into the head of the page, and beside them what was asked for.
    """
    started = time.monotonic()
    try:
        node = run(
            request.notebook,
            request.parameters,
            engine,
            keep=lambda node: keep(node, work / "notebooks" / f"{request.safe_name}.ipynb"),
        )
        _refuse_flood(node)
        html = export(node, {**(facts or {}), **request.parameters})
        found = check(html, node, request)
        _refuse_outside(out, request)
        publish(html.encode(), out / request.path)
    except Interrupted:
        raise
    except (ArshjulError, TemplateError) as error:
        reason = str(error) if isinstance(error, ArshjulError) else f"the template stopped: {error}"
        code = getattr(error, "code", "PARAMETER") if isinstance(error, ArshjulError) else "TEMPLATE"
        return _record(request, "failed", started, reason=reason, code=code)
    whole = html.encode()
    return _record(
        request,
        "made",
        started,
        sha256=sha256(whole).hexdigest(),
        bytes=len(whole),
        figures=found.figures,
        tables=len(found.tables),
        sentences=found.sentences,
    )


def _refuse_flood(node: NotebookNode) -> None:
    """What the cells print and display is a page's worth; more is a fault that would fill a disk."""
    shown = [output for cell in node.cells for output in cell.get("outputs", ())]
    signs = sum(
        len(output.get("text", "")) + sum(len(str(each)) for each in output.get("data", {}).values())
        for output in shown
    )
    if signs > MOST_OUTPUT:
        raise PageFailed(
            f"the cells of a page show at most {MOST_OUTPUT:,} signs, found: {signs:,}", "OUTPUT_TOO_LARGE"
        )


def _refuse_outside(out: Path, request: PageRequest) -> None:
    """A link inside the run's folder must not lead a page out of it."""
    if not (out / request.path).resolve().is_relative_to(out.resolve()):
        raise PageFailed(f"{request.path}: a page stays in the folder of its run; found a link that leads out of it")


def _record(request: PageRequest, state: State, started: float, **found: str | int) -> PageRecord:
    seconds = round(time.monotonic() - started, 3)
    return PageRecord(request.unit_id, request.level, request.path, state, seconds=seconds, **found)  # type: ignore[arg-type]


def keep(node: NotebookNode, path: Path) -> None:
    """Keep an executed notebook where it can be opened in JupyterLab."""
    publish(nbformat.writes(node).encode(), path)  # type: ignore[no-untyped-call]

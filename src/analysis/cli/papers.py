"""`arshjul paper`: the pages of a run as PDF or as documents to write on in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.cli.place import workspace_of
from analysis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from analysis.catalogue.workspace import Workspace
    from analysis.report.finished import Finished

EXAMPLES = """\b
Examples:
  arshjul paper --only "Björkskolan"
  arshjul paper reports/demo --level school --as docx --out /tmp/papers
  arshjul paper --with weasyprint
"""


class Form(StrEnum):
    """What a page becomes."""

    PDF = "pdf"
    DOCX = "docx"


class Press(StrEnum):
    """What prints a PDF."""

    CHROMIUM = "chromium"
    WEASYPRINT = "weasyprint"


def paper(
    context: typer.Context,
    run: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="The folder of a run; the one that was written last if not given."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="CODE-OR-NAME", help="Only this unit; may be given several times."),
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option("--level", metavar="LEVEL", help="Only pages of this level; may be given several times."),
    ] = None,
    form: Annotated[Form, typer.Option("--as", help="A tagged PDF on A4, or a Word document to write on in.")] = (
        Form.PDF
    ),
    press: Annotated[
        Press, typer.Option("--with", help="What prints the PDF; a document's figures are always drawn by Chromium.")
    ] = Press.CHROMIUM,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write the papers here instead of into reports/papers."),
    ] = None,
) -> None:
    """Print pages as PDF or as Word documents.

    All tables stand in an appendix, and nothing is folded away. A page that was changed after it was made is refused.
    """
    from analysis.catalogue import level as level_named
    from analysis.report.finished import Finished

    levels = tuple(level_named(each).id for each in level or ())
    workspace = workspace_of(context)
    found = Finished.chosen(run, workspace.reports)
    pages = [found.find(text) for text in only or ()] if only else found.pages
    pages = [page for page in pages if page["state"] == "made" and (not levels or page["level"] in levels)]
    if not pages:
        raise UsageError(f"there is no such page in {found.folder}\n  mend:  choose others with --only and --level")
    place = out or _place(workspace, found)
    if place.resolve().is_relative_to(found.folder.resolve()):
        raise UsageError(f"--out: a run holds pages only, and papers lie beside it\n  found: {place} is inside the run")
    for file in _printed(workspace, found, pages, place, form, _made_by(form, press)):
        typer.echo(file)


def pdf_of_run(workspace: Workspace, run: Path, units: Collection[str], tell: Callable[[str], None]) -> Path:
    """Print the pages of these units, as they lie in a run's folder, as PDF by Chromium; gives the folder of papers."""
    from analysis.report.finished import Finished

    found = Finished.read(run)
    pages = [page for page in found.pages if page["state"] == "made" and page["unit_id"] in units]
    place = _place(workspace, found)
    made = _made_by(Form.PDF, Press.CHROMIUM)
    for number, file in enumerate(_printed(workspace, found, pages, place, Form.PDF, made), 1):
        tell(f"paper {number}/{len(pages)} {file.name}")
    return place


def _place(workspace: Workspace, found: Finished) -> Path:
    """Where the papers of a run lie unless another folder is named: beside it, for a run holds pages only."""
    return workspace.reports / "papers" / found.folder.resolve().name


def _printed(
    workspace: Workspace, found: Finished, pages: Sequence[dict[str, Any]], place: Path, form: Form,
    made: Callable[[str], bytes],
) -> Iterator[Path]:  # fmt: skip
    """The papers of these pages, one after the other, each scanned for leaks before it is put in place."""
    from analysis.report import leaks
    from analysis.report.known import known_of
    from analysis.report.writing import publish

    leaks.use(known_of(workspace))
    for page in pages:
        content = made(found.html(page))
        file = place / Path(str(page["path"])).with_suffix(f".{form.value}")
        leaks.refuse(leaks.scan(content, file.name, leaks.in_use()))
        publish(content, file)
        yield file


def _made_by(form: Form, press: Press) -> Callable[[str], bytes]:
    """What makes the bytes of a paper from those of a page; asked first whether it can at all."""
    from analysis.report.printing import PRINTERS, chromium

    if form is Form.DOCX:
        chromium()
        from analysis.report.document import document

        return document
    if press is Press.CHROMIUM:
        chromium()
    from analysis.report.paper import edition

    return lambda html: PRINTERS[press.value](edition(html))

"""What the door displayed, read back from an executed notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from analysis.errors import GateClosed

KINDS = ("heading", "summary", "question", "below", "part", "dialogue", "coverage", "methods", "end")
TEXTS = ("kind", "unit", "unit_name", "school_year", "lang", "title")
COUNTS = ("figures", "tables", "sentences")
SECTION_ID = re.compile(r'<section\b[^>]*?\sid="([^"]+)"')


@dataclass(frozen=True)
class Piece:
    """One displayed part of a page: its HTML and the marks the door put on it."""

    cell: int
    kind: str
    unit: str
    unit_name: str
    school_year: str
    lang: str
    title: str
    figures: int
    tables: int
    sentences: int
    made_up: bool
    html: str
    description: str = ""
    view: str = ""
    """the name of the view that begins with it, in words; empty when none does"""

    @property
    def anchor(self) -> str:
        """The id of the part's section, for the list of contents; empty when it has none."""
        found = SECTION_ID.search(self.html)
        return found.group(1) if found else ""

    @property
    def where(self) -> str:
        """How an error names the part."""
        return f"cell {self.cell} ({self.kind}{f' {self.anchor}' if self.anchor else ''})"


def pieces(node: NotebookNode) -> tuple[Piece, ...]:
    """The parts of the page, in the order they were displayed.

    Only what the door marked is a part; prints and other displays stay in the notebook. Raises GateClosed
    for an error output, an unknown kind, a missing mark or a part without HTML.
    """
    found = []
    for index, cell in enumerate(node.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                raise GateClosed(f"cell {index}: a page is made from a notebook without errors, got: {output.ename}")
            marks = output.get("metadata", {}).get("arshjul")
            if marks is not None:
                found.append(_piece(index, marks, output))
    return tuple(found)


def _piece(index: int, marks: NotebookNode, output: NotebookNode) -> Piece:
    texts: dict[str, Any] = {name: marks.get(name) for name in TEXTS}
    counts: dict[str, Any] = {name: marks.get(name, 0) for name in COUNTS}
    html = output.get("data", {}).get("text/html")
    made_up = marks.get("made_up", False)
    where = f"cell {index}"
    if texts["kind"] not in KINDS:
        raise GateClosed(f"{where}: a part's kind is one of {', '.join(KINDS)}, got: {texts['kind']!r}")
    wrong = [name for name, value in texts.items() if not isinstance(value, str)]
    wrong += [name for name, value in counts.items() if type(value) is not int or value < 0]
    wrong += [] if isinstance(made_up, bool) else ["made_up"]
    if wrong:
        raise GateClosed(f"{where} ({texts['kind']}): a part is marked with {', '.join(wrong)}, which is not so here")
    if not isinstance(html, str) or not html.strip():
        raise GateClosed(f"{where} ({texts['kind']}): a part has HTML, got: nothing")
    description, view = str(marks.get("description", "")), str(marks.get("view", ""))
    return Piece(cell=index, html=html, made_up=made_up, description=description, view=view, **texts, **counts)

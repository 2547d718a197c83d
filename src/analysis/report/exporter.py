"""An executed notebook to one self-contained HTML page, by nbconvert with a template of our own.

Nothing but what the door displayed is rendered: no source code, no prints, no other output. The page is
static, needs no JavaScript and fetches nothing (its content security policy forbids it).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode

from analysis.errors import GateClosed
from analysis.report import look
from analysis.report.outputs import Piece, pieces
from analysis.report.style_sheet import needed, short

TEMPLATE = Path(__file__).parent / "template"
CONTENTS = {"sv": "På den här sidan", "nb": "På denne siden", "en": "On this page"}
SKIP = {"sv": "Hoppa till innehållet", "nb": "Hopp til innholdet", "en": "Skip to the content"}
LISTED = ("summary", "question", "below", "part", "dialogue", "coverage", "methods")


class PageExporter(TemplateExporter):
    """An nbconvert exporter for report notebooks: one template, no preprocessors, no missing field allowed."""

    export_from_notebook = "Årshjul page"
    file_extension = ".html"
    output_mimetype = "text/html"

    def __init__(self, **settings: Any) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            template_paths=[str(TEMPLATE)], template_file="page.html.j2", default_preprocessors=[], **settings
        )

    def _create_environment(self) -> Environment:
        return strict(super()._create_environment())  # type: ignore[no-untyped-call]

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as it is: without a preprocessor there is nothing to copy, to mend or to check again."""
        return nb, resources

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The notebook as HTML. ``resources["facts"]`` becomes `meta` elements of the page."""
        found = pieces(nb)
        ends = [piece for piece in found if piece.kind == "end"]
        headings = [piece for piece in found if piece.kind == "heading"]
        if len(ends) != 1 or len(headings) != 1:
            raise GateClosed(
                f"a page has one heading and one end, got: {len(headings)} and {len(ends)}\n"
                "  mend:  let the notebook call heading(seen) first and close(seen) last"
            )
        given = dict(resources or {})
        given["page"] = _fields(headings[0], found, ends[0], given.pop("facts", {}))
        html, made = super().from_notebook_node(nb, given, **kw)
        return html, dict(made)


def strict(environment: Environment) -> Environment:
    """A template environment that escapes all text and stops at a missing field."""
    environment.undefined = StrictUndefined
    environment.autoescape = True
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals["policy"] = Markup(policy())
    environment.globals["policy_without_drawings"] = Markup(policy(drawings=False))
    return environment


def _fields(heading: Piece, found: tuple[Piece, ...], end: Piece, facts: Mapping[str, str]) -> dict[str, Any]:
    """What the template fills in; only the door's own HTML is let through unescaped."""
    return {
        "lang": end.lang,
        "title": end.title,
        "description": end.description or end.title,
        "skip": SKIP[end.lang],
        "contents_title": CONTENTS[end.lang],
        "contents": [
            (piece.view, piece.anchor, piece.title) for piece in found if piece.kind in LISTED and piece.anchor
        ],
        "facts": sorted(facts.items()),
        "heading": Markup(heading.html),
        "sections": [Markup(piece.html) for piece in found if piece not in (heading, end)],
        "end": Markup(end.html),
        "style": Markup(style_of(found)),  # our own file, never text from outside
    }


def exporter() -> PageExporter:
    """The one exporter of this process for the look in use: the template is compiled once."""
    return _exporter(look.in_use())


@lru_cache(maxsize=2)
def _exporter(in_use: look.Look) -> PageExporter:
    return PageExporter()


@lru_cache(maxsize=1)
def _sheet() -> str:
    """The whole sheet, shortened."""
    return short((TEMPLATE / "page.css").read_text(encoding="utf-8")) + "\n"


def style() -> str:
    """The whole style sheet, with the workspace's own look after it."""
    return _sheet() + look.in_use().css


@lru_cache(maxsize=1)
def _frame() -> str:
    return (TEMPLATE / "page.html.j2").read_text(encoding="utf-8")


def style_of(pieces_of_page: Iterable[Piece]) -> str:
    """What of the style sheet can touch a page made of these pieces, with the workspace's own look after it."""
    html = _frame() + "".join(piece.html for piece in pieces_of_page)
    return needed(_sheet(), html) + "\n" + look.in_use().css


def sign(text: str) -> str:
    """The hash by which a content security policy lets one text through: ``'sha256-…'``."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def policy(*, drawings: bool = True) -> str:
    """What a page may do, enforced by the browser: show its own style sheet and the images it holds, nothing else.

    A page without drawings lets its style sheet through by its hash. With drawings all inline style is let through:
    whether a page's policy holds inside the SVG of its images differs between browsers, and black shapes in the
    place of lines would be a wrong figure.
    """
    style_sheet = "\n" + style()  # as it stands between the tags
    allowed = "'unsafe-inline'" if drawings else sign(style_sheet)
    return f"default-src 'none'; img-src data:; style-src {allowed}; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def template_version() -> str:
    """The template's name in manifests and pages: the first 12 signs of the hash of its files."""
    whole = sha256()
    for path in sorted(TEMPLATE.iterdir()):
        if path.suffix in (".j2", ".css"):
            whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:12]


def export(node: NotebookNode, facts: Mapping[str, str] | None = None) -> str:
    """The page of an executed notebook. ``facts`` (data hash, code commit …) are written into its head."""
    known = {"template": template_version(), **(facts or {})}
    html, _ = exporter().from_notebook_node(node, {"facts": known})
    return html

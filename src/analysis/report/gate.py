"""The gate: nothing leaves unchecked. An empty page passes every accessibility test, but not this one."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbformat import NotebookNode

from analysis.catalogue import report_kind
from analysis.errors import GateClosed
from analysis.model import Lang
from analysis.report import leaks
from analysis.report.exporter import sign
from analysis.report.outputs import COUNTS, Piece, pieces
from analysis.report.parameters import PageRequest
from analysis.report.reading import Account, Counts, account, account_with_parts

MOST_BYTES = 1_000_000
MOST_OF_LIST = 10_000_000
"""of a page that lists a nation's units, some 250 bytes each"""
SHORTEST_ALT = 20
NOT_A_NUMBER = re.compile(r"(?<![\w-])(?:nan|NaN|NAN|None|inf|NaT|<NA>)(?![\w-])")
TRACEBACK = re.compile(r"Traceback \(most recent call last\)|\b[A-Z]\w*(?:Error|Exception)\b: ")
DUMMY_ALT = re.compile(
    r"^\W*(no description|image|figure|bild(e)?|diagram|figur|picture|plot|chart|alt text|todo|lorem)\b.{0,12}$"
    r"|no description has been provided",
    re.IGNORECASE,
)
SCRIPTS = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
INSIDE = re.compile(
    r"#[\w:.-]+|data:(?:text/csv|image/svg\+xml|image/png)[;,].*|(?:\.\./)?(?:[\w-]+/)*[\w-]+\.html(?:#[\w:.-]*)?",
    re.DOTALL,
)


def check(html: str, node: NotebookNode, request: PageRequest) -> Account:
    """The account of a page that may be published.

    Raises GateClosed with the rule, what was found and where, at the first rule the page breaks: it is
    about the unit, school year and language asked for, and says so when its figures are made up; every cell
    ran to the end; figures, tables and sentences are as many as were displayed; no error, no number that is
    none, no outside address; every picture and table can be read by those who cannot see it; and no byte tells of a
    person, a key or a machine (`analysis.report.leaks`).
    """
    _every_cell_ran(node)
    shown = pieces(node)
    whole, counts = account_with_parts(html, [piece.html for piece in shown])
    for rule in (_is_whole, _is_about, _says_whether_made_up):
        rule(shown, whole, request)
    _counts_agree(shown, whole, counts)
    for look in LOOKS:
        look(whole)
    if len(html.encode()) > MOST_BYTES:
        raise _closed("a page is at most 1 MB", f"{len(html.encode()):,} bytes", "the whole page")
    leaks.refuse(leaks.scan(html.encode(), request.path, leaks.in_use()))
    return whole


def check_site_page(html: str, path: str, script: str = "") -> Account:
    """The account of one of the site's own pages (index, methods, words, what is not shown) that may be published.

    Raises GateClosed as `check` does for a page about a unit, for what holds of every page: one language, title and
    h1, something said, tables that can be heard, no false number, no outside address, nothing that tells of a person,
    a key or a machine. The page may run ``script`` and no other code, and its policy must say so by that one hash.
    """
    whole = account(html)
    if whole.lang not in {each.value for each in Lang}:
        raise _closed("a page has the language of the run", repr(whole.lang), path)
    if len(whole.headings) != 1 or not _plain(whole.headings[0]) or not _plain(whole.title):
        raise _closed("a page has one h1 and a title", f"{whole.headings}, {whole.title!r}", path)
    _runs_only(script, html, whole, path)
    for look in LOOKS:
        look(whole)
    if len(html.encode()) > MOST_OF_LIST:
        raise _closed("a page of the site is at most 10 MB", f"{len(html.encode()):,} bytes", path)
    leaks.refuse(leaks.scan(html.encode(), path, leaks.in_use()))
    return whole


def _runs_only(script: str, html: str, whole: Account, path: str) -> None:
    """The page holds the one script that it may hold, and its policy lets through that script by its hash."""
    found = SCRIPTS.findall(html)
    if found != ([("", script)] if script else []):
        raise _closed("a page runs no code but the site's own", f"{len(found)} scripts", path)
    policy = POLICY.search(html)
    wanted = f"script-src {sign(script)}" if script else ""
    if policy is None or "default-src 'none'" not in policy.group(1) or wanted not in policy.group(1):
        raise _closed("a page's policy forbids all that it does not need", "another policy", path)
    if script:
        whole.forbidden.remove("<script>")


def _closed(rule: str, found: str, where: str) -> GateClosed:
    return GateClosed(f"the gate is closed: {rule}\n  found: {found}\n  where: {where}")


def _every_cell_ran(node: NotebookNode) -> None:
    code = [(index, cell) for index, cell in enumerate(node.cells) if cell.cell_type == "code"]
    for index, cell in code:
        if cell.execution_count is None:
            raise _closed("every code cell has run", "a cell without an execution count", f"cell {index}")
        for output in cell.outputs:
            if output.output_type == "error":
                raise _closed("no cell ends in an error", str(output.ename), f"cell {index}")


def _is_whole(shown: tuple[Piece, ...], whole: Account, request: PageRequest) -> None:
    kinds = [piece.kind for piece in shown]
    report = report_kind(request.report)
    for kind in ("heading", "summary", "end") if "in_short" in report.parts else ("heading", "end"):
        if kinds.count(kind) != 1:
            raise _closed(f"a page has one {kind}", f"{kinds.count(kind)}", "the notebook's outputs")
    if "question" in report.needs and "question" not in kinds:
        raise _closed("a page answers at least one question", "none", "the notebook's outputs")
    if not {"question", "part"} & set(kinds):
        raise _closed(f"a page of the kind {report.id} has at least one part", "none", "the notebook's outputs")
    if kinds[0] != "heading" or kinds[-1] != "end":
        raise _closed("the heading comes first and the end last", ", ".join(kinds), "the notebook's outputs")


def _is_about(shown: tuple[Piece, ...], whole: Account, request: PageRequest) -> None:
    """The unit, school year and language asked for are those of every part and of the page."""
    asked = {
        "unit": request.unit_id,
        "unit_name": request.unit_name,
        "school_year": request.school_year,
        "lang": request.lang,
    }
    for piece in shown:
        for name, value in asked.items():
            if getattr(piece, name) != value:
                raise _closed(f"every part has the {name} {value!r}", repr(getattr(piece, name)), piece.where)
    for unit in whole.units:
        if unit != request.unit_id:
            raise _closed(f"the page is about {request.unit_id}", unit, "data-unit in the page")
    if not whole.units:
        raise _closed(f"the page is about {request.unit_id}", "no data-unit", "the page")
    if whole.lang != request.lang:
        raise _closed(f"the page's lang is {request.lang}", repr(whole.lang), "<html>")
    if len(whole.headings) != 1:
        raise _closed("a page has one h1", f"{len(whole.headings)}", "the page")
    for where, text in (("the h1", whole.headings[0]), ("the title", whole.title)):
        if _plain(request.unit_name) not in _plain(text):
            raise _closed(f"the unit's name {request.unit_name!r} stands in {where}", repr(text), where)
    if request.school_year not in whole.heading:
        raise _closed(f"the school year {request.school_year} stands in the heading", repr(whole.heading), "header")


def _says_whether_made_up(shown: tuple[Piece, ...], whole: Account, request: PageRequest) -> None:
    """The run, the heading's mark and the words in the page agree on whether the figures are made up."""
    wanted = "that its figures are made up" if request.is_made_up else "nothing of made-up figures"
    marked = shown[0].made_up
    if marked is not request.is_made_up:
        raise _closed(f"the heading says {wanted}", f"marked made_up: {marked}", shown[0].where)
    notices = [_plain(each) for each in whole.made_up]
    if len(notices) != int(request.is_made_up):
        raise _closed(f"the page says {wanted}", f"{len(notices)} notices", "the page")
    if any(len(each) < SHORTEST_ALT or each not in _plain(whole.heading) for each in notices):
        raise _closed("the notice stands in words in the heading", repr(notices[0]), "the page")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _counts_agree(shown: tuple[Piece, ...], whole: Account, counts: list[Counts]) -> None:
    """What was displayed is what stands in the page: part by part, in sum, and in the end's totals."""
    end = shown[-1]
    found = {"figures": whole.figures, "tables": len(whole.tables), "sentences": whole.sentences}
    for piece, counted in zip(shown[:-1], counts, strict=False):
        for name, number in zip(COUNTS, counted, strict=True):
            if number != getattr(piece, name):
                raise _closed(f"the part has {getattr(piece, name)} {name}", f"{number}", piece.where)
    for name in COUNTS:
        displayed = sum(getattr(piece, name) for piece in shown[:-1])
        if not displayed == found[name] == getattr(end, name):
            raise _closed(
                f"as many {name} in the page as were displayed",
                f"{displayed} displayed, {found[name]} in the page, {getattr(end, name)} at the end",
                "the whole page",
            )
    if not whole.sentences:
        raise _closed("a page says something", "no sentence", "the whole page")


def _can_be_heard(whole: Account) -> None:
    if whole.figures != len(whole.images):
        raise _closed("one image for each figure", f"{len(whole.images)} images, {whole.figures} figures", "the page")
    for number, alt in enumerate(whole.images, 1):
        text = _plain(alt or "")
        if len(text) < SHORTEST_ALT or DUMMY_ALT.search(text):
            raise _closed("every image says in words what it shows", repr(alt), f"image {number}")
    for number, (captioned, scoped) in enumerate(whole.tables, 1):
        if not captioned:
            raise _closed("every table has a caption", "none", f"table {number}")
        if not scoped:
            raise _closed("every header cell has a scope", "a th without", f"table {number}")
    twice = sorted({each for each in whole.ids if whole.ids.count(each) > 1})
    if twice:
        raise _closed("an id is used once", ", ".join(twice), "the page")


def _has_no_false_number(whole: Account) -> None:
    for text in (whole.title, *whole.words):
        for rule, pattern in (("a missing number is words", NOT_A_NUMBER), ("no error text", TRACEBACK)):
            found = pattern.search(text)
            if found:
                raise _closed(rule, repr(found.group()), repr(_plain(text)[:120]))


def _stays_inside(whole: Account) -> None:
    if whole.forbidden:
        raise _closed("a page runs no code and loads nothing", ", ".join(whole.forbidden), "the page")
    for address in whole.addresses:
        if INSIDE.fullmatch(address) is None:
            raise _closed("a page links to its own run only", repr(address[:120]), "an address in the page")
        if address.startswith("#") and address[1:] not in whole.ids:
            raise _closed("a link inside the page leads somewhere", repr(address), "the page")
    for address in whole.drawn_addresses:
        if not address.startswith(("#", "data:image/png;")):
            raise _closed("a drawing fetches nothing", repr(address[:120]), "an image")


LOOKS: tuple[Callable[[Account], None], ...] = (_can_be_heard, _has_no_false_number, _stays_inside)

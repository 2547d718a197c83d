"""What a page says, read from its bytes alone: its tables' figures, its sentences, and what its wrappings add."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote

from analysis.audit.numbers import SCHOOL_YEAR, alike, number_in
from analysis.drawing.address import drawn

CSV_LINK = "data:text/csv;charset=utf-8,"
UNDRAWN = re.compile(
    r"<!--(.*?)-->|<(title|desc|metadata)\b[^>]*>(.*?)</\2>|\sdata-[\w-]+=[\"']([^\"']*)[\"']", re.DOTALL
)
TAG = re.compile(r"<[^>]*>")
DRAWN = re.compile(r"<(?:text|tspan)\b[^>]*>([^<]+)")
MARKS = frozenset(f"data-{name}" for name in ("unit", "question", "indicator", "verdict", "field", "by"))
SAID = frozenset(("li", "strong", "figcaption", "p", "summary", "caption", "h2", "h3"))
INSIDE = frozenset(("p", "ul", "ol", "li"))
"""what may begin inside an item"""
BEGINS = SAID | INSIDE | {"h1", "dt", "dd"}
ELSEWHERE = frozenset(("table", "title", "style", "script"))
"""read in another way, or not for people; any other text that stands loose is said"""
IN_LINE = frozenset(("a", "abbr", "b", "code", "em", "i", "small", "span", "sub", "sup"))
CODE = frozenset(("script", "iframe", "object", "embed", "template"))
HAS_CODE, HOLDS_NUMBERS = "{}: <{}> may hold what the page does not show", "{}: the mark {} holds numbers"
ABOUT = ("indicator_id", "unit_id", "group", "school_year_start", "reference_unit_id")
"""the last columns of a CSV: which figure each row is, and the unit that it is held against where there is one"""
UNTOLD, OTHER_CELLS = "{}: a table of figures does not say which they are", "{}: a CSV holds other cells than its table"
WRITTEN, CARD, BY = "written", "#card", "data-by"
"""the class of what people have written, its number on the page, and the mark of who wrote it where not the unit"""
OWN, OURS = "the page's own unit", frozenset(("ours", "origin"))
"""who wrote what has no mark, and the classes of the program's own words among what people have written"""
VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "col", "wbr"))


class Figure(NamedTuple):
    """One number, or the words in its place, as it stands in a table: which figure it is, and what is said of it."""

    where: str
    indicator: str
    unit_id: str
    group: str
    year: str
    field: str
    text: str
    value: float
    decimals: int


class Said(NamedTuple):
    """One text outside the tables: where it stands, of which indicator (if marked), in words.

    ``by`` is the unit that has written it, empty for the program's own words; ``card`` numbers what stands together
    with something written, nought for what does not.
    """

    where: str
    indicator: str
    text: str
    by: str = ""
    card: int = 0


@dataclass
class PageRead:
    """Everything that a page says, and the ``faults`` that make it say more than it shows.

    ``beside`` are rows of tables of figures that are about none, such as how far the schools of a unit lie apart: their
    cells, and then the heads of the columns.
    """

    unit_id: str = ""
    name: str = ""
    lang: str = ""
    figures: list[Figure] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    beside: list[tuple[str, ...]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_page(html: str, where: str) -> PageRead:
    """What stands in one page: tables with their CSV, sentences, key figures, alternative texts, drawings.

    Columns say in ``data-field`` what they say of a figure, and the CSV under the table says in its last columns which
    figure each row is. A table of figures without such a CSV, a CSV that holds more or other cells than its table, and
    numbers in comments, hidden marks and descriptions of drawings, are faults.
    """
    reader = _Reader(where)
    reader.feed(html)
    reader.close()
    reader.end_table()
    page, own = reader.page, reader.page.unit_id
    page.said = [each._replace(by=own) if each.by == OWN else each for each in page.said]
    return page


@dataclass
class _Table:
    fields: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    is_told: bool = False


class _Reader(HTMLParser):
    def __init__(self, where: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.where = PageRead(), where
        self.open: list[tuple[str, dict[str, str]]] = []
        self.table, self.is_head, self.cell, self.text = _Table(), False, False, ""
        self.label, self.loose, self.cards = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if WRITTEN in found.get("class", "").split():
            self.cards += 1
            found[CARD] = str(self.cards)
        self._say_loose(tag)
        self._marks(tag, found)
        if tag in INSIDE:
            self._said_so_far()
        if tag in CODE:
            self.page.faults.append(HAS_CODE.format(self.where, tag))
        if tag not in VOID:
            self.open.append((tag, found))
        if tag == "html":
            self.page.lang = found.get("lang", "")
        self.page.unit_id = self.page.unit_id or found.get("data-unit", "")
        if tag == "table":
            self.end_table()
            self.table = _Table()
        elif tag == "tr":
            self.table.rows.append([])
        elif tag in ("th", "td"):
            self.cell, self.text = True, ""
            if found.get("scope") == "col":
                self.table.fields.append(found.get("data-field", ""))
        elif tag in BEGINS:
            self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if not any(name in BEGINS or name in ELSEWHERE for name, _ in self.open):
            self.loose += data

    def _say_loose(self, tag: str) -> None:
        """What stands outside every paragraph, list and table, as far as it stands together."""
        if tag not in IN_LINE:
            self._say("text that stands loose", self.loose)
            self.loose = ""

    def handle_comment(self, data: str) -> None:
        if any(sign.isdigit() for sign in data):
            self.page.faults.append(f"{self.where}: a comment holds numbers")

    def handle_endtag(self, tag: str) -> None:
        self._say_loose(tag)
        names = [name for name, _ in self.open]
        marks: dict[str, str] = {}
        if tag in names:
            place = len(names) - 1 - names[::-1].index(tag)
            marks = self.open[place][1]
            del self.open[place:]
        if tag in ("th", "td") and self.cell:
            self.cell = False
            self.table.rows[-1].append(self.text.strip())
        elif tag == "h1":
            self.page.name = " ".join(SCHOOL_YEAR.sub(" ", self.text).split())
        elif tag in SAID:
            self._say(tag, self.text, marks.get("data-indicator", ""), marks)
        elif tag == "dt":
            self.label = self.text
            self._say(tag, self.text)
        elif tag == "dd":
            is_key = any("keys" in marks.get("class", "").split() for _, marks in self.open)
            text = f"{self.label}: {self.text}" if is_key else self.text
            self._say("key figure" if is_key else tag, text, marks=marks)

    def _said_so_far(self) -> None:
        """What an item says before a paragraph in it begins."""
        around = [(name, marks) for name, marks in self.open if name in SAID]
        if around and not self.cell:
            name, marks = around[-1]
            self._say(name, self.text, marks.get("data-indicator", ""))

    def _say(self, place: str, text: str, indicator: str = "", marks: dict[str, str] | None = None) -> None:
        """Note a text about the unit; the methods have numbers of their own and are left out."""
        around = [each for _, each in self.open] + [marks or {}]
        if text.strip() and not any("methods" in each.get("class", "").split() for each in around):
            card = next((int(each[CARD]) for each in reversed(around) if CARD in each), 0)
            is_ours = not card or OURS.intersection((marks or {}).get("class", "").split())
            by = "" if is_ours else next((each[BY] for each in reversed(around) if BY in each), OWN)
            self.page.said.append(Said(f"{self.where}, {place}", indicator, " ".join(text.split()), by, card))

    def _marks(self, tag: str, found: dict[str, str]) -> None:
        """What stands in attributes: texts for those who listen, drawings, tables to take along, hidden marks."""
        for name in ("alt", "title", "aria-label"):
            self._say(name, found.get(name, ""))
        for name, value in found.items():
            if name.startswith("data-") and name not in MARKS and any(sign.isdigit() for sign in value):
                self.page.faults.append(HOLDS_NUMBERS.format(self.where, name))
        source, address = found.get("src", ""), found.get("href", "")
        drawing = drawn(source)
        if drawing is not None:
            self._drawing(drawing)
        if address.startswith(CSV_LINK):
            self._taken_along(unquote(address.removeprefix(CSV_LINK)))

    def _drawing(self, svg: str) -> None:
        for found in UNDRAWN.finditer(svg):
            if any(sign.isdigit() for each in found.groups() for sign in TAG.sub("", each or "")):
                self.page.faults.append(f"{self.where}: a drawing holds numbers that it does not show")
        for text in DRAWN.findall(svg):
            self._say("drawing", text)

    def end_table(self) -> None:
        """A table whose columns are figures must have said which figure each row is before the next table begins."""
        if any(self.table.fields) and not self.table.is_told:
            self.page.faults.append(UNTOLD.format(self.where))

    def _taken_along(self, text: str) -> None:
        """The CSV holds the cells of the table before it, and no others but what its rows are about."""
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
        shown = self.table.rows
        width = len(shown[0]) if shown else 0
        about = tuple(rows[0][width:]) if rows else ()
        is_same = len(rows) == len(shown) and about in ((), ABOUT[:-1], ABOUT)
        for cells, taken in zip(shown, rows, strict=False):
            is_same &= len(taken) == width + len(about)
            is_same &= all(alike(*pair, self.page.lang) for pair in zip(cells, taken, strict=False))
        if not is_same:
            self.page.faults.append(OTHER_CELLS.format(self.where))
        if about and not self.table.is_told:
            self.table.is_told = True
            for cells, taken in zip(shown[1:], rows[1:], strict=False):
                self._figures(cells, taken[width:])

    def _figures(self, cells: list[str], about: list[str]) -> None:
        """The figures of a row; a row about nothing, such as a change per year, is none."""
        indicator, unit, group, year, against = (*about, "", "", "", "", "")[: len(ABOUT)]
        if not unit:
            self.page.beside.append((*cells, *self.table.rows[0]))
            return
        for name, text in zip(self.table.fields, cells, strict=False):
            if name:
                self.page.figures += self._figure((indicator, unit, group, year), name, text, against)

    def _figure(self, about: tuple[str, str, str, str], name: str, text: str, against: str) -> list[Figure]:
        indicator, unit, group, year = about
        if name == "reference":
            if not against:
                return []
            name, unit = "value", against
        name, _, other = name.partition("@")
        value, decimals = number_in(text, self.page.lang) or (math.nan, 0)
        return [Figure(self.where, other or indicator, unit, group, year, name, text, value, decimals)]

"""What stands in a page: an account of its HTML, taken in one reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from analysis.drawing.address import drawn

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
UNSEEN = frozenset(("script", "style", "template"))
LISTS = frozenset(("messages", "findings", "questions"))
"""a list item of these is a sentence about the unit …"""
LED = frozenset(("below", "coverage", "part"))
"""… and so is the lead of these sections, which have no such list"""
WRITTEN = "written"
"""the class of what people have written, in which a word such as None is no missing number"""
MADE_UP = "made-up"
"""the class of the notice that the figures are made up"""
LOADING = frozenset(("src", "href", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href"))
STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]*)|@import\s+['\"]([^'\"]*)")
SVG_TEXT = re.compile(r"<(?:text|tspan|title|desc)\b[^>]*>([^<]+)")
SVG_ADDRESS = re.compile(r"""\b(?:xlink:)?href\s*=\s*["']([^"']*)|url\(\s*['"]?([^'")]*)""")


Counts = tuple[int, int, int]
"""figures, tables and sentences"""


@dataclass
class Account:
    """The figures, tables, sentences, texts and addresses of a page or of a part of one."""

    lang: str = ""
    title: str = ""
    headings: list[str] = field(default_factory=list)
    heading: str = ""
    """all visible text of the page's `header`"""
    made_up: list[str] = field(default_factory=list)
    """the words of every notice that the figures are made up"""
    figures: int = 0
    images: list[str | None] = field(default_factory=list)
    """the alternative text of every image, None when it has no alt attribute"""
    tables: list[tuple[bool, bool]] = field(default_factory=list)
    """for every table: has it a caption with words, has every header cell a scope"""
    sentences: int = 0
    units: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    drawn_addresses: list[str] = field(default_factory=list)
    """the addresses inside SVG images"""
    forbidden: list[str] = field(default_factory=list)
    """elements and attributes that run code or load something"""
    words: list[str] = field(default_factory=list)
    """all visible text, also that in images, but not what people have written"""

    @property
    def counts(self) -> Counts:
        """How many figures, tables and sentences there are."""
        return self.figures, len(self.tables), self.sentences


def account(html: str) -> Account:
    """The account of a page, or of a part of one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.account


def account_with_parts(html: str, parts: Sequence[str]) -> tuple[Account, list[Counts]]:
    """The account of a page, and how many figures, tables and sentences each of its parts has.

    Parts that stand in the page as they are, one after the other, are counted while it is read, and else by themselves.
    """
    reader, read = _Reader(), 0
    counts: list[Counts] = []
    for part in parts:
        place = html.find(part, read)
        if place < 0:
            return account(html), [account(each).counts for each in parts]
        reader.feed(html[read:place])
        before = reader.account.counts
        read = place + len(part)
        reader.feed(part)
        figures, tables, sentences = (now - then for now, then in zip(reader.account.counts, before, strict=True))
        counts.append((figures, tables, sentences))
    reader.feed(html[read:])
    reader.close()
    return reader.account, counts


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.account = Account()
        self.open: list[tuple[str, frozenset[str]]] = []
        self.caption = False
        self.scoped = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        classes = frozenset((found.get("class") or "").split())
        self._note(tag, found)
        if MADE_UP in classes:
            self.account.made_up.append("")
        if tag in ("figure", "h1", "table", "th", "img", "html"):
            getattr(self, f"_{tag}")(found)
        elif self.open and self._is_sentence(tag, classes, self.open[-1][1]):
            self.account.sentences += 1
        if tag not in VOID:
            self.open.append((tag, classes))

    @staticmethod
    def _is_sentence(tag: str, classes: frozenset[str], around: frozenset[str]) -> bool:
        return bool((tag == "li" and around & LISTS) or (tag == "p" and "lead" in classes and around & LED))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]
        if tag == "table":
            self.account.tables.append((self.caption, self.scoped))

    def handle_data(self, data: str) -> None:
        tag = self.open[-1][0] if self.open else ""
        if tag == "style":
            self.account.addresses += [one or other for one, other in STYLE_ADDRESS.findall(data)]
        if tag in UNSEEN or not data.strip():
            return
        if not any(WRITTEN in classes for _, classes in self.open):
            self.account.words.append(data)
        around = {name for name, _ in self.open}
        if tag == "title":
            self.account.title += data
        if "h1" in around:
            self.account.headings[-1] += data
        if "header" in around:
            self.account.heading += data
        if any(MADE_UP in classes for _, classes in self.open):
            self.account.made_up[-1] += data
        if "caption" in around:
            self.caption = True

    def _html(self, found: dict[str, str | None]) -> None:
        self.account.lang = found.get("lang") or ""

    def _figure(self, found: dict[str, str | None]) -> None:
        self.account.figures += 1

    def _h1(self, found: dict[str, str | None]) -> None:
        self.account.headings.append("")

    def _table(self, found: dict[str, str | None]) -> None:
        self.caption, self.scoped = False, True

    def _th(self, found: dict[str, str | None]) -> None:
        self.scoped = self.scoped and found.get("scope") in ("col", "row", "colgroup", "rowgroup")

    def _img(self, found: dict[str, str | None]) -> None:
        alt, source = found.get("alt"), found.get("src") or ""
        self.account.images.append(alt)
        self.account.words.append(alt or "")
        drawing = drawn(source)
        if drawing is not None:
            self.account.words += SVG_TEXT.findall(drawing)
            self.account.drawn_addresses += [one or other for one, other in SVG_ADDRESS.findall(drawing)]

    def _note(self, tag: str, found: dict[str, str | None]) -> None:
        """Note addresses, ids, units, and whatever runs code or loads something."""
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "svg"):
            self.account.forbidden.append(f"<{tag}>")
        for name, value in found.items():
            if name in LOADING:
                self.account.addresses.append(value or "")
            elif name.startswith("on"):
                self.account.forbidden.append(name)
            elif name == "style":
                self.account.addresses += [one or other for one, other in STYLE_ADDRESS.findall(value or "")]
            elif name == "data-unit":
                self.account.units.append(value or "")
            elif name == "id":
                self.account.ids.append(value or "")
            elif name in ("aria-label", "title"):
                self.account.words.append(value or "")

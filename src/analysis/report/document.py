"""The page as a document to write on in: headings, lists, tables, and figures with their texts for those who listen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

import docx
from bs4 import BeautifulSoup, Tag
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from analysis.report.pack import zipped
from analysis.report.paper import edition
from analysis.report.pictures import Picture, drawn

LANGUAGE = {"sv": "sv-SE", "nb": "nb-NO", "en": "en-GB"}
BLOCKS = frozenset(("p", "h1", "h2", "h3", "summary", "table", "img", "li", "dt", "dd", "figcaption"))
STYLES = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "summary": "Heading 3", "figcaption": "Caption"}
THEN = datetime(2000, 1, 1)
"""the time in every document, so that the same page gives the same bytes"""
WIDTH, MARGIN = Cm(17), Cm(2)


def document(html: str) -> bytes:
    """The page as a Word document (Office Open XML), made from the page's paper edition.

    Every heading, sentence, table and figure of the page is in it, in its order: figures as pictures with the page's
    alternative texts, tables with a header row that is repeated on every sheet. The language is set, so that spelling
    is checked in it. Raises UsageError without Chromium, which draws the figures, and PageFailed when it cannot.
    """
    page = BeautifulSoup(edition(html), "html.parser")
    made = docx.Document()
    lang = str(cast(Tag, page.html)["lang"])
    _prepared(made, lang, cast(Tag, page.title).get_text(strip=True))
    pictures = iter(drawn([str(image["src"]) for image in page.select("main figure img")]))
    for part in page.select("body > header, main > section, body > footer"):
        for block in _blocks(part):
            _written(made, block, pictures)
    buffer = io.BytesIO()
    made.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})


def _prepared(made: Document, lang: str, title: str) -> None:
    """Set paper, language and what the document says of itself."""
    section = made.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    facts = made.core_properties
    facts.title, facts.language, facts.author, facts.comments = title, LANGUAGE[lang], "Årshjul", ""
    facts.created = facts.modified = THEN
    facts.revision = 1
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Caption", "List Bullet", "List Number"):
        style: Any = made.styles[name]
        marks = style.element.get_or_add_rPr()
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:val"), LANGUAGE[lang])
        marks.append(spoken)
    normal: Any = made.styles["Normal"]
    normal.font.size = Pt(10)


def _blocks(part: Tag) -> Iterator[Tag]:
    """The blocks of text, tables and figures in a part of the page, in their order."""
    for each in part.children:
        if not isinstance(each, Tag) or each.name == "nav":
            continue
        if each.name in BLOCKS or _is_box(each):
            yield each
        else:
            yield from _blocks(each)


def _is_box(each: Tag) -> bool:
    """Whether it is a place to write in that stands by itself: of a form, not under a question."""
    return each.name == "div" and "answer" in each.get_attribute_list("class")


def _written(made: Document, block: Tag, pictures: Iterator[Picture]) -> None:
    """Write one block at the end of the document."""
    if block.name == "table":
        _table(made, block)
    elif block.name == "img":
        _figure(made, next(pictures), str(block["alt"]))
    elif _is_box(block):
        for each in block.find_all(["span", "p"]):
            _said(made.add_paragraph(), each).paragraph_format.space_after = Pt(48)
    elif block.name == "li" and (place := block.select_one(".answer")) is not None:
        place.extract()
        _written(made, block, pictures)
        for each in place.find_all(["span", "p"]):
            _said(made.add_paragraph(style="List Continue"), each)
    elif block.name == "li":
        around = block.find_parent(["ol", "ul"])
        is_numbered = around is not None and around.name == "ol"
        _said(made.add_paragraph(style="List Number" if is_numbered else "List Bullet"), block)
    elif block.name == "dt":
        _said(made.add_paragraph(), block).runs[0].bold = True
    else:
        _said(made.add_paragraph(style=STYLES.get(block.name)), block)


def _said(paragraph: Paragraph, block: Tag) -> Paragraph:
    """Write the words of a block into a paragraph; what is strong stays so."""
    for text in block.find_all(string=True):
        words = str(text).replace("\n", " ")
        is_strong = text.find_parent("strong") is not None
        if words.strip():
            paragraph.add_run(words).bold = True if is_strong else None
        elif words and paragraph.runs:
            paragraph.add_run(" ")
    return paragraph


def _table(made: Document, block: Tag) -> None:
    """Write a table with its caption above it and a header row that is repeated on every sheet."""
    rows: Sequence[Tag] = block.select("tr")
    if block.caption is not None:
        _said(made.add_paragraph(style="Caption"), block.caption).paragraph_format.keep_with_next = True
    table = made.add_table(rows=0, cols=max(len(row.find_all(["th", "td"])) for row in rows), style="Table Grid")
    for row in rows:
        cells = table.add_row().cells
        for cell, found in zip(cells, row.find_all(["th", "td"]), strict=False):
            run = cell.paragraphs[0].add_run(found.get_text().strip())
            run.font.size, run.bold = Pt(8), found.name == "th"
    for row, made_row in zip(rows, table.rows, strict=True):
        if row.find_parent("thead") is not None:
            _marked(cast(Any, made_row)._tr.get_or_add_trPr(), "w:tblHeader")
    if block.caption is not None:
        described = OxmlElement("w:tblDescription")
        described.set(qn("w:val"), block.caption.get_text(strip=True))
        cast(Any, table)._tbl.tblPr.append(described)


def _marked(properties: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _figure(made: Document, picture: Picture, alt: str) -> None:
    """Put a picture in, as wide as the text at most, with what it shows in words."""
    width = min(WIDTH, Pt(picture.width))
    shape = made.add_picture(io.BytesIO(picture.png), width=width)
    shape._inline.docPr.set("descr", alt)

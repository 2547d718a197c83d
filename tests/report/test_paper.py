"""A page on paper and as a document: everything that is on the page, nothing folded away, the same bytes each time."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.errors import PageFailed, UsageError
from analysis.report import paper, pictures, printing
from analysis.report.paper import edition
from analysis.report.reading import account


def words_of(html: str) -> list[str]:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split()).split()


def test_the_paper_edition_holds_every_word_of_the_page_but_what_leads_somewhere_on_a_screen(whole) -> None:
    before = BeautifulSoup(whole.html, "html.parser")
    for each in before.select("style, a.skip, nav.contents, nav.down, a.csv, details.data > summary"):
        each.decompose()
    after = BeautifulSoup(edition(whole.html), "html.parser")
    for each in after.select("style, .see, section.appendix > h2, section.appendix h3"):
        each.decompose()
    assert sorted(words_of(str(after))) == sorted(words_of(str(before)))


def test_the_tables_stand_in_an_appendix_after_the_rest_and_are_named_where_they_stood(whole) -> None:
    page = BeautifulSoup(edition(whole.html), "html.parser")
    sections = page.select("main > section")
    assert sections[-1]["id"] == "appendix"
    assert [each.find_parent("section")["id"] for each in page.select("table")] == ["appendix"]
    assert page.select_one("#table-1").get_text() == "Tabell 1. Utveckling över tid"
    see = page.select_one("section.question .see")
    assert see.get_text() == "Siffrorna står i tabell 1 i bilagan."
    assert see.a["href"] == "#table-1"
    found, before = account(str(page)), account(whole.html)
    assert (found.figures, found.tables, found.sentences) == (before.figures, before.tables, before.sentences)


def test_nothing_is_folded_away_and_only_a_wide_table_lies_on_its_side(whole) -> None:
    folded = whole.html.replace(
        "</main>", "<section><details><summary>Mer</summary><p>Text</p></details></section></main>"
    )
    page = BeautifulSoup(edition(folded), "html.parser")
    assert page.select("details") and all("open" in each.attrs for each in page.select("details"))
    assert page.select(".wide") == []
    head = '<th scope="col">Läsår</th>'
    wide = BeautifulSoup(edition(whole.html.replace(head, head * paper.MOST_COLUMNS)), "html.parser")
    assert len(wide.select(".wide table")) == 1


def test_every_language_has_the_same_words_on_paper() -> None:
    texts = tomllib.loads(Path(paper.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    keys = {
        lang: sorted((key, *re.findall(r"\{\w+\}", text)) for key, text in each.items()) for lang, each in texts.items()
    }
    assert keys["sv"] == keys["nb"] == keys["en"]


def test_without_chromium_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(UsageError, match="apt-get install chromium, or print with WeasyPrint: --with weasyprint"):
        printing.by_chromium("<p>a</p>")


def test_without_weasyprint_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(UsageError, match=r"WeasyPrint is needed(.|\n)*mend:  apt-get install libpango"):
        printing.by_weasyprint("<p>a</p>")


def test_a_browser_that_prints_nothing_is_a_failed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, script, found in (
        ("silent", "exit 0", "exit code 0"),
        ("broken", "echo no display >&2; exit 3", "no display"),
    ):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(printing, "chromium", lambda program=program: str(program))
        with pytest.raises(PageFailed, match=found):
            printing.by_chromium("<p>a</p>")


def test_a_drawing_without_a_size_makes_no_picture() -> None:
    with pytest.raises(PageFailed, match="a drawing with a size is needed"):
        pictures.drawn(["data:image/svg+xml;base64,PHN2Zy8+"])


@pytest.mark.parametrize("press", ["chromium", "weasyprint"])
@pytest.mark.browser
@pytest.mark.slow
def test_a_pdf_is_tagged_in_the_page_s_language_and_the_same_bytes_each_time(whole, chromium: str, press: str) -> None:
    html = edition(whole.html)
    first = printing.PRINTERS[press](html)
    assert first == printing.PRINTERS[press](html)
    assert first.startswith(b"%PDF-")
    if press == "chromium":
        assert b"/StructTreeRoot" in first and b"/Lang (sv)" in first and b"/Outlines" in first


@pytest.mark.browser
@pytest.mark.slow
def test_a_document_has_the_page_s_headings_tables_and_figures_and_the_same_bytes_each_time(
    whole, chromium: str
) -> None:
    import docx
    from docx.oxml.ns import qn

    from analysis.report.document import document

    content = document(whole.html)
    assert content == document(whole.html)
    found = docx.Document(io.BytesIO(content))
    page = BeautifulSoup(edition(whole.html), "html.parser")
    titled = [each.text for each in found.paragraphs if each.style.name.startswith(("Title", "Heading"))]
    assert titled == [each.get_text() for each in page.select("header h1, main h2, main h3, main summary, footer h2")]
    rows = [[[cell.text for cell in row.cells] for row in table.rows] for table in found.tables]
    assert rows == [
        [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tr")]
        for table in page.select("table")
    ]
    heads = [table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in found.tables]
    assert heads == [True] * len(rows) and rows
    pictured = [shape._inline.docPr.get("descr") for shape in found.inline_shapes]
    assert pictured == [image["alt"] for image in page.select("main img")] and pictured
    assert found.core_properties.language == "sv-SE"
    assert found.core_properties.title == "Björkskolan 2023/24"
    listed = [each.text for each in found.paragraphs if each.style.name.startswith("List")]
    assert listed == [" ".join(each.get_text().split()) for each in page.select("main li")]


@pytest.mark.browser
@pytest.mark.slow
def test_a_form_s_boxes_stand_in_the_document_with_room_to_write(whole, chromium: str) -> None:
    import docx

    from analysis.report.document import document

    html = whole.html.replace(
        "</main>", '<section><h2>Mall</h2><div class="answer"><span>Vad såg vi?</span></div></section></main>'
    )
    found = docx.Document(io.BytesIO(document(html)))
    (box,) = [each for each in found.paragraphs if each.text == "Vad såg vi?"]
    assert box.paragraph_format.space_after.pt >= 40


@pytest.mark.browser
@pytest.mark.slow
def test_a_figure_of_a_page_is_as_large_in_a_document_as_it_says(chromium: str) -> None:
    from PIL import Image

    from analysis.drawing.style import OWN, panels
    from analysis.publish.figure import image_source

    drawing, made = panels(6)
    for panel in made:
        panel.plot([1, 2], [1, 2], color=OWN)
    (found,) = pictures.drawn([str(image_source(drawing)).replace("&amp;", "&")])
    assert found.width == drawing.wide
    with Image.open(io.BytesIO(found.png)) as image:
        assert image.size == (round(drawing.wide * 96 / 72 * 2), round(drawing.high * 96 / 72 * 2))
        colours = image.convert("RGB").getcolors(1 << 16)
    assert len(colours) > 10, "it shows more than a corner of the drawing"


@pytest.mark.browser
@pytest.mark.slow
def test_a_picture_shows_its_own_drawing(chromium: str) -> None:
    import base64

    from PIL import Image

    def source(colour: str, wide: int, high: int) -> str:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}pt" height="{high}pt" viewBox="0 0 {wide} {high}">'
        svg += f'<rect width="{wide}" height="{high}" fill="{colour}"/></svg>'
        return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()

    wanted = [("#ff0000", 60, 30), ("#0000ff", 30, 2000), ("#00ff00", 45, 90), ("#123456", 90, 1500)]
    found = pictures.drawn([source(*each) for each in wanted])
    for picture, (colour, wide, high) in zip(found, wanted, strict=True):
        with Image.open(io.BytesIO(picture.png)) as image:
            assert image.size == (round(wide * 96 / 72 * 2), round(high * 96 / 72 * 2))
            assert picture.width == wide
            middle = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
            assert "#{:02x}{:02x}{:02x}".format(*middle) == colour

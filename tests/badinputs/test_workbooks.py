"""Excel files that are broken, that hide rows, or whose formulas were never reckoned."""

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused
from analysis.store import Snapshot, collect

OWN = "own/figures.xlsx"
SHEET_FILE = "xl/worksheets/sheet1.xml"
HEADER = ["unit_code", "level", "indicator", "school_year", "group", "value", "n"]
LINE: list[object] = ["00000012", "school", "merit_value", "2023/24", "all", 250.5, 30]
Place = Callable[[dict[str, bytes]], Workspace]
Files = dict[str, bytes]


def silent(workspace: Workspace) -> Snapshot:
    return collect(workspace, tell=lambda _: None)


def workbook(*lines: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for line in (HEADER, *lines):
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of the files in it changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        assert name in before.namelist()
        for each in before.namelist():
            part = before.read(each)
            assert each != name or change(part) != part
            after.writestr(each, change(part) if each == name else part)
    return buffer.getvalue()


EMPTY = re.compile(rb"<v ?/>|<v></v>")
"""a formula's result that was never worked out, as either writer of XML has it"""
BROKEN = [
    (SHEET_FILE, lambda xml: xml[:-40]),
    (SHEET_FILE, lambda xml: b"<not closed"),
    (SHEET_FILE, lambda xml: b""),
    (SHEET_FILE, lambda xml: xml.replace(b"<v>250.5</v>", b"<v>2x0</v>")),
    (SHEET_FILE, lambda xml: xml.replace(b'r="A1"', b'r="??"', 1)),
    (SHEET_FILE, lambda xml: xml.replace(b't="inlineStr"', b't="s"', 1)),
    (SHEET_FILE, lambda xml: xml.replace(b't="n"><v>250.5', b't="s"><v>99999')),
    ("xl/workbook.xml", lambda xml: xml[:-20]),
    ("xl/workbook.xml", lambda xml: xml.replace(b"<sheets>", b"<sheats>").replace(b"</sheets>", b"</sheats>")),
    ("xl/styles.xml", lambda xml: xml[: len(xml) // 2]),
    ("[Content_Types].xml", lambda xml: b"<x/>"),
]


@pytest.mark.parametrize(("part", "change"), BROKEN)
def test_a_broken_workbook_is_refused(place: Place, good: Files, part: str, change: Callable[[bytes], bytes]) -> None:
    workspace = place({**good, OWN: with_part(workbook(LINE), part, change)})
    with pytest.raises(InputRefused) as refused:
        silent(workspace)
    assert refused.value.file == OWN
    assert not workspace.store.exists()


def test_a_sheet_with_broken_xml_is_no_workbook(place: Place, good: Files) -> None:
    content = with_part(workbook(LINE), SHEET_FILE, lambda xml: xml[:-40])
    with pytest.raises(InputRefused, match="the file must be an Excel workbook"):
        silent(place({**good, OWN: content}))


def test_a_formula_that_was_never_reckoned_is_refused(place: Place, good: Files) -> None:
    with pytest.raises(InputRefused) as refused:
        silent(place({**good, OWN: workbook(LINE, [*LINE[:4], "girls", "=240+2", 15])}))
    assert refused.value.rule == "a formula has a result"
    assert (refused.value.file, refused.value.row, refused.value.found) == (OWN, 3, "=240+2 without one")


def test_a_formula_with_its_result_is_read(place: Place, good: Files) -> None:
    content = with_part(workbook([*LINE[:5], "=240+2", 30]), SHEET_FILE, lambda xml: EMPTY.sub(b"<v>242</v>", xml))
    assert list(silent(place({**good, OWN: content})).observations("merit_value").at("school")["value"]) == [242.0]


def test_rows_beyond_the_size_the_sheet_says_it_has_are_read(place: Place, good: Files) -> None:
    content = with_part(
        workbook(LINE, [*LINE[:4], "girls", 260, 15]), SHEET_FILE, lambda xml: xml.replace(b"A1:G3", b"A1:G2")
    )
    found = silent(place({**good, OWN: content})).observations("merit_value")
    assert list(found.at("school", "girls")["value"]) == [260.0]


def test_own_figures_are_collected_whatever_the_letters_of_their_suffix(place: Place, good: Files) -> None:
    found = silent(place({**good, "own/MINE.XLSX": workbook(LINE)}))
    assert list(found.observations("merit_value").at("school")["value"]) == [250.5]
    assert "unknown file" not in {note["kind"] for note in found.notes()}


def test_an_unknown_file_among_ones_own_is_refused_and_nothing_is_written(place: Place, good: Files) -> None:
    workspace = place({**good, "own/mine.ods": b"PK"})
    with pytest.raises(InputRefused, match="a file of one's own figures fits") as refused:
        silent(workspace)
    assert refused.value.file == "own/mine.ods"
    assert not workspace.store.exists()


def test_the_suffix_may_be_in_capital_letters(place: Place, good: Files) -> None:
    from analysis.catalogue import sources
    from analysis.store.notes import Notes
    from analysis.store.sources.tidy import read

    cells = read(workbook(LINE), "own/FIGURES.XLSX", sources()["own"], Notes())
    assert list(cells["value"]) == [250.5]

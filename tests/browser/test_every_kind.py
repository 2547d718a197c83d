"""Every kind of report in every language, wide, narrow, by keyboard and on paper: each page is opened once."""

from __future__ import annotations

import pypdfium2
import pytest
from tests.browser import kinds
from tests.browser.chromium import Page
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import ALL_OPEN, CLIPPED, OVERFLOW, STOPS, UPRIGHT

from analysis.catalogue import report_kind, report_kinds

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WIDTHS = (1280, 375, 320)
SHUT = "[...document.querySelectorAll('main details > :not(summary)')].filter(each => !each.checkVisibility()).length"
NUMBER_LAST_CELLS = """(() => { let number = 0; document.querySelectorAll('tbody tr').forEach(row =>
    row.lastElementChild.append(` q${number++}q`)); return number; })()"""
"""a mark of its own in the last cell of every row"""


def words_on_paper(printed: bytes) -> set[str]:
    """The words that lie on the sheets of a printed page: what is cut off is not among them."""
    sheets = pypdfium2.PdfDocument(printed)
    try:
        return {word for sheet in sheets for word in sheet.get_textpage().get_text_bounded().split()}
    finally:
        sheets.close()


def test_every_kind_of_report_is_opened_at_a_level_it_has() -> None:
    assert set(report_kinds()) == set(kinds.LEVELS)
    assert all(level in report_kind(kind).levels for kind, level in kinds.LEVELS.items())
    assert set(kinds.LEVELS.values()) >= {"group", "team", "school", "area", "municipality"}


@pytest.mark.parametrize("name", [each.name for each in kinds.ALL])
def test_a_kind_is_accessible_wide_and_narrow_by_keyboard_and_on_paper(page, reports, name) -> None:
    page.open(reports[name], WIDTHS[0])
    assert [each for each in page.requests if not each.startswith(("file:", "data:"))] == []
    assert fold_and_unfold(page) == []
    for width in WIDTHS:
        page.widen(width)
        passes, broken = violations(page)
        assert passes > 12 and broken == [], width
        assert page.value(OVERFLOW) == 0, width
    page.widen(WIDTHS[0])
    assert [each for each in page.requests if not each.startswith(("file:", "data:"))] == []
    count = page.value(STOPS)
    assert tabbed(page, count) == list(range(count))
    assert cut_off_on_paper(page) == []


def fold_and_unfold(page: Page) -> list[str]:
    """What is folded away and does not open and close by the keyboard; afterwards everything stands open."""
    wrong = []
    for number in range(page.value("document.querySelectorAll('summary').length")):
        each = f"document.querySelectorAll('summary')[{number}]"
        states = [page.value(f"{each}.focus(); {each}.parentElement.open")]
        for _ in range(2):
            page.press(" ", 32)
            states.append(page.value(f"{each}.parentElement.open"))
        if states != [False, True, False]:
            wrong.append(page.value(f"{each}.textContent"))
    page.value(ALL_OPEN)
    page.value("document.activeElement.blur(); window.getSelection().removeAllRanges(); 0")
    return wrong


def tabbed(page: Page, count: int) -> list[int]:
    """The places, among all that can be reached, that the tab key stops at from the top of the page."""
    page.value("scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus(); 0")
    reached = []
    for _ in range(count):
        page.press("Tab", 9)
        reached.append(page.value("window.stops.indexOf(document.activeElement)"))
    return reached


def cut_off_on_paper(page: Page) -> list[object]:
    """Tables wider than their sheet, what stays folded away, and rows whose last cell is not on the paper."""
    page.widen(UPRIGHT)
    page.print_look(True)
    try:
        wrong: list[object] = [*page.value(CLIPPED)]
        wrong += ["folded away"] * page.value(SHUT)
    finally:
        page.print_look(False)
    rows = page.value(NUMBER_LAST_CELLS)
    written = words_on_paper(page.pdf())
    return [*wrong, *(number for number in range(rows) if f"q{number}q" not in written)]


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_small_panels_are_read_on_a_phone_without_scrolling_sideways(page, reports, lang) -> None:
    page.open(reports[f"quality_report-se-{lang}"], 375)
    shapes = page.value(
        "[...document.querySelectorAll('figure img[style]')].map(each => "
        "[each.parentElement.scrollWidth - each.parentElement.clientWidth, each.height / each.width])"
    )
    assert len(shapes) > 3
    assert all(beyond == 0 and ratio > 1 for beyond, ratio in shapes), shapes


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_a_board_brief_is_two_to_four_sheets(page, reports, lang) -> None:
    page.open(reports[f"board_brief-se-{lang}"], WIDTHS[0])
    sheets = pypdfium2.PdfDocument(page.pdf())
    count = len(sheets)
    sheets.close()
    assert 2 <= count <= 4


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_the_summary_begins_on_a_phone_s_first_screen(page, reports, lang) -> None:
    page.open(reports[f"quality_report-se-{lang}"], 375)
    assert page.value("document.querySelector('.in-short').getBoundingClientRect().top") < 667, "as high as a phone"


def test_a_table_wider_than_its_sheet_is_found(page, reports) -> None:
    page.open(reports["scorecard-se-en"], WIDTHS[0])
    page.value("document.querySelectorAll('tbody th').forEach(each => { each.style.minWidth = '400mm'; }); 0")
    assert len(cut_off_on_paper(page)) > 5


def test_the_archive_lists_a_report_that_was_made(page, reports) -> None:
    page.open(reports["archive_index-se-sv"], WIDTHS[0])
    assert page.value("document.querySelectorAll('#archive tbody tr').length") == 1

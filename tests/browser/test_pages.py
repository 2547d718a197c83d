"""The finished pages in a real browser, opened from a file: wide, narrow, by keyboard and on paper."""

from __future__ import annotations

import pytest
from tests.browser.conftest import MADE_UP, PAGES, REAL

pytestmark = [pytest.mark.slow, pytest.mark.browser]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALL_OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"
UPRIGHT, LYING = 680, 1009
"""the width of A4 between its margins, upright and on its side, in points of the screen"""
CLIPPED = f"""[...document.querySelectorAll('table')].filter(table => {{
    const around = table.closest('details.data') || table, head = table.querySelectorAll('thead th').length;
    const room = around.matches('details') && head > 8 ? {LYING} : {UPRIGHT};
    return table.getBoundingClientRect().width > room; }}).map(table => table.caption.textContent)"""
STOPS = """window.stops = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter(each => each.checkVisibility()); window.stops.length"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_the_outside_and_never_scrolls_sideways(page, folders, name):
    for width in (1280, 375, 320):
        page.open(folders.file(name), width)
        assert [each for each in page.requests if not each.startswith(("file:", "data:"))] == []
        assert page.value(OVERFLOW) == 0, width
        page.value(ALL_OPEN)
        assert page.value(OVERFLOW) == 0, width


@pytest.mark.parametrize("name", [*REAL, *MADE_UP])
def test_every_image_is_drawn(page, folders, name):
    page.open(folders.file(name), 1280)
    assert page.value("document.images.length") >= 1
    assert page.value("[...document.images].every(each => each.complete && each.naturalWidth > 300)")


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_everything_in_the_order_it_stands_in(page, folders, name):
    page.open(folders.file(name), 1280)
    page.value(ALL_OPEN)
    count = page.value(STOPS)
    assert count >= 5
    reached = []
    for _ in range(count):
        page.press("Tab", 9)
        reached.append(page.value("window.stops.indexOf(document.activeElement)"))
    assert reached == list(range(count))


@pytest.mark.parametrize("name", [REAL[0], MADE_UP[0], "made-up/methods.html"])
def test_what_is_folded_away_opens_and_closes_by_keyboard(page, folders, name):
    page.open(folders.file(name), 1280)
    count = page.value("document.querySelectorAll('summary').length")
    assert count >= 3
    for number in range(count):
        each = f"document.querySelectorAll('summary')[{number}]"
        states = [page.value(f"{each}.focus(); {each}.parentElement.open")]
        for _ in range(2):
            page.press(" ", 32)
            states.append(page.value(f"{each}.parentElement.open"))
        assert states == [False, True, False]


def test_the_index_finds_a_school_by_its_name_and_by_its_level(page, folders):
    page.open(folders.file("real/index.html"), 320)
    seen = "[...document.querySelectorAll('#list tbody tr')].filter(each => each.checkVisibility())"
    seen += ".map(each => each.cells[0].textContent)"
    everything = page.value(seen)
    assert len(everything) == len(REAL)
    ask = "(() => {{ const box = document.getElementById('{}'); box.value = '{}'; "
    ask += "box.dispatchEvent(new Event('{}')); }})()"
    page.value(ask.format("filter", "kvaleberg", "input"))
    assert [name for name in page.value(seen) if "Kvaleberg" not in name] == []
    assert page.value("document.getElementById('shown').textContent") == "1"
    page.value(ask.format("filter", "", "input"))
    page.value(ask.format("level", "Län", "change"))
    assert page.value(seen) == ["Stockholms län"]
    page.value(ask.format("level", "", "change"))
    assert page.value(seen) == everything


def test_the_index_is_sorted_by_name_or_by_level_and_says_which(page, folders):
    page.open(folders.file("made-up/index.html"), 1280)
    rows = "[...document.querySelectorAll('#list tbody tr')]"
    rows += ".map(each => [each.cells[0].textContent, each.cells[1].textContent])"
    heads = "[...document.querySelectorAll('#list th.sortable')].map(each => each.getAttribute('aria-sort'))"
    press = "document.querySelectorAll('#list th button')[{}].click()"
    names = [name for name, _ in page.value(rows)]
    assert page.value(heads) == ["ascending", None]
    page.value(press.format(0))
    assert ([name for name, _ in page.value(rows)], page.value(heads)) == (names[::-1], ["descending", None])
    page.value(press.format(1))
    assert [level for _, level in page.value(rows)] == ["Municipality", "School area", "Teacher team", "Class"]
    assert page.value(heads) == [None, "ascending"]
    assert page.value("document.querySelectorAll('#list th button').length") == 2


@pytest.mark.parametrize("name", PAGES)
def test_no_table_is_clipped_on_paper_and_nothing_stays_folded_away(page, folders, name):
    page.open(folders.file(name), UPRIGHT)
    try:
        page.print_look(True)
        assert page.value(CLIPPED) == []
        shut = "[...document.querySelectorAll('main details > :not(summary)')].filter(each => !each.checkVisibility())"
        assert page.value(f"{shut}.length") == 0
        page.value("document.querySelectorAll('td').forEach(each => each.append(' x'.repeat(9) + 'x'.repeat(400))); 0")
        assert len(page.value(CLIPPED)) == page.value("document.querySelectorAll('table').length")
    finally:
        page.print_look(False)


@pytest.mark.parametrize("name", [REAL[0], MADE_UP[0], "real/index.html"])
def test_a_page_prints_on_a4_with_what_it_is_for_those_who_listen(page, folders, name):
    page.open(folders.file(name), 1280)
    printed = page.pdf()
    assert printed.startswith(b"%PDF-") and len(printed) > 20_000
    assert b"/StructTreeRoot" in printed
    assert b"/MediaBox [0 0 594" in printed and b" 841" in printed


def test_the_look_of_a_workspace_is_seen(page, folders):
    page.open(folders.file(MADE_UP[3]), 1280)
    style = "getComputedStyle(document.querySelector('header.heading'), '::before')"
    assert page.value(f"{style}.backgroundImage.startsWith('url(\"data:image/svg+xml;base64,')")
    assert page.value(f"parseFloat({style}.height)") > 40
    assert page.value("getComputedStyle(document.querySelector('.big')).color") == "rgb(91, 42, 134)"
    page.open(folders.file(REAL[0]), 1280)
    assert page.value(f"{style}.backgroundImage") == "none"

"""The finished pages in a real browser, opened from a file, wide and narrow."""

from __future__ import annotations

import pytest
from tests.browser.conftest import UNITS, file_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1280, 375, 320])
@pytest.mark.parametrize("unit_id", UNITS)
def test_a_page_asks_nothing_of_the_outside_and_never_scrolls_sideways(page, folder, unit_id, width):
    page.open(file_of(folder, unit_id), width)
    assert [each for each in page.requests if not each.startswith(("file:", "data:"))] == []
    assert page.value(OVERFLOW) == 0
    page.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.value(OVERFLOW) == 0


@pytest.mark.parametrize("unit_id", UNITS)
def test_every_image_is_drawn(page, folder, unit_id):
    page.open(file_of(folder, unit_id), 1280)
    assert page.value("document.images.length") >= 1
    assert page.value("[...document.images].every(each => each.complete && each.naturalWidth > 300)")


def test_the_index_opens_from_a_file_and_finds_a_school_by_its_name(page, folder):
    page.open(folder / "index.html", 320)
    assert page.value(OVERFLOW) == 0
    find = "const box = document.querySelector('input'); box.value = 'kvaleberg'; box.dispatchEvent(new Event('input'))"
    page.value(f"(() => {{ {find} }})()")
    seen = "[...document.querySelectorAll('a')].filter(each => each.checkVisibility()).map(each => each.textContent)"
    names = page.value(seen)
    assert any("Kvaleberg" in name for name in names)
    assert not any("Äppelviksskolan" in name for name in names)


def test_the_keyboard_reaches_the_table_under_a_figure(page, folder):
    page.open(file_of(folder, "se:school:15594566"), 1280)
    for _ in range(200):
        page.press("Tab", 9)
        if page.value("document.activeElement.closest('#trend details.data > summary') !== null"):
            break
    else:
        raise AssertionError("the table's summary was never reached")
    page.press(" ", 32)
    assert page.value("document.querySelector('#trend details.data').open")


def test_a_page_prints_on_a4(page, folder):
    page.open(file_of(folder, "se:school:15594566"), 1280)
    printed = page.pdf()
    assert printed.startswith(b"%PDF-") and len(printed) > 20_000

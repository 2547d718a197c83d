"""The finished pages in a real browser, opened from a file, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import ROOT, site_of
from tests.browser.chromium import Page, started

from analysis.catalogue.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.browser]
UNITS = ("se:school:15594566", "no:school:874611492", "se:municipality:0380", "se:region:01", "no:nation:0000")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a page of every kind."""
    workspace = tmp_path_factory.mktemp("workspace")
    for name in ("notebooks", "arshjul.toml"):
        (workspace / name).symlink_to(ROOT / name)
    (workspace / "data").mkdir()
    for name in ("sweden", "norway"):
        (workspace / "data" / name).symlink_to(ROOT / "data" / name)
    return site_of(Workspace.read(workspace), "browser", UNITS, 2).summary.out


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as tab:
        yield tab


def _file(folder: Path, unit_id: str) -> Path:
    return folder / unit_id.split(":")[1] / f"{unit_id.replace(':', '-')}.html"


@pytest.mark.parametrize("width", [1280, 375, 320])
@pytest.mark.parametrize("unit_id", UNITS)
def test_a_page_asks_nothing_of_the_outside_and_never_scrolls_sideways(page, folder, unit_id, width):
    page.open(_file(folder, unit_id), width)
    assert [each for each in page.requests if not each.startswith(("file:", "data:"))] == []
    assert page.value(OVERFLOW) == 0
    page.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.value(OVERFLOW) == 0


@pytest.mark.parametrize("unit_id", UNITS)
def test_every_image_is_drawn(page, folder, unit_id):
    page.open(_file(folder, unit_id), 1280)
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
    page.open(_file(folder, "se:school:15594566"), 1280)
    for _ in range(200):
        page.press("Tab", 9)
        if page.value("document.activeElement.closest('#trend details.data > summary') !== null"):
            break
    else:
        raise AssertionError("the table's summary was never reached")
    page.press(" ", 32)
    assert page.value("document.querySelector('#trend details.data').open")


def test_a_page_prints_on_a4(page, folder):
    page.open(_file(folder, "se:school:15594566"), 1280)
    printed = page.pdf()
    assert printed.startswith(b"%PDF-") and len(printed) > 20_000

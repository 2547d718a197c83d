"""Pages are light to send and cheap to make: bytes, measurements and imports are counted."""

from __future__ import annotations

import gzip
import math
import re
import sys
from collections import deque
from pathlib import Path
from statistics import mean
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from tests.acceptance.conftest import CLOSED, PAGES, Site

from analysis.batch import Selection
from analysis.batch.demonstration import MADE_UP
from analysis.batch.fingerprints import measure
from analysis.batch.run import page_request, prepared
from analysis.batch.workers import side_by_side
from analysis.drawing.address import drawn
from analysis.drawing.sheet import TITLE_SIZE
from analysis.publish import seen
from analysis.report.exporter import TEMPLATE
from analysis.report.page import make
from analysis.report.parameters import PageRequest
from analysis.report.style_sheet import parted, rules, short
from analysis.store import names

pytestmark = pytest.mark.slow
SCHOOLS = [each for each in PAGES if ":school:" in each]
SCHOOL_BYTES, SCHOOL_BYTES_PACKED = 300_000, 60_000
FIGURES = 12
SITE_BYTES, SITE_SCHOOLS = 150_000_000, 441
ASKED = ("se:school:15594566", "se:municipality:0180")

STATES = re.compile(r"::[\w-]+|:(?:hover|focus-visible|focus|root)|:not\(\[open\]\)|\[open\]")
"""what a selector says of a state or of what a browser adds, which stands in no file"""


def page_file(site: Any, unit_id: str) -> bytes:
    return (site.summary.out / unit_id.split(":")[1] / f"{unit_id.replace(':', '-')}.html").read_bytes()


def panels(page: bytes) -> int:
    """How many small figures the drawings of a page hold: one for every heading inside them."""
    images = BeautifulSoup(page, "html.parser").select("img")
    found = [drawn(str(image["src"])) for image in images]
    return sum(_headings(ElementTree.fromstring(svg)) for svg in found if svg)


def _headings(element: ElementTree.Element, size: str = "") -> int:
    size = element.get("font-size", size)
    own = element.tag.endswith("}text") and size == f"{10 * TITLE_SIZE:g}"
    return own + sum(_headings(each, size) for each in element)


@pytest.mark.parametrize("unit_id", SCHOOLS)
def test_a_school_page_with_its_figures_is_light(site, unit_id: str) -> None:
    page = page_file(site, unit_id)
    assert page.count(b"<img ") >= 1 and b"data:image/svg+xml" in page
    assert len(page) <= SCHOOL_BYTES and len(gzip.compress(page)) <= SCHOOL_BYTES_PACKED


@pytest.mark.parametrize("unit_id", [*MADE_UP, CLOSED])
def test_a_page_about_figures_of_ones_own_is_as_light(town_pages, unit_id: str) -> None:
    page = page_file(town_pages, unit_id)
    assert len(page) <= SCHOOL_BYTES and len(gzip.compress(page)) <= SCHOOL_BYTES_PACKED


@pytest.mark.parametrize("unit_id", MADE_UP)
def test_a_page_of_the_demonstration_is_as_light(usual_pages, unit_id: str) -> None:
    page = page_file(usual_pages, unit_id)
    assert len(page) <= SCHOOL_BYTES and len(gzip.compress(page)) <= SCHOOL_BYTES_PACKED


def test_the_heaviest_of_them_is_a_school_with_more_than_twelve_figures(usual_pages) -> None:
    pages = {unit_id: page_file(usual_pages, unit_id) for unit_id in MADE_UP}
    heaviest = max(pages, key=lambda unit_id: len(pages[unit_id]))
    assert heaviest == "se:school:99990102"
    assert panels(pages[heaviest]) >= 2 * FIGURES


def test_a_site_of_all_schools_is_light_even_if_every_page_is_the_largest(site) -> None:
    largest = max(len(page_file(site, unit_id)) for unit_id in SCHOOLS)
    assert largest * SITE_SCHOOLS + own_bytes(site) <= SITE_BYTES


def test_a_site_of_all_schools_with_pages_as_these_is_light(site) -> None:
    swedish = [len(page_file(site, unit_id)) for unit_id in SCHOOLS if unit_id.startswith("se:")]
    assert mean(swedish) * SITE_SCHOOLS + own_bytes(site) <= SITE_BYTES


def own_bytes(site: Site) -> int:
    """What lies in the run's folder besides the pages of units, with what grows with the pages told for all schools."""
    out = site.summary.out
    units = {path for path in out.glob("*/*.html")}
    own = [path for path in out.rglob("*") if path.is_file() and path not in units]
    assert {"index.html", "manifest.json"} <= {path.name for path in own}
    return sum(path.stat().st_size for path in own) * math.ceil(SITE_SCHOOLS / len(units))


@pytest.mark.parametrize("unit_id", MADE_UP)
def test_every_rule_of_the_style_sheet_that_fits_something_on_a_page_is_on_it(town_pages, unit_id: str) -> None:
    html = page_file(town_pages, unit_id).decode("utf-8")
    page = BeautifulSoup(html, "html.parser")
    carried = {inside for _, inside in rules_within(page.select_one("style").get_text())}
    whole = dict.fromkeys(rules_within(short((TEMPLATE / "page.css").read_text(encoding="utf-8"))))
    fitting = {inside for selector, inside in whole if fits(page, selector)}
    assert len(fitting) > 50 and fitting <= carried
    assert len(carried) < len(whole)


def rules_within(sheet: str) -> list[tuple[str, str]]:
    """Each selector of a sheet with what its rule says, those of other media too."""
    found: list[tuple[str, str]] = []
    for opening, inside in rules(sheet):
        if opening.strip().startswith("@media"):
            found += rules_within(inside)
        elif not opening.strip().startswith("@"):
            found += [(selector.strip(), inside) for selector in parted(opening)]
    return found


def fits(page: BeautifulSoup, selector: str) -> bool:
    """Whether an element of the page is meant, whatever state it may come to be in."""
    return page.select_one(STATES.sub("", selector) or "*") is not None


@pytest.fixture(scope="module")
def measured(workspace) -> list[PageRequest]:
    """The requests of a school and a municipality whose questions have all been answered."""
    selection = Selection(only=ASKED)
    material = prepared(workspace, lambda line: None, selection)
    units = {unit["unit_id"]: unit for unit in names.unit_list(material.snapshot.path)}
    requests = [page_request(workspace, material, units[each], selection) for each in ASKED]
    seen.use(material.figures)
    measure(material.figures, requests)
    return requests


def test_a_page_reads_what_was_measured_and_measures_nothing(
    measured: list[PageRequest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measuring(question: str) -> Any:
        raise AssertionError(f"a page measured {question}")

    monkeypatch.setattr(seen, "analysis", measuring)
    for request in measured:
        record = make(request, tmp_path / "out", tmp_path / "work")
        assert record.state == "made", record.reason


def test_a_page_imports_no_estimator(measured: list[PageRequest], tmp_path: Path) -> None:
    def imported(number: int) -> dict[str, Any]:
        before = set(sys.modules)
        record = make(measured[number], tmp_path / "out", tmp_path / "work")
        return {"state": record.state, "new": sorted(set(sys.modules) - before)}

    outcomes = dict(side_by_side(deque(range(len(measured))), imported, 1))
    assert len(outcomes) == len(measured)
    for outcome in outcomes.values():
        assert outcome.reply is not None and outcome.reply["state"] == "made", outcome.reason
        assert [
            name for name in outcome.reply["new"] if name.split(".")[0] in ("scipy", "statsmodels", "seaborn")
        ] == []


def test_no_page_needs_statsmodels_or_seaborn_at_all(measured: list[PageRequest], tmp_path: Path) -> None:
    def without(number: int) -> dict[str, Any]:
        for name in {"statsmodels", "seaborn", *sys.modules}:
            if name.split(".")[0] in ("statsmodels", "seaborn", "linearmodels"):
                sys.modules[name] = None  # type: ignore[assignment]  # an import of it is now an error
        return {"state": make(measured[number], tmp_path / "out", tmp_path / "work").state}

    outcomes = side_by_side(deque(range(len(measured))), without, 1)
    assert [outcome.reply for _, outcome in outcomes] == [{"state": "made"}] * len(measured)

"""Pages are light to send and cheap to make: bytes, measurements and imports are counted."""

from __future__ import annotations

import gzip
import sys
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.conftest import PAGES

from analysis.batch import Selection
from analysis.batch.fingerprints import measure
from analysis.batch.run import page_request, prepared
from analysis.batch.workers import side_by_side
from analysis.publish import seen
from analysis.report.page import make
from analysis.report.parameters import PageRequest
from analysis.store import names

pytestmark = pytest.mark.slow
SCHOOLS = [each for each in PAGES if ":school:" in each]
SCHOOL_BYTES, SCHOOL_BYTES_PACKED = 300_000, 60_000
SITE_BYTES, SITE_SCHOOLS = 150_000_000, 441
ASKED = ("se:school:15594566", "se:municipality:0180")


def page_file(site: Any, unit_id: str) -> bytes:
    return (site.summary.out / unit_id.split(":")[1] / f"{unit_id.replace(':', '-')}.html").read_bytes()


@pytest.mark.parametrize("unit_id", SCHOOLS)
def test_a_school_page_with_its_figures_is_light(site, unit_id: str) -> None:
    page = page_file(site, unit_id)
    assert page.count(b"<img ") >= 1 and b"data:image/svg+xml" in page
    assert len(page) <= SCHOOL_BYTES and len(gzip.compress(page)) <= SCHOOL_BYTES_PACKED


def test_a_site_of_all_schools_is_light_even_if_every_page_is_the_largest(site) -> None:
    largest = max(len(page_file(site, unit_id)) for unit_id in SCHOOLS)
    assert largest * SITE_SCHOOLS <= SITE_BYTES


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

"""Figures of one's own about few pupils never reach a page, nor anything they could be worked out from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.conftest import ROOT, site_of

from analysis.catalogue.workspace import Workspace
from analysis.store import collect

pytestmark = pytest.mark.slow

HEADER = "unit_code;level;indicator;school_year;group;value;n\n"
ROWS = (
    "974611546;school;np5_reading;2025/26;all;33,3;4\n"
    "974611473;school;np5_reading;2025/26;all;80;20\n"
    "974611473;school;np5_reading;2025/26;girls;75;16\n"
    "974611473;school;np5_reading;2025/26;boys;100;4\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample with a file of one's own beside it."""
    folder = tmp_path_factory.mktemp("own")
    for name in ("notebooks", "arshjul.toml"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "data/own").mkdir(parents=True)
    for name in ("sweden", "norway"):
        (folder / "data" / name).symlink_to(ROOT / "data" / name)
    Path(folder / "data/own/reading.csv").write_text(HEADER + ROWS, encoding="utf-8")
    return Workspace.read(folder)


@pytest.fixture(scope="module")
def rows(place):
    """All rows of the indicator after collecting."""
    snapshot = collect(place, lambda line: None)
    return snapshot.query("SELECT * FROM observations WHERE indicator = 'np5_reading' AND year = 2025")


def test_a_value_of_four_pupils_is_nowhere_in_the_store(rows):
    small = rows[rows["unit_id"] == "no:school:974611546"]
    assert list(small["status"]) == ["withheld"]
    assert small[["value", "n", "se"]].isna().all(axis=None) and (small["mark"] == "").all()
    assert not (rows["value"].round(1) == 33.3).any()


def test_boys_cannot_be_worked_out_from_girls_and_all(rows):
    school = rows[rows["unit_id"] == "no:school:974611473"].set_index("group")
    assert school["status"].to_dict() == {"all": "given", "girls": "withheld", "boys": "withheld"}


def test_one_school_does_not_stand_for_its_municipality(rows):
    upper = rows[rows["level"] != "school"]
    assert not (upper["status"] == "given").any()


def test_no_page_shows_it_and_the_official_years_stay(place, rows):
    site = site_of(place, "own", ("1103", "no:school:974611546"), 2)
    for unit_id in ("no:municipality:1103", "no:school:974611546"):
        page = site.page(unit_id)
        assert "33,3" not in page.get_text()
    table = site.page("no:municipality:1103").select_one("#coverage").get_text(" ")
    assert "publisert for enheten" in table

"""Every published figure on a page is the publisher's own, walked from the raw file to the HTML."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from tests.acceptance.conftest import PAGES, ROOT, Site
from tests.tables import about

from analysis import catalogue

pytestmark = pytest.mark.slow

MEASURES = {
    "merit_value": "averageGradesMeritRating9thGrade",
    "all_subjects_passed_9": "ratioOfPupilsIn9thGradeWithAllSubjectsPassed",
    "eligible_vocational": "ratioOfPupils9thGradeEligibleForNationalProgramYR",
    "national_test_swedish_9": "averageResultNationalTestsSubjectSVE9thGrade",
    "national_test_english_9": "averageResultNationalTestsSubjectENG9thGrade",
    "national_test_maths_9": "averageResultNationalTestsSubjectMA9thGrade",
    "certified_teachers": "certifiedTeachersQuota",
    "national_test_swedish_6": "averageResultNationalTestsSubjectSVE6thGrade",
    "national_test_english_6": "averageResultNationalTestsSubjectENG6thGrade",
    "national_test_maths_6": "averageResultNationalTestsSubjectMA6thGrade",
}
SUBJECTS = {"reading": "Lesing", "numeracy": "Regning", "english": "Engelsk"}
SCHOOLS_BY_NAME = {"974611473": "Auglend skole", "874611492": "Kvaleberg skole", "974611341": "Godeset skole"}


def _swedish_cells(code: str) -> dict[tuple[str, str], float]:
    file = next((ROOT / "data/sweden/skolverket").glob("*.parquet"))
    raw = pd.read_parquet(file)
    mine = raw[(raw["Skolenhetskod"] == code) & (raw["type"] == "gr") & (raw["valueType"] == "EXISTS")]
    names = {variable: indicator for indicator, variable in MEASURES.items()}
    return {
        (names[row["variable"]], f"{int(row['timePeriod'])}/{int(row['timePeriod']) % 100 + 1:02d}"): float(
            row["value"]
        )
        for _, row in mine.iterrows()
        if row["variable"] in names
    }


def _norwegian_cells(code: str) -> dict[tuple[str, str], float]:
    cells = {}
    for file in sorted((ROOT / "data/norway/nasjonale_prover").glob("*.csv")):
        lines = file.read_bytes().decode("utf-16-le").splitlines()
        header, *rows = (line.split("\t") for line in lines[1:])
        row = next((row for row in rows if row[4].strip() == code), None)
        for name, cell in zip(header, row or [], strict=False):
            if name.endswith(".Skalapoeng") and cell.strip() not in ("*", ""):
                year, subject, grade = re.match(r"(\d{4}-\d\d)\.(\w+)\.(\d)", name).groups()
                english = next(key for key, value in SUBJECTS.items() if value == subject)
                cells[f"np{grade}_{english}", year.replace("-", "/")] = float(cell.replace(",", "."))
    return cells | _stavanger_cells(SCHOOLS_BY_NAME.get(code, ""))


def _stavanger_cells(name: str) -> dict[tuple[str, str], float]:
    cells = {}
    with (ROOT / "data/norway/stavanger/nedlasting.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            subject = next((key for key, value in SUBJECTS.items() if value == row["Indikator/delskår"]), None)
            wanted = row["Enhetsnavn"] == name and row["Kjønn"] == "Begge kjønn" and subject
            if wanted and row["Måleenhet"] == "Skalapoeng" and row["Verdi"] != ".":
                grade, year = row["Trinn"].removeprefix("Trinn "), row["Periode"]
                cells[f"np{grade}_{subject}", f"{year[:4]}/{year[7:]}"] = float(row["Verdi"])
    return cells


def _shown(site: Site, unit_id: str) -> dict[tuple[str, str], float]:
    """The values in the table under the trend figure, by indicator and school year."""
    page = site.page(unit_id)
    lang = page.html["lang"]
    names = {}
    for indicator in catalogue.indicators().values():
        short = indicator.short[lang]
        names[short[:1].upper() + short[1:]] = indicator.id
    values = {}
    for _, row in about(page.select_one("#trend table")):
        measure, year, value = (cell.get_text() for cell in row.find_all(["th", "td"])[:3])
        text = value.replace("\N{NO-BREAK SPACE}", "").replace(",", ".").replace("\N{MINUS SIGN}", "-")
        if re.fullmatch(r"-?[\d.]+", text):
            values[names[measure], year] = float(text)
    return values


@pytest.mark.parametrize("unit_id", [unit_id for unit_id in PAGES if ":school:" in unit_id])
def test_every_value_on_a_schools_page_is_the_published_cell_and_none_is_lost(site, unit_id):
    country, _, code = unit_id.split(":")
    cells = _swedish_cells(code) if country == "se" else _norwegian_cells(code)
    assert _shown(site, unit_id) == cells
    assert len(cells) >= 6


@pytest.mark.parametrize(("unit_id", "code"), [("no:municipality:1103", "1103"), ("no:nation:0000", "I")])
def test_an_official_figure_of_an_upper_level_is_shown_as_published(site, unit_id, code):
    cells = _norwegian_cells(code)
    shown = _shown(site, unit_id)
    assert {key: shown[key] for key in cells} == cells


def test_the_key_figure_at_the_top_is_the_published_merit_value(site):
    page = site.page("se:school:15594566")
    value = _swedish_cells("15594566")["merit_value", "2023/24"]
    assert page.select_one(".in-short .big").get_text() == f"{value:.1f}".replace(".", ",")


def test_the_csv_under_a_figure_holds_what_the_table_shows(site):
    from urllib.parse import unquote

    section = site.page("se:school:15594566").select_one("#trend")
    text = unquote(section.select_one("a.csv")["href"].split(",", 1)[1]).removeprefix("\ufeff")
    found = list(csv.reader(text.splitlines(), delimiter=";"))
    shown = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in section.select("tr")]
    plain = [[cell.replace("\N{NO-BREAK SPACE}", "") for cell in row] for row in shown]
    assert found[0][: len(shown[0])] == shown[0]
    assert [row[2] for row in found[1:]] == [row[2] for row in plain[1:]]


def test_the_folder_of_the_sample_is_not_touched_by_a_run(workspace):
    published = sorted(path for path in (ROOT / "data/sweden").rglob("*") if path.is_file())
    for path in published:
        assert (workspace.root / path.relative_to(ROOT)).read_bytes() == Path(path).read_bytes()

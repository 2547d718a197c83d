from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.catalogue import indicators
from analysis.catalogue.surveys import surveys
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.synthetic import making, truth
from analysis.synthetic.making import made
from analysis.synthetic.names import AREAS, COUNTY, MUNICIPALITIES
from analysis.synthetic.places import COLUMNS as UNIT_COLUMNS

COLUMNS = {
    "units": ";".join(UNIT_COLUMNS),
    "pupils": "pupil;school_year;grade;group_code;sex;parents_education;origin;support",
    "results": "pupil;school_year;indicator;value",
    "answers": "pupil;school_year;survey;statement;answer",
    "targets": "target;unit_code;level;indicator;kind;target_value;due_school_year;set_by;decided_on;why",
    "commitments": "commitment;unit_code;level;school_year;why;what;expected;indicators;status;responsible_role;"
    "follow_up_on;outcome",
    "accounts": "unit_code;level;school_year;question;text;written_by_role;written_on",
    "interventions": "intervention;name;unit_code;level;adoption_school_year;exit_school_year;wave;selected_on;"
    "selection_school_year",
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "data" / name, sep=";", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def real_schools(repository: Path) -> tuple[set[str], set[str], set[str]]:
    """Names of schools and municipalities, and all codes, that the Swedish lists hold."""
    names, codes, places = set(), set(), set()
    for path in (repository / "data/sweden/skolverket").glob("*.csv"):
        content = path.read_bytes()
        text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8")
        lines = list(csv.reader(io.StringIO(text), delimiter=";"))
        start = next(number for number, line in enumerate(lines) if line[:1] == ["Skola"])
        columns = {name: lines[start].index(name) for name in ("Skola", "Skol-enhetskod", "Skolkommun", "Kommun-kod")}
        for line in lines[start + 1 :]:
            if len(line) > max(columns.values()):
                names.add(line[columns["Skola"]].casefold())
                codes |= {line[columns["Skol-enhetskod"]], line[columns["Kommun-kod"]].zfill(4)}
                places.add(line[columns["Skolkommun"]].casefold())
    assert len(names) > 4000
    assert len(places) > 280
    return names, codes, places


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path) -> None:
    again = made(tmp_path / "again", seed=3, pupils=1200)
    assert contents(again) == contents(folder)


def test_another_seed_gives_another_municipality(folder, tmp_path) -> None:
    other = contents(made(tmp_path / "other", seed=4, pupils=1200))
    same = contents(folder)
    assert set(other) == set(same)
    for name in ("pupils", "results", "answers"):
        assert other[f"data/local/{name}.csv"] != same[f"data/local/{name}.csv"]
    assert other["truth/schools.csv"] != same["truth/schools.csv"]


def test_no_school_and_no_municipality_is_a_real_one(folder, real_schools) -> None:
    names, codes, places = real_schools
    units = table(folder, "local/units.csv")
    schools = units[units["level"] == "school"]
    assert len(schools) == 16 + 49
    assert schools["name"].is_unique
    assert not set(schools["name"].str.casefold()) & names
    assert not [name for name in schools["name"] if any(name.casefold() in each for each in names)]
    assert not set(units["unit_code"]) & codes
    assert not {name.casefold() for _, name in MUNICIPALITIES} & places
    assert not [code for code in codes if code.startswith(COUNTY[0]) and len(code) == 4]


def test_every_table_begins_with_its_header(folder) -> None:
    for name, header in COLUMNS.items():
        assert (folder / f"data/local/{name}.csv").read_text(encoding="utf-8").split("\n")[0] == header
    first = (folder / "data/own/figures.csv").read_text(encoding="utf-8").split("\n")[0]
    assert first == "unit_code;level;indicator;school_year;group;value;n"
    assert {path.name for path in (folder / "data/local").iterdir()} == {f"{name}.csv" for name in COLUMNS}


def test_the_folder_says_that_everything_is_made_up(folder) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "a municipality that does not exist" in text
    assert "Everything in this folder is made up" in text
    assert Workspace.read(folder).synthetic


def test_every_unit_has_its_parent_and_every_class_its_years(folder) -> None:
    units = table(folder, "local/units.csv")
    assert units["unit_code"].is_unique
    orphans = units[~units["parent_code"].isin(units["unit_code"]) & (units["level"] != "region")]
    assert orphans.empty
    assert set(units.loc[units["level"] == "area", "unit_code"]) == set(AREAS)
    assert units.loc[units["level"].isin(["group", "team", "area"]), "unit_code"].str.fullmatch("[a-z0-9-]{1,40}").all()
    assert set(units.loc[units["successor_code"] != "", "successor_code"]) <= set(units["unit_code"])
    pupils = table(folder, "local/pupils.csv")
    assert set(pupils["group_code"]) == set(units.loc[units["level"] == "group", "unit_code"])
    spans = units.set_index("unit_code")
    first = pupils["group_code"].map(spans["first_year"])
    last = pupils["group_code"].map(spans["last_year"]).replace("", "2999/00")
    assert ((pupils["school_year"] >= first) & (pupils["school_year"] <= last)).all()


def test_a_pupil_has_one_row_a_year_and_goes_one_grade_up(folder) -> None:
    pupils = table(folder, "local/pupils.csv")
    assert not pupils.duplicated(["pupil", "school_year"]).any()
    assert set(pupils["sex"]) == {"girl", "boy"}
    assert set(pupils["origin"]) == {"domestic", "foreign_background", "newly_arrived"}
    assert set(pupils["parents_education"]) == {"", "1", "2", "3"}
    cohort = pupils["school_year"].str[:4].astype(int) - pupils["grade"].astype(int)
    assert (cohort.groupby(pupils["pupil"]).nunique() == 1).all()
    assert (pupils.groupby("pupil")["sex"].nunique() == 1).all()


def test_every_result_is_of_a_pupil_in_the_grade_and_on_the_scale(folder) -> None:
    results, pupils = table(folder, "local/results.csv"), table(folder, "local/pupils.csv")
    assert not results.duplicated(["pupil", "school_year", "indicator"]).any()
    joined = results.merge(pupils[["pupil", "school_year", "grade"]], on=["pupil", "school_year"], how="left")
    merit = results[results["indicator"] == "merit_value"]["value"].astype(float)
    assert merit.between(0, 340).all()
    assert (merit % 2.5 == 0).all()
    tests = results[results["indicator"].str.startswith("national_test")]["value"].astype(float)
    assert set(tests) == {0, 10, 12.5, 15, 17.5, 20}
    for name, rows in joined.groupby("indicator"):
        assert set(rows["grade"]) == {str(indicators()[name].grade)}


def test_who_passes_all_subjects_is_eligible_and_has_the_merit_for_it(folder) -> None:
    results = table(folder, "local/results.csv").pivot(
        index=["pupil", "school_year"], columns="indicator", values="value"
    )
    nine = results.dropna(subset=["merit_value"]).astype(float)
    passed = nine[nine["all_subjects_passed_9"] == 1]
    assert len(passed) > 500
    assert (passed["merit_value"] >= 160).all()
    assert (passed["eligible_vocational"] == 1).all()
    assert (nine["eligible_vocational"] == 0).sum() > 10


def test_every_answer_is_one_of_the_survey_s_options_or_blank(folder) -> None:
    answers, pupils = table(folder, "local/answers.csv"), table(folder, "local/pupils.csv")
    asked = surveys()["school_survey"]
    assert set(answers["statement"]) == set(asked.statements)
    assert set(answers["answer"]) == {"", *(f"{value:g}" for value, _ in asked.options)}
    joined = answers.merge(pupils[["pupil", "school_year", "grade"]], on=["pupil", "school_year"], how="left")
    assert set(joined["grade"]) == {str(grade) for grade in asked.grades}


def test_figures_of_schools_are_known_indicators_with_marks_for_what_is_not_reported(folder) -> None:
    figures = table(folder, "own/figures.csv")
    assert set(figures["indicator"]) <= set(indicators())
    assert not figures.duplicated(["unit_code", "indicator", "school_year", "group"]).any()
    marks = figures[~figures["value"].str.fullmatch(r"-?\d+(\.\d+)?")]
    assert set(marks["value"]) == {"..", ".", "~100"}
    assert (marks["n"] == "").all()
    assert (figures.loc[~figures.index.isin(marks.index), "n"].astype(int) >= 10).all()
    own = figures[figures["unit_code"].str.startswith("999901")]
    assert set(own["indicator"]) == {
        "certified_teachers", "pupils_per_teacher", "salsa_merit_calculated", "salsa_merit_deviation"
    }  # fmt: skip


def test_the_adjusted_values_follow_the_published_equation_and_lag_a_year(folder) -> None:
    figures = table(folder, "own/figures.csv")
    calculated = figures[(figures["indicator"] == "salsa_merit_calculated") & (figures["value"] != "..")]
    assert calculated["school_year"].max() == "2023/24"
    assert (calculated["n"].astype(int) >= 15).all()
    pupils, results = table(folder, "local/pupils.csv"), table(folder, "local/results.csv")
    code, year = calculated[calculated["unit_code"].str.startswith("999901")].iloc[0][["unit_code", "school_year"]]
    merit = results[results["indicator"] == "merit_value"].set_index(["pupil", "school_year"])["value"].astype(float)
    here = pupils[pupils["group_code"].str.startswith(f"{code}-") & (pupils["school_year"] == year)]
    here = here[(here["grade"] == "9") & pd.MultiIndex.from_frame(here[["pupil", "school_year"]]).isin(merit.index)]
    education = pd.to_numeric(here["parents_education"]).mean()
    boys = (here["sex"] == "boy").mean()
    newly = ((here["origin"] == "newly_arrived") | (here["parents_education"] == "")).mean()
    known = 93.567 + 69.846 * education - 35.271 * boys - 83.641 * newly
    found = calculated.set_index(["unit_code", "school_year"]).loc[(code, year), "value"]
    assert float(found) == round(known)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is already there and not empty"):
        made(tmp_path, pupils=1200)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_when_the_writing_fails(tmp_path, monkeypatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError("no space left")

    write = making._write
    monkeypatch.setattr(making, "_write", lambda *given: (write(*given), refuses()))
    with pytest.raises(OSError, match="no space left"):
        made(tmp_path / "new", pupils=1200)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pupils", [0, 999, 20001])
def test_a_number_of_pupils_that_cannot_be_is_refused(tmp_path, pupils) -> None:
    with pytest.raises(UsageError) as error:
        made(tmp_path / "new", pupils=pupils)
    assert str(error.value) == (
        f"the number of pupils is from 1000 to 20000, found: {pupils}\n"
        "  mend:  choose a number between them; 5500 is the usual size"
    )


def test_a_folder_without_truth_says_what_is_missing(tmp_path) -> None:
    with pytest.raises(UsageError, match=re.escape("a made-up municipality has the file truth.json")):
        truth(tmp_path)

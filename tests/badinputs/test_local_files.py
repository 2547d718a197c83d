"""Every broken rule in the files of data/local is refused with its place and remedy, and nothing is written."""

import io
import shutil
from collections.abc import Callable

import openpyxl
import pytest
from tests.store.town import FILES

from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused
from analysis.store import collect

Place = Callable[[dict[str, bytes]], Workspace]


def town(place: Place, files: dict[str, str | bytes], *, settings: str = "synthetic = true\n") -> Workspace:
    """The made-up town with these files; a name with a suffix stands as it is."""
    contents = {f"local/{name}" if "." in name else f"local/{name}.csv": text for name, text in files.items()}
    workspace = place({name: text.encode() if isinstance(text, str) else text for name, text in contents.items()})
    (workspace.root / "arshjul.toml").write_text(settings, encoding="utf-8")
    return Workspace.find(workspace.root)


def refusal(workspace: Workspace) -> InputRefused:
    with pytest.raises(InputRefused) as refused:
        collect(workspace, tell=lambda _: None)
    assert not workspace.store.exists()
    assert "found:" in str(refused.value) and "mend:" in str(refused.value)
    return refused.value


UNITS = [
    ("a9;group;9 A", "A9;group;9 A", "the code of a group is 1 to 40 small letters", 11, "unit_code"),
    ("99000001;school;Ängs", "9900001;school;Ängs", "the code of a school has 8 digits", 5, "unit_code"),
    ("a9;group;9 A", "b9;group;9 A", "a unit stands in one row", 12, "unit_code"),
    ("a9;group;9 A", ";group;9 A", "unit_code is filled in", 11, "unit_code"),
    ("a9;group;9 A", "a9;class;9 A", "level is group, team, school, area, municipality, region", 11, "level"),
    ("a9;group;9 A", "a9;group;\u200b", "a unit has a name of letters that can be seen", 11, "name"),
    (
        "a9;group;9 A;lag-1",
        "a9;group;9 A;lag-2",
        "a group belongs to one team or school that is there",
        11,
        "parent_code",
    ),
    (
        "a9;group;9 A;lag-1",
        "a9;group;9 A;norr",
        "a group belongs to one team or school that is there",
        11,
        "parent_code",
    ),
    ("a9;group;9 A;lag-1", "a9;group;9 A;", "a group belongs to one team or school that is there", 11, "parent_code"),
    (
        "norr;area;Norra området;9901",
        "norr;area;Norra;99",
        "an area belongs to one municipality that is there",
        4,
        "parent_code",
    ),
    ("a9;group;9 A;lag-1;se", "a9;group;9 A;lag-1;dk", "country is se, no", 11, "country"),
    (
        ";2022/23;;\n99000004",
        ";2022/24;;\n99000004",
        "a school year is written 2024/25, or left empty",
        7,
        "first_year",
    ),
    (";2022/23;;\n99000004", ";2022/23;2021/22;\n99000004", "last year is not before its first", 7, "last_year"),
    (
        "2021/22;99000003\n99000002",
        "2021/22;99000009\n99000002",
        "a successor is a unit of the same level",
        5,
        "successor_code",
    ),
    ("2021/22;99000003\n99000002", ";99000003\n99000002", "a unit with a successor has a last year", 5, "last_year"),
    (
        "2021/22;99000003\n99000002",
        "2019/20;99000003\n99000002",
        "is there in the school year after",
        5,
        "successor_code",
    ),
    ("successor_code", "successor", "the column 'successor_code' must be there", 1, None),
]
PUPILS = [
    ("a9-2021-0;2021/22;9", "a9-2021-1;2021/22;9", "a pupil and a school year stands in one row", None, "year"),
    ("a9-2021-0;2021/22;9", ";2021/22;9", "pupil is filled in", None, "pupil"),
    ("a9-2021-0;2021/22;9", "a9-2021-0;2021/22;11", "grade is a whole number from 0 to 10", None, "grade"),
    (
        "a9-2021-0;2021/22;9;a9",
        "a9-2021-0;2021/22;9;z9",
        "a pupil goes in a class that units.csv names",
        None,
        "group_code",
    ),
    ("a9-2021-0;2021/22;9", "a9-2021-0;2022/23;9", "is there in the school years of its pupils", None, "group_code"),
    ("9;a9;girl", "9;a9;flicka", "sex is girl, boy", 2, "sex"),
    ("9;a9;girl;3", "9;a9;girl;4", "parents_education is 1, 2, 3, empty", 2, "parents_education"),
    ("3;newly_arrived", "3;newly_arived", "Did you mean 'newly_arrived'?", 2, "origin"),
    ("newly_arrived;yes", "newly_arrived;ja", "support is yes, 1, no, 0", 2, "support"),
]
RESULTS = [
    ("merit_value;200", "merit_value;341", "merit_value lies between 0 and 340", 2, "value"),
    ("merit_value;200", "merit_value;2e2", "value is a number or, where nothing was reported, empty", 2, "value"),
    ("eligible_vocational;0", "eligible_vocational;50", "a pupil's result is yes or no, or 1 or 0", 3, "value"),
    ("merit_value;200", "merit_valeu;200", "Did you mean 'merit_value'?", 2, "indicator"),
    ("merit_value;200", "certified_teachers;80", "is of an indicator about one grade", 2, "indicator"),
    ("merit_value;200", "national_test_maths_6;20", "a result is of the grade the pupil goes in", 2, "indicator"),
    ("merit_value;200", "np9_reading;50", "a result is of the country the class is in", 2, "indicator"),
    ("a9-2020-0;2020/21", "a9-2020-99;2020/21", "is in pupils.csv the same school year", 2, "pupil"),
    (
        "a9-2020-0;2020/21;eligible_vocational;0",
        "a9-2020-0;2020/21;merit_value;0",
        "a pupil's result stands in one row",
        3,
        "indicator",
    ),
]
ANSWERS = [
    ("school_survey", "school_servey", "Did you mean 'school_survey'?", 2, "survey"),
    ("safety_at_school", "safety_at_skool", "Did you mean 'safety_at_school'?", 2, "statement"),
    (";10\n", ";9\n", "an answer is 10, 6.67, 3.33, 0, or empty", 2, "answer"),
    (";10\n", ";ja\n", "answer is a number or, where nothing was reported, empty", 2, "answer"),
    ("safety_afraid", "safety_at_school", "a pupil's answer stands in one row", 3, "statement"),
    ("c9-2023-0;2023/24", "e-0;2020/21", "is answered in grades 5, 8, 9 of se", 2, "pupil"),
]
TARGETS = [
    ("m-2;", "m-1;", "a target stands in one row", 3, "target"),
    ("9901;municipality", "9903;municipality", "is about a unit that is there", 2, "unit_code"),
    (";goal;", ";mål;", "kind is goal, minimum, improvement, gap_reduction", 2, "kind"),
    (";235;", ";400;", "a target can be reached on the indicator's scale", 2, "target_value"),
    (";10;", ";341;", "a target can be reached on the indicator's scale", 3, "target_value"),
    ("2022-11-10", "10/11/2022", "a day is written 2024-09-01", 2, "decided_on"),
    ("2022-11-10", "2022-13-10", "a day is written 2024-09-01", 2, "decided_on"),
    (";council;", ";board;", "set_by is council, administration, school", 2, "set_by"),
    ("Alla ska lyckas.", "", "why is filled in", 2, "why"),
    ("Alla ska lyckas.", "Se 900101-2385.", "no personal number stands in a text", 2, "why"),
]
COMMITMENTS = [
    (
        "merit_value eligible",
        "merit_value, eligible",
        "indicators are ids of the catalogue with blanks",
        2,
        "indicators",
    ),
    (";ongoing;", ";begun;", "status is planned, ongoing, done, stopped, carried", 2, "status"),
    ("2024-06-01;\n", "2024-06-01;good\n", "outcome is effect, partly, none, unclear, empty", 2, "outcome"),
    ("Läslust.", "", "what is filled in", 2, "what"),
    ("Läslust.", "Stöd till 19900101-2385.", "no personal number stands in a text", 2, "what"),
]
ACCOUNTS = [
    (";rektor;", ";;", "written_by_role is filled in", 2, "written_by_role"),
    ("results_and_why", "result_and_why", "Did you mean 'results_and_why'?", 2, "question"),
    ("results_and_why", "class_goals", "question is ", 2, "question"),
    (
        "9901;municipality;2023/24;causes",
        "99000003;school;2023/24;results_and_why",
        "an answer to a question stands in one row",
        3,
        "question",
    ),
    ("Fler läser hemma.", "Fler läser. " * 90, "an answer is at most 1,000 signs", 2, "text"),
    ("Fler läser hemma.", "Eleven 010107 50160 läser.", "found: a personal number at sign 8", 2, "text"),
    ("2024-08-20", "20/8", "a day is written 2024-09-01", 2, "written_on"),
    ("9901;municipality", "9902;municipality", "is about a unit that is there", 3, "unit_code"),
]
INTERVENTIONS = [
    ("99000003;school", "99000004;school", "an intervention in a unit stands in one row", 3, "unit_id"),
    ("2023/24;2;;", "2020/21;2;;", "an intervention ends after it begins", 3, "exit_school_year"),
    ("2023/24;2;;", "2023/24;0;;", "wave is a whole number from 1 to 99", 3, "wave"),
    (
        "merit_value;2020/21",
        "merit_value;",
        "stands beside the school year it was chosen on",
        2,
        "selection_school_year",
    ),
    ("merit_value;2020/21", "merit_value;2023/24", "a unit is chosen before it begins", 2, "selection_school_year"),
]
CASES = [
    (name, *case)
    for name, cases in {
        "units": UNITS, "pupils": PUPILS, "results": RESULTS, "answers": ANSWERS, "targets": TARGETS,
        "commitments": COMMITMENTS, "accounts": ACCOUNTS, "interventions": INTERVENTIONS,
    }.items()
    for case in cases
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "words", "row", "column"), CASES)
def test_a_broken_rule_refuses_the_file(
    place: Place, name: str, old: str, new: str, words: str, row: int | None, column: str | None
) -> None:
    assert old in FILES[name]
    refused = refusal(town(place, {**FILES, name: FILES[name].replace(old, new, 1)}))
    assert words in str(refused)
    assert refused.file == f"local/{name}.csv" and refused.column == column
    assert not any(number in str(refused) for number in ("0101-2385", "50160")), "an error is read by others too"
    if row is not None:
        assert refused.row == row


def test_another_file_is_refused_and_the_nearest_name_is_suggested(place: Place) -> None:
    refused = refusal(town(place, {**FILES, "result": FILES["results"]}))
    assert "Did you mean 'results'?" in refused.found and refused.file == "local/result.csv"


def test_the_same_table_twice_is_refused(place: Place) -> None:
    book = openpyxl.Workbook()
    for line in FILES["targets"].splitlines():
        book.active.append(line.split(";"))
    buffer = io.BytesIO()
    book.save(buffer)
    refused = refusal(town(place, {**FILES, "targets.xlsx": buffer.getvalue()}))
    assert refused.rule == "there is one file of targets" and refused.file == "local/targets.xlsx"


def test_excel_commas_and_tabs_are_read_alike(place: Place) -> None:
    usual = collect(town(place, FILES), tell=lambda _: None)
    book = openpyxl.Workbook()
    for line in FILES["units"].splitlines():
        book.active.append(line.split(";"))
    buffer = io.BytesIO()
    book.save(buffer)
    (usual.path.parents[1] / "local" / "units.csv").unlink()
    files = {
        **FILES,
        "targets": FILES["targets"].replace(";", "\t"),
        "interventions": FILES["interventions"].replace(";", ","),
    }
    files = {name: text for name, text in files.items() if name != "units"}
    found = collect(town(place, {**files, "units.xlsx": buffer.getvalue()}), tell=lambda _: None)
    assert found.hash != usual.hash
    for file in usual.path.glob("*.parquet"):
        assert (found.path / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", ["pupils", "results", "answers"])
def test_files_about_pupils_are_refused_where_nothing_says_that_all_is_made_up(place: Place, name: str) -> None:
    refused = refusal(town(place, {"units": FILES["units"], name: FILES[name]}, settings=""))
    assert refused.file == f"local/{name}.csv" and "pupil files need a key" in refused.mend


@pytest.mark.parametrize("name", ["results", "answers"])
def test_results_without_pupils_are_refused(place: Place, name: str) -> None:
    refused = refusal(town(place, {"units": FILES["units"], name: FILES[name]}))
    assert refused.rule == "a pupil of a result or an answer is in pupils.csv"


def test_a_class_that_two_countries_have_is_refused_for_pupils_and_plans(place: Place) -> None:
    more = "03;region;Oslo;;no;;;\n0301;municipality;Oslo;03;no;;;\n974000001;school;Berg;0301;no;;;\n"
    units = FILES["units"] + more + "a9;group;9 A;974000001;no;;;\n"
    found = town(place, {**FILES, "units": units})
    assert "no class of another country" in refusal(found).rule
    shutil.rmtree(found.data)
    plan = FILES["commitments"].replace("99000003;school", "a9;group").replace("merit_value eligible_vocational", "")
    files = {"units": units, "commitments": plan}
    assert refusal(town(place, files)).rule == "a unit's code and level are enough to know it by"

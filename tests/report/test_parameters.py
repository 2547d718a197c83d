"""What a page is asked for is checked before anything runs."""

from pathlib import Path

import pytest

from analysis.errors import ParameterError
from analysis.report.parameters import PageRequest, page_path, parameters, safe_name

ASKED = {"unit": "se:school:16762245", "school_year": "2023/24", "lang": "sv", "audience": "public"}
FREE = {"level": "", "report": "quality_report", "compare_with": ""}


def test_what_is_left_out_gets_its_usual_value_and_the_rest_comes_back_as_it_was() -> None:
    assert parameters(ASKED) == ASKED | FREE
    asked = ASKED | {"level": "school", "report": "plan", "compare_with": "own_history"}
    assert parameters(asked) == asked


def test_a_mistyped_parameter_gets_a_suggestion() -> None:
    with pytest.raises(ParameterError) as error:
        parameters({**ASKED, "scool_year": "2023/24"})
    assert str(error.value) == (
        "a report's parameters are unit, school_year, lang, audience, level, report, compare_with, got: 'scool_year'."
        " Did you mean 'school_year'?"
    )


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match=r"missing: school_year, lang$"):
        parameters({"unit": ASKED["unit"], "audience": "public"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unit", 684),
        ("unit", None),
        ("unit", ["se:school:1"]),
        ("unit", "0684"),
        ("unit", "se:school:16762245\n"),
        ("unit", "se:school:../../etc"),
        ("unit", "se:school:{0}"),
        ("unit", "dk:school:1"),
        ("school_year", 2023),
        ("school_year", "2023"),
        ("school_year", "2023/25"),
        ("lang", False),
        ("lang", "no"),
        ("audience", "staff"),
        ("level", "municipality"),
        ("level", None),
        ("report", "plann"),
        ("report", ""),
        ("compare_with", "best"),
    ],
)
def test_an_ill_formed_parameter_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"the parameter '{name}'"):
        parameters({**ASKED, name: value})


def test_text_that_only_looks_like_text_is_refused() -> None:
    class Sly(str):
        def __repr__(self) -> str:
            return "__import__('os')"

    with pytest.raises(ParameterError, match="is text"):
        parameters({**ASKED, "unit": Sly("se:school:16762245")})


def test_the_page_of_a_unit_stands_under_its_level() -> None:
    assert page_path("no:region:11") == "region/no-region-11.html"


def test_another_kind_of_report_stands_beside_the_usual_one_and_never_in_its_place() -> None:
    assert page_path("no:region:11", "quality_report") == page_path("no:region:11")
    assert page_path("se:school:1", "plan") == "school/se-school-1_plan.html"
    with pytest.raises(ParameterError, match="'report'"):
        page_path("se:school:1", "../plan")


def test_a_report_is_refused_for_a_level_that_it_is_not_made_for() -> None:
    with pytest.raises(ParameterError) as error:
        parameters(ASKED | {"report": "board_brief"})
    assert str(error.value) == ("the report board_brief is made for the levels municipality, got: 'se:school:16762245'")


def test_a_request_says_which_report_it_is_in_its_parameters_its_path_and_its_file_name() -> None:
    asked = PageRequest(
        "se:school:1", "school", "A", "2023/24", "sv", "public", Path("a.ipynb"), False, "plan", "target"
    )
    assert asked.parameters["level"] == "school"
    assert (asked.parameters["report"], asked.parameters["compare_with"]) == ("plan", "target")
    assert (asked.path, asked.safe_name) == ("school/se-school-1_plan.html", "se-school-1_plan")


def test_a_file_name_is_never_made_of_something_else_than_a_unit() -> None:
    with pytest.raises(ParameterError, match="'unit'"):
        safe_name("../se:school:1")


def test_a_request_at_the_wrong_level_is_refused() -> None:
    with pytest.raises(ParameterError, match="not at the level"):
        PageRequest("se:school:1", "municipality", "A", "2023/24", "sv", "public", Path("a.ipynb"), False)


def test_a_request_without_a_name_is_refused() -> None:
    with pytest.raises(ParameterError, match="name of its unit"):
        PageRequest("se:school:1", "school", " ", "2023/24", "sv", "public", Path("a.ipynb"), False)

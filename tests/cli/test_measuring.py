from __future__ import annotations

import csv
import json

import pytest

pytestmark = pytest.mark.slow


def test_units_are_listed_as_objects(arshjul, small_workspace) -> None:
    found = json.loads(arshjul("list", "units", "--level", "municipality", "--json", folder=small_workspace).stdout)
    uppsala = next(unit for unit in found if unit["unit_id"] == "se:municipality:0380")
    assert uppsala == {
        "unit_id": "se:municipality:0380",
        "level": "municipality",
        "name": "Uppsala",
        "country": "se",
        "code": "0380",
        "parent_id": "se:region:03",
    }


def test_the_json_holds_the_question_and_every_unit(arshjul, small_workspace) -> None:
    asked = ("measure", "level", "--indicator", "merit_value", "--level", "school", "--year", "2023/24", "--json")
    found = arshjul(*asked, folder=small_workspace)
    assert found.returncode == 0, found.stderr
    answer = json.loads(found.stdout)
    assert (answer["question"], answer["indicator"], answer["level"], answer["year"]) == (
        "level",
        "merit_value",
        "school",
        2023,
    )
    names = {unit["unit_id"] for unit in answer["units"]}
    listed = json.loads(arshjul("list", "units", "--level", "school", "--json", folder=small_workspace).stdout)
    assert names <= {unit["unit_id"] for unit in listed}
    assert any(unit["value"] is not None for unit in answer["units"])
    assert any(unit["value"] is None for unit in answer["units"])


def test_the_fit_stands_in_the_json(arshjul, small_workspace) -> None:
    asked = ("measure", "adjusted", "--indicator", "merit_value", "--level", "school", "--json")
    plain = json.loads(arshjul(*asked, folder=small_workspace).stdout)
    weighted = json.loads(arshjul(*asked, "--weights", "n_pupils", folder=small_workspace).stdout)
    assert (plain["weights"], weighted["weights"]) == ("none", "n_pupils")
    assert set(plain["fit"]["coefficients"]) >= {"parents_education", "foreign_background", "girls"}
    assert plain["fit"]["coefficients"] != weighted["fit"]["coefficients"]


def test_the_csv_is_the_same_as_the_json(arshjul, small_workspace, tmp_path) -> None:
    asked = ("measure", "trend", "--indicator", "merit_value", "--level", "school")
    known = json.loads(arshjul(*asked, "--json", folder=small_workspace).stdout)["units"]
    file = tmp_path / "trend.csv"
    assert arshjul(*asked, "--csv", file, folder=small_workspace).returncode == 0
    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbfunit_id,name,")
    found = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
    assert [row["unit_id"] for row in found] == [unit["unit_id"] for unit in known]
    assert [float(row["estimate"]) if row["estimate"] else None for row in found] == [
        unit["estimate"] for unit in known
    ]


def test_weights_are_refused_where_no_model_is_fitted(arshjul, small_workspace) -> None:
    asked = ("measure", "trend", "--indicator", "merit_value", "--level", "school", "--weights", "none")
    found = arshjul(*asked, folder=small_workspace)
    assert found.returncode == 2
    assert "the question 'trend' fits no model with weights" in found.stderr


def test_a_level_without_figures_says_which_there_are(arshjul, small_workspace) -> None:
    found = arshjul("measure", "trend", "--indicator", "merit_value", "--level", "nation", folder=small_workspace)
    assert found.returncode == 2
    assert "no figures at the level 'nation'; levels with figures: municipality, region, school" in found.stderr


def test_a_year_without_figures_says_which_there_are(arshjul, small_workspace) -> None:
    asked = ("measure", "trend", "--indicator", "merit_value", "--level", "school", "--year", "1999/00")
    found = arshjul(*asked, folder=small_workspace)
    assert found.returncode == 2
    assert "no figures for 1999/00" in found.stderr
    assert "2023/24" in found.stderr

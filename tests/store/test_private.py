"""The true closed figures, which nothing but the decision of what may be seen may read."""

import ast
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.errors import UsageError
from analysis.store import Snapshot
from analysis.store.private import read_private, read_succession

PACKAGE = Path(analysis.__file__).parent
MAY_READ = {"publish/disclosure/material.py", "audit/truth.py"}
"""the decision, and the audit that sees whether what was withheld could be worked out"""


@pytest.fixture
def private(whole_town: Snapshot) -> pd.DataFrame:
    return read_private(whole_town.path)


def test_the_file_is_for_its_owner_alone(whole_town: Snapshot) -> None:
    for name in ("private", "succession", "enrolments", "results", "answers"):
        assert (whole_town.path / f"{name}.parquet").stat().st_mode & 0o777 == 0o600


def test_a_question_in_sql_cannot_reach_it(whole_town: Snapshot) -> None:
    with pytest.raises(UsageError, match="private"):
        whole_town.query("SELECT * FROM private")
    with pytest.raises(UsageError):
        whole_town.query(f"SELECT * FROM read_parquet('{whole_town.path / 'private.parquet'}')")


def test_only_the_decision_reads_it() -> None:
    reading = set()
    for path in PACKAGE.rglob("*.py"):
        names = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module == "analysis.store.private"
            for alias in node.names
        }
        if names & {"read_private", "read_succession"}:
            reading.add(path.relative_to(PACKAGE).as_posix())
        assert "private.parquet" not in path.read_text(encoding="utf-8") or path.name == "private.py"
    assert reading <= MAY_READ


def test_small_groups_are_true_in_it(private: pd.DataFrame) -> None:
    mine = private[(private["indicator"] == "merit_value") & (private["unit_id"] == "se:group:a9")]
    mine = mine[mine["year"] == 2020].set_index("group")["n"]
    assert mine[["all", "girls", "boys"]].tolist() == [12, 6, 6]
    assert mine[["parents:longer_education", "parents:shorter_education", "parents:unknown"]].tolist() == [4, 4, 4]
    assert mine[["origin:newly_arrived", "origin:foreign_background", "origin:domestic"]].tolist() == [3, 3, 6]
    assert mine[["support:with_support", "support:without_support"]].tolist() == [1, 11]


def test_a_percentage_has_the_pupils_it_counts(private: pd.DataFrame) -> None:
    mine = private[(private["indicator"] == "eligible_vocational") & (private["group"] == "all")]
    assert (mine["numerator"] <= mine["denominator"]).all()
    assert (mine["denominator"] == mine["n"]).all()
    assert (mine["numerator"] == mine["numerator"].round()).all()
    means = private[private["indicator"] == "merit_value"]
    assert means["numerator"].isna().all()


def test_a_merged_unit_is_counted_with_its_successor_and_the_successor_without_it(private: pd.DataFrame) -> None:
    mine = private[(private["indicator"] == "merit_value") & (private["group"] == "all")]
    at = mine.set_index(["unit_id", "year", "part"])["n"]
    assert at["se:school:99000003", 2020, "whole"] == 32
    assert ("se:school:99000003", 2020, "own") not in at.index
    assert at["se:school:99000003", 2022, "whole"] == at["se:school:99000003", 2022, "own"] == 30


def test_the_succession_names_who_carries_whom_on(whole_town: Snapshot) -> None:
    found = read_succession(whole_town.path).to_numpy().tolist()
    assert ["se:school:99000001", "se:school:99000003"] in found


def test_the_very_same_pupils_have_the_same_mark(private: pd.DataFrame) -> None:
    mine = private[(private["indicator"] == "merit_value") & (private["year"] == 2020) & (private["group"] == "all")]
    mark = mine.set_index("unit_id")["members"]
    assert mark["se:group:a9"] == mark["se:team:lag-1"] == mark["se:school:99000001"]
    assert mark["se:group:a9"] != mark["se:group:b9"]


def test_own_figures_of_few_pupils_are_kept_true_in_it_and_withheld_elsewhere(
    collected: Callable[..., Snapshot],
) -> None:
    figures = (
        "unit_code;level;indicator;school_year;group;value;n\n"
        "99000003;school;all_subjects_passed_6;2022/23;all;50;8\n"
        "99000004;school;all_subjects_passed_6;2022/23;all;75;40\n"
    )
    snapshot = collected(figures=figures)
    mine = read_private(snapshot.path).query("source == 'own'").set_index("unit_id")
    assert mine.loc["se:school:99000003", ["n", "numerator"]].tolist() == [8, 4]
    rows = snapshot.query("SELECT unit_id, status, n FROM observations WHERE source = 'own' AND level = 'school'")
    assert rows.set_index("unit_id").loc["se:school:99000003", "status"] == "withheld"
    assert rows["n"].min() == 40

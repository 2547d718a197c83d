"""A kind of report is made for its own levels, in a run of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.batch.selection import Selection, check, with_levels_of
from analysis.catalogue import levels
from analysis.errors import UsageError
from analysis.publish.archiving import archived

ALL = tuple(levels())


def test_a_report_is_made_for_its_own_levels_when_none_is_named() -> None:
    assert with_levels_of(Selection(report="team_account"), ALL).levels == ("team",)
    assert with_levels_of(Selection(), ALL).levels == ()
    assert with_levels_of(Selection(report="plan", levels=("school",)), ALL).levels == ("school",)


def test_a_report_whose_levels_the_readers_do_not_see_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        with_levels_of(Selection(report="group_page"), ("school", "municipality"))
    assert str(error.value) == "--report group_page: the audience public sees none of its levels"


def test_a_level_that_the_report_is_not_made_for_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        check(Selection(report="board_brief", levels=("school",)))
    assert str(error.value) == "--report board_brief is made for the levels municipality, got: 'school'"


def test_a_mistyped_report_or_comparison_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'scorecard'"):
        check(Selection(report="score_card"))
    with pytest.raises(UsageError, match=r"--compare-with: one of own_history, .* Did you mean 'municipality'"):
        check(Selection(compare_with="municipalty"))


def run(folder: Path, name: str, report: str | None, state: str = "made") -> None:
    """A run with one page, as its manifest tells of it."""
    asked = {"school_years": "2023/24", "lang": "sv", "audience": "board"} | ({"report": report} if report else {})
    page = {"unit_id": "se:school:1", "path": "school/se-school-1.html", "state": state, "sha256": "ab" * 32}
    (folder / name).mkdir(parents=True)
    (folder / name / "manifest.json").write_text(
        json.dumps({"data": "cd" * 32, "parameters": asked, "pages": [page]}), encoding="utf-8"
    )


def test_the_archive_lists_what_was_made_and_by_which_marks_it_is_known(tmp_path) -> None:
    run(tmp_path, "b", "plan")
    run(tmp_path, "a", None)
    run(tmp_path, "c", "plan", state="failed")
    run(tmp_path, ".work", "plan")
    run(tmp_path, "d", "archive_index")
    found = archived(tmp_path)
    assert [(each["run"], each["report"]) for each in found] == [("a", "quality_report"), ("b", "plan")]
    assert found[0] == {
        "run": "a", "unit": "se:school:1", "year": "2023/24", "report": "quality_report",
        "path": "school/se-school-1.html", "audience": "board", "data": "cdcdcdcdcdcd", "sha256": "abababababab",
    }  # fmt: skip

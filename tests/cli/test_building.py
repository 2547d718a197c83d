from __future__ import annotations

from pathlib import Path

import pytest

import analysis.batch
from analysis.batch.selection import RunSummary, Selection
from analysis.cli import main


@pytest.fixture
def asked(monkeypatch) -> list[Selection]:
    """The selections that were handed to the batch, which answers that one page of three failed."""
    selections: list[Selection] = []

    def build(workspace: object, selection: Selection, tell: object) -> RunSummary:
        selections.append(selection)
        failed = () if selection.dry_run else (("se:school:1", "Alafors skola", "its time was up"),)
        return RunSummary(1, 1, failed, Path("reports/run"), 2.0, 3)

    monkeypatch.setattr(analysis.batch, "build", build)
    return selections


def ended(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return end.value.code


def test_the_options_become_one_selection(asked, repository) -> None:
    options = ("--level", "school", "--level", "region", "--year", "23/24", "--lang", "en", "--out", "x")
    ended("-C", str(repository), "build", *options, "--jobs", "2", "--force")
    known = Selection(("school", "region"), (), (), "2023/24", "en", Path("x"), 2, True, False, alone=True)
    assert asked == [known]


def test_a_failed_page_is_named_and_the_exit_code_is_1(asked, repository, capsys) -> None:
    assert ended("-C", str(repository), "build") == 1
    written = capsys.readouterr()
    assert written.err == "failed: Alafors skola (se:school:1): its time was up\n"
    assert written.out == "1 made, 1 up to date, 1 failed, in 2.0 s\nopen reports/run/index.html\n"


def test_a_dry_run_says_what_would_be_made(asked, repository, capsys) -> None:
    assert ended("-C", str(repository), "build", "--dry-run") == 0
    assert capsys.readouterr().out == "3 planned, 1 up to date, 2 to make; nothing was made\n"
    assert asked[0].dry_run


def test_without_jobs_every_core_works(asked, repository) -> None:
    ended("-C", str(repository), "build")
    assert asked[0].jobs >= 1


def test_names_are_left_to_the_run_when_nothing_has_been_collected_yet(asked, tmp_path) -> None:
    (tmp_path / "arshjul.toml").touch()
    ended("-C", str(tmp_path), "build", "--only", "Uppsala", "--within", "03")
    assert (asked[0].only, asked[0].within) == (("Uppsala",), ("03",))


@pytest.mark.slow
def test_units_may_be_named_by_code_name_or_id(asked, small_workspace) -> None:
    ended("-C", str(small_workspace), "build", "--only", "0380", "--only", "se:region:03", "--within", "uppsala län")
    assert asked[0].only == ("se:municipality:0380", "se:region:03")
    assert asked[0].within == ("se:region:03",)

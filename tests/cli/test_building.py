from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

import analysis.batch
from analysis.batch.selection import RunSummary, Selection
from analysis.cli import main, papers


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


@pytest.mark.parametrize("more", [("--dry-run",), ("--shard", "1/2"), ("--out", "s3://pages/x")])
def test_nothing_is_made_when_there_would_be_nothing_here_to_print(asked, repository, capsys, more) -> None:
    assert ended("-C", str(repository), "build", "--pdf", *more) == 2
    assert more[0] in capsys.readouterr().err and asked == []


def test_without_a_browser_a_pdf_is_refused_before_anything_is_made(asked, repository, capsys, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert ended("-C", str(repository), "build", "--pdf") == 2
    assert "Chromium is needed" in capsys.readouterr().err and asked == []


def test_every_page_of_the_run_that_was_made_is_printed_beside_it(tmp_path, monkeypatch, capsys) -> None:
    """The page of a unit that failed, and one that an earlier run left in the folder, are not."""
    (tmp_path / "arshjul.toml").touch()
    run, ids = tmp_path / "reports" / "run", [f"se:school:{number}" for number in (1, 2, 3)]
    (run / "school").mkdir(parents=True)
    pages = [{"unit_id": each, "path": f"school/{each[-1]}.html", "level": "school", "state": "made",
              "sha256": sha256(each.encode()).hexdigest()} for each in ids]  # fmt: skip
    for each in pages:
        (run / each["path"]).write_text(each["unit_id"], encoding="utf-8")
    pages[1]["state"] = "failed"
    (run / "manifest.json").write_text(json.dumps({"manifest": 1, "units": [], "pages": pages}), encoding="utf-8")
    summary = RunSummary(1, 0, ((ids[1], "B", "its time was up"),), run, 1.0, 2, units=tuple(ids[:2]))
    monkeypatch.setattr(analysis.batch, "build", lambda *_: summary)
    monkeypatch.setattr(papers, "_made_by", lambda *_: lambda html: f"printed {html}".encode())
    assert ended("-C", str(tmp_path), "build", "--pdf") == 1
    place = tmp_path / "reports" / "papers" / "run"
    assert [path.relative_to(place).as_posix() for path in place.rglob("*.pdf")] == ["school/1.pdf"]
    assert (place / "school" / "1.pdf").read_bytes() == b"printed se:school:1"
    assert f"papers   {place}" in capsys.readouterr().err


@pytest.mark.slow
def test_units_may_be_named_by_code_name_or_id(asked, small_workspace) -> None:
    ended("-C", str(small_workspace), "build", "--only", "0380", "--only", "se:region:03", "--within", "uppsala län")
    assert asked[0].only == ("se:municipality:0380", "se:region:03")
    assert asked[0].within == ("se:region:03",)

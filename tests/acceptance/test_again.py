"""A page is made once more, and whoever verifies it is told what is not the same."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from tests.acceptance.conftest import site_of

from analysis.batch import verifying
from analysis.cli import main
from analysis.errors import UsageError
from analysis.report.finished import Finished

pytestmark = pytest.mark.slow
UNITS = ("se:school:26666728", "se:municipality:0180")


@pytest.fixture(scope="module")
def run(workspace) -> Path:
    """A run of a school and its municipality, which link to each other."""
    made = site_of(workspace, "again", UNITS, 1)
    assert made.summary.failed == ()
    return made.summary.out


def quiet(line: str) -> None:
    """Say nothing."""


def test_the_same_input_gives_the_same_bytes_and_a_changed_page_is_found(workspace, run, tmp_path, capsys) -> None:
    page = Finished.read(run).find("26666728")["path"]
    found = verifying.again(workspace, run / page, quiet)
    assert (found.is_as_made, found.is_same, found.inputs, found.lines) == (True, True, (), ())
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    text = (copy / page).read_text(encoding="utf-8")
    (copy / page).write_text(text.replace("</h1>", " (bättre)</h1>"), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["-C", str(workspace.root), "verify", str(copy / page)])
    said = capsys.readouterr().out.splitlines()
    assert end.value.code == 1
    assert said[0].startswith("the page has been changed since it was made")
    (before,) = [line for line in said if line.startswith("-")]
    (after,) = [line for line in said if line.startswith("+")]
    assert before.replace(" (bättre)", "")[1:] == after[1:] and "(bättre)" in before


def test_what_a_page_was_made_from_that_differs_now_is_named(workspace, run, monkeypatch) -> None:
    prepared = verifying.prepared

    def another(*arguments: object) -> object:
        material = prepared(*arguments)
        material.figures.run = dataclasses.replace(material.figures.run, code="arshjul 9.9 abcdef")
        return material

    monkeypatch.setattr(verifying, "prepared", another)
    page = Finished.read(run).find("0180")["path"]
    found = verifying.again(workspace, run / page, quiet)
    assert (found.is_as_made, found.is_same) == (True, False)
    assert [(name, now) for name, _, now in found.inputs] == [("code", "arshjul 9.9 abcdef")]
    assert found.lines


def test_a_page_that_does_not_say_what_it_was_made_for_is_refused(workspace, run, tmp_path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    page = copy / Finished.read(run).find("0180")["path"]
    page.write_text(page.read_text(encoding="utf-8").replace('name="arshjul-lang"', 'name="lang"'), encoding="utf-8")
    with pytest.raises(UsageError, match="missing: lang"):
        verifying.again(workspace, page, quiet)

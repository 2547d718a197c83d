"""The gallery runs from its first cell to its last, and every question in it is answered with a figure."""

from __future__ import annotations

import re

import pytest
from tests.acceptance.conftest import ROOT, Town

from analysis.catalogue.workspace import Workspace
from analysis.publish import seen
from analysis.report import engine
from analysis.store import collect

SHOWN = re.compile(r'show\("(\w+)"')


@pytest.mark.slow
def test_every_cell_of_the_gallery_runs_and_every_question_has_a_figure_and_a_table(
    workspace: Workspace, small_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(workspace, lambda line: None)
    (workspace.store / "made-up").symlink_to(small_town.workspace.root)
    monkeypatch.setattr(seen, "_opened", [])
    monkeypatch.chdir(workspace.notebooks)
    node = engine.run(ROOT / "notebooks" / "gallery.ipynb", {})
    asked = {found[1]: cell for cell in node.cells if (found := SHOWN.search(cell.source)) and cell.cell_type == "code"}
    for question, cell in asked.items():
        (about,) = [output.metadata["arshjul"] for output in cell.outputs]
        tables = 2 if question == "level" else 1  # similar units have one of their own
        assert (about["question"], about["figures"], about["tables"]) == (question, 1, tables)
    (figure,) = node.cells[-1].outputs
    assert "<svg" in figure.data["image/svg+xml"]

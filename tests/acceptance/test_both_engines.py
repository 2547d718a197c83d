"""The ordinary kernel and ours give the same outputs, one by one, on every level."""

from __future__ import annotations

import json

import pytest
from nbformat import NotebookNode

from analysis.batch import Selection
from analysis.batch.run import page_request, prepared
from analysis.catalogue.workspace import Workspace
from analysis.publish.seen import Figures, _opened, use
from analysis.report.engine import run
from analysis.store import current, names

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")]
MADE_UP_LEVELS = ("group", "team", "school", "area", "municipality")


def outputs(node: NotebookNode) -> list[list[object]]:
    """What every code cell displayed, in order."""
    return [json.loads(json.dumps(cell.outputs)) for cell in node.cells if cell.cell_type == "code"]


def alike(workspace: Workspace, level: str, unit_id: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a page of the level by both engines and compare each output."""
    monkeypatch.chdir(workspace.root)
    monkeypatch.setattr("analysis.publish.seen._opened", list(_opened))
    material = prepared(workspace, lambda line: None)
    units = names.unit_list(material.snapshot.path)
    unit = next(each for each in units if each["level"] == level and unit_id in (None, each["unit_id"]))
    request = page_request(workspace, material, unit, Selection())
    use(Figures(current(workspace)))
    known, found = (run(request.notebook, request.parameters, engine) for engine in ("kernel", "arshjul"))
    assert len(outputs(known)) == len(outputs(found)) and sum(map(len, outputs(known))) >= 8
    for cell, (one, other) in enumerate(zip(outputs(known), outputs(found), strict=True)):
        assert one == other, f"cell {cell}"


@pytest.mark.parametrize("level", MADE_UP_LEVELS)
def test_a_made_up_units_page_is_the_same_from_both_engines(small_town, level: str, monkeypatch) -> None:
    alike(small_town.workspace, level, None, monkeypatch)


@pytest.mark.parametrize(("level", "unit_id"), [("region", "se:region:03"), ("nation", "no:nation:0000")])
def test_a_real_units_page_is_the_same_from_both_engines(workspace, level: str, unit_id: str, monkeypatch) -> None:
    alike(workspace, level, unit_id, monkeypatch)

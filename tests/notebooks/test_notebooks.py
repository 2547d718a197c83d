"""The notebooks stay thin: no outputs, ids by position, one parameters cell, nothing but calls of the door."""

import ast
import json
from pathlib import Path

import nbformat
import pytest

from analysis import catalogue

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
REPORTS = sorted((NOTEBOOKS / "reports").glob("*.ipynb"))
ALL = [*REPORTS, NOTEBOOKS / "start.ipynb"]
KINDS = catalogue.report_kinds()
OWN = sorted(kind.id for kind in KINDS.values() if not kind.by_level)
"""the kinds of report that have a notebook of their own"""


def trees(path: Path) -> list[ast.Module]:
    return [ast.parse(cell.source) for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def called(path: Path) -> list[str]:
    """What the notebook's calls are, after the page is opened: ``show trend``, ``close`` …"""
    calls = [tree.body[-1].value for tree in trees(path)[2:]]
    return [" ".join([call.func.id, *(each.value for each in call.args[:-1])]) for call in calls]


def kind_of(path: Path) -> catalogue.ReportKind:
    """The kind of report a notebook makes: its own, or the usual one for a level."""
    return KINDS.get(path.stem, KINDS[catalogue.USUAL])


def test_there_is_a_notebook_for_every_level_and_for_every_other_kind_of_report() -> None:
    assert {path.stem for path in REPORTS} == {*catalogue.levels(), *OWN}


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_notebook_makes_the_parts_that_the_catalogue_says_in_that_order(path: Path) -> None:
    listed, calls = list(kind_of(path).parts), called(path)
    if path.stem in OWN:
        assert calls == listed
    assert calls == [part for part in listed if part in calls]


@pytest.mark.parametrize("level", list(catalogue.levels()))
def test_a_level_s_notebook_asks_every_question_that_the_level_has_figures_for(level: str) -> None:
    asked = {
        f"show {question}"
        for question in catalogue.questions()
        if any(catalogue.shown(question, country, level) for country in ("se", "no"))
    }
    calls = called(NOTEBOOKS / "reports" / f"{level}.ipynb")
    assert {each for each in calls if each.startswith("show ")} == asked


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_without_outputs(path: Path) -> None:
    node = nbformat.read(path, as_version=4)
    nbformat.validate(node)
    assert [cell["id"] for cell in node.cells] == [f"cell-{number}" for number in range(len(node.cells))]
    for cell in node.cells:
        assert cell.cell_type != "code" or (cell.outputs == [] and cell.execution_count is None)
    assert set(json.loads(path.read_text(encoding="utf-8"))["metadata"]) == {"kernelspec", "language_info"}
    assert node.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_has_one_parameters_cell_with_the_seven_parameters(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [0]
    found = {each.targets[0].id: ast.literal_eval(each.value) for each in ast.parse(cells[0].source).body}
    empty = dict.fromkeys(("unit", "level", "school_year", "lang", "compare_with"), "")
    assert found == empty | {"audience": "public", "report": kind_of(path).id}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_notebook_imports_from_this_project_only_and_defines_nothing(path: Path) -> None:
    allowed = (ast.Module, ast.Expr, ast.Assign, ast.ImportFrom, ast.Call, ast.Name, ast.Constant, ast.keyword)
    for tree in trees(path):
        for node in ast.walk(tree):
            assert isinstance(node, (*allowed, ast.alias, ast.expr_context)), ast.dump(node)
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] == "analysis"


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_begins_with_its_heading_and_ends_with_its_close(path: Path) -> None:
    calls = called(path)
    assert calls[0] == "heading" and calls[-1] == "close"
    assert len(calls) == len(set(calls))


def test_only_a_school_is_compared_with_what_its_pupils_background_predicts() -> None:
    assert [path.stem for path in REPORTS if "show adjusted" in called(path)] == ["school"]


def test_every_level_but_the_group_and_the_school_shows_what_is_below() -> None:
    levels = [path for path in REPORTS if path.stem in catalogue.levels()]
    assert [path.stem for path in levels if "below" not in called(path)] == ["group", "school"]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_everything_a_notebook_imports_is_there(path: Path) -> None:
    import importlib

    for tree in trees(path):
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module)
                for alias in node.names:
                    assert hasattr(module, alias.name), f"{node.module}.{alias.name}"

"""The gallery asks every question once, and what it shows in JupyterLab looks as on the page."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.analyses import ANALYSES
from analysis.errors import UsageError
from analysis.report.lab import styled

GALLERY = Path(__file__).parents[2] / "notebooks" / "gallery.ipynb"


def code() -> list[ast.Module]:
    return [ast.parse(cell.source) for cell in nbformat.read(GALLERY, as_version=4).cells if cell.cell_type == "code"]


def test_the_gallery_is_valid_and_without_outputs() -> None:
    node = nbformat.read(GALLERY, as_version=4)
    nbformat.validate(node)
    assert [cell["id"] for cell in node.cells] == [f"cell-{number}" for number in range(len(node.cells))]
    assert all(cell.cell_type != "code" or (cell.outputs == [] and not cell.execution_count) for cell in node.cells)
    assert set(node.metadata) == {"kernelspec", "language_info"}


def test_the_gallery_asks_every_question_exactly_once() -> None:
    calls = [node for tree in code() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    shown = [call.args[0].value for call in calls if isinstance(call.func, ast.Name) and call.func.id == "show"]
    assert sorted(shown) == sorted(ANALYSES)


def test_the_gallery_imports_from_this_project_only_and_all_of_it_is_there() -> None:
    imports = [node for tree in code() for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imports
    for each in imports:
        assert isinstance(each, ast.ImportFrom)
        assert each.module.split(".")[0] == "analysis"
        assert all(hasattr(importlib.import_module(each.module), alias.name) for alias in each.names)


def test_a_style_is_for_notebooks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InteractiveShell, "initialized", classmethod(lambda cls: False))
    with pytest.raises(UsageError, match="arshjul lab"):
        styled()

"""Fixtures of the report's tests: a fake door that notebooks can import, and one whole page."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode

HERE = str(Path(__file__).parent)
sys.path.insert(0, HERE)

from small_notebooks import ASKED, page_notebook  # noqa: E402

from analysis.report.engine import run  # noqa: E402
from analysis.report.exporter import export  # noqa: E402
from analysis.report.parameters import PageRequest  # noqa: E402


@dataclass(frozen=True)
class Whole:
    """A request, its executed notebook and its page."""

    request: PageRequest
    node: NotebookNode
    html: str


def request_for(notebook: Path, *, is_made_up: bool = False, **changed: str) -> PageRequest:
    """A request for the page of the fake school."""
    fields = {"unit_id": ASKED["unit"], "level": "school", "unit_name": "Björkskolan", "school_year": "2023/24"}
    return PageRequest(
        **{**fields, "lang": "sv", "audience": "public", **changed}, notebook=notebook, is_made_up=is_made_up
    )


@pytest.fixture
def kernel_finds_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a kernel started by a test import the fake door too."""
    paths = [HERE, *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """One page that passes the gate; tests break copies of it."""
    request = request_for(page_notebook(tmp_path_factory.mktemp("whole")))
    node = run(request.notebook, request.parameters)
    return Whole(request, node, export(node))

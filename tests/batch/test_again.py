"""A run over pages that are all up to date makes nothing, imports nothing that makes pages, and writes nothing anew."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.batch import Selection, build
from analysis.batch import work as working
from analysis.batch.journal import Journal
from analysis.batch.making import Task
from analysis.batch.selection import RunSummary
from analysis.catalogue.workspace import Workspace
from analysis.synthetic import made

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ONLY = ("se:school:99990102", "se:school:99990103", "se:municipality:9901")
HEAVY = ("papermill", "nbconvert", "nbformat", "nbclient", "jupyter_client", "IPython", "matplotlib")
AGAIN = f"""
import sys
from analysis.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end
print("imported:", [name for name in {HEAVY!r} if name in sys.modules])
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A made-up municipality."""
    folder = tmp_path_factory.mktemp("again") / "town"
    return Workspace.read(made(folder, pupils=1000, notebooks=ROOT / "notebooks", protected=False))


@pytest.fixture(scope="module")
def first(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunSummary, Path]:
    """A first run, and a folder in which each page's process says what it has imported."""
    said = tmp_path_factory.mktemp("said")
    page = working.Work.page

    def telling(self: working.Work, task: Task, stage: Path) -> dict[str, object]:
        before = set(sys.modules)
        reply = page(self, task, stage)
        new = sorted(set(sys.modules) - before)
        (said / task.unit_id.replace(":", "-")).write_text(json.dumps(new), encoding="utf-8")
        return reply

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working.Work, "page", telling)
        summary = build(workspace, Selection(only=ONLY, jobs=2), lambda line: None)
    assert (summary.made, summary.failed) == (len(ONLY), ())
    return summary, said


def moments(folder: Path) -> dict[str, tuple[int, int]]:
    """Which file lies at every place, and since when."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")
    }


def again(workspace: Workspace) -> subprocess.CompletedProcess[str]:
    words = [word for each in ONLY for word in ("--only", each)]
    found = subprocess.run(
        [sys.executable, "-c", AGAIN, "-C", str(workspace.root), "build", *words, "--jobs", "2"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return found


def test_the_process_of_a_page_imports_nothing(first) -> None:
    said = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in first[1].iterdir()}
    assert said == {unit.replace(":", "-"): [] for unit in ONLY}


def test_an_unchanged_run_makes_nothing_imports_nothing_of_it_and_writes_nothing(workspace, first) -> None:
    before = moments(first[0].out)
    found = again(workspace)
    assert "0 made, 3 up to date, 0 failed" in found.stdout
    assert "imported: []" in found.stdout
    assert moments(first[0].out) == before
    with Journal(workspace.reports / ".work" / first[0].out.name) as journal:
        last = journal.runs()[-1]
    assert (last["state"], last["planned"], last["kept"]) == ("placed", 3, 3)


def in_this_process(workspace: Workspace) -> None:
    summary = build(workspace, Selection(only=ONLY, jobs=2), lambda line: None)
    assert (summary.made, summary.kept, summary.failed) == (0, len(ONLY), ())


@pytest.mark.parametrize("name", ["index.html", "manifest.json", "not-shown.html", "methods.html"])
def test_what_tells_of_the_pages_is_written_anew_when_it_is_another(workspace, first, name) -> None:
    file = first[0].out / name
    known = file.read_bytes()
    file.write_bytes(known[:-10])
    in_this_process(workspace)
    assert file.read_bytes() == known


def test_what_tells_of_the_pages_is_written_anew_when_it_is_gone(workspace, first) -> None:
    file = first[0].out / "index.html"
    known = file.read_bytes()
    file.unlink()
    in_this_process(workspace)
    assert file.read_bytes() == known


def test_a_run_beside_it_makes_the_index_anew_and_no_page(workspace, first) -> None:
    before = moments(first[0].out)
    build(workspace, Selection(only=ONLY[:1], year="2023/24", out=workspace.reports / "earlier"), lambda line: None)
    in_this_process(workspace)
    now = moments(first[0].out)
    assert {name for name in now if now[name] != before[name] and "/" in name} == set()
    assert now["index.html"] != before["index.html"]
    assert "../earlier/" in (first[0].out / "index.html").read_text(encoding="utf-8")
    in_this_process(workspace)
    assert moments(first[0].out) == now

"""`arshjul audit` on a real run of a made-up town: passes as made, fails when a page gives something away."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from tests.tables import taken_along

from analysis.audit.command import audit_run, refuse_leaks
from analysis.batch import Selection, build
from analysis.catalogue.workspace import Workspace
from analysis.cli import main
from analysis.errors import AuditFailed, UsageError
from analysis.publish.disclosure.ledger import Ledger
from analysis.publish.disclosure.material import Material
from analysis.store import collect

ROOT = Path(__file__).parents[2]
SCHOOL = "school/se-school-99000005.html"
ONLY = ("se:school:99000003", "se:school:99000005", "se:municipality:9901")


def _files() -> dict[str, str]:
    """The files of the small town of the store's tests."""
    spec = importlib.util.spec_from_file_location("small_town", ROOT / "tests" / "store" / "town.py")
    assert spec is not None and spec.loader is not None
    town = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(town)
    return dict(town.FILES)


def town_in(folder: Path) -> Workspace:
    (folder / "data" / "local").mkdir(parents=True)
    (folder / "arshjul.toml").write_text("synthetic = true\n", encoding="utf-8")
    for name, text in _files().items():
        (folder / "data" / "local" / f"{name}.csv").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return Workspace.find(folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path]:
    workspace = town_in(tmp_path_factory.mktemp("audited"))
    done = build(workspace, Selection(only=ONLY, jobs=1, out=workspace.reports / "a"), lambda line: None)
    assert done.failed == ()
    return workspace, done.out


def code_of(workspace: Workspace, *arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["-C", str(workspace.root), "audit", *arguments])
    return int(end.value.code or 0)


def changed(run: Path, folder: Path, old: str, new: str) -> Path:
    """A copy of the run with something else in the small school's page."""
    shutil.copytree(run, folder)
    text = (folder / SCHOOL).read_text(encoding="utf-8")
    assert old in text
    (folder / SCHOOL).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def row_about(page: str, *about_it: str) -> str:
    """The row of a figure as it stands in the page."""
    written = re.findall(r"<table.*?</table>", page, re.DOTALL)
    for table, text in zip(BeautifulSoup(page, "html.parser").select("table"), written, strict=True):
        lines = re.findall(r"<tr><th scope=\"row\">.*?</tr>", text)
        for told, line in zip(taken_along(table), lines, strict=True):
            if about_it == tuple(told.get(name) for name in ("indicator_id", "unit_id", "group", "school_year_start")):
                return line
    raise AssertionError(f"no row is about {about_it}")


def test_a_run_as_it_is_made_gives_nothing_away(run, capsys) -> None:
    workspace, out = run
    assert code_of(workspace, str(out)) == 0
    assert "nothing withheld can be worked out" in capsys.readouterr().out
    found = audit_run(workspace, out)
    assert found.withheld > 10 and found.asked > 50 and found.pages == len(ONLY)


def test_a_small_school_s_number_put_back_into_its_table_fails_with_exit_code_3(run, tmp_path, capsys) -> None:
    workspace, out = run
    line = row_about((out / SCHOOL).read_text(encoding="utf-8"), "merit_value", "se:school:99000005", "girls", "2021")
    cells = line.split("<td")
    cells[6] = ' class="number">5</td>'
    leaky = changed(out, tmp_path / "leaky", line, "<td".join(cells))
    assert code_of(workspace, str(leaky), "--json") == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["passed"] is False
    shown = [each for each in answer["found"] if each["kind"] == "shown"]
    assert [(each["what"], each["low"]) for each in shown] == [
        ("se:school:99000005, girls, 2021, n of merit_value", 5.0)
    ]
    with pytest.raises(AuditFailed, match="n of merit_value: stands in the release"):
        refuse_leaks(audit_run(workspace, leaky))


def test_two_runs_are_read_together(run, tmp_path) -> None:
    workspace, out = run
    beside = changed(out, tmp_path / "beside", "</body>", "<!-- n = 9 --></body>")
    assert audit_run(workspace, out).found == ()
    assert [each.kind for each in audit_run(workspace, out, [beside]).found] == ["page"]


@pytest.mark.parametrize("audience", ["school", "owner"])
def test_pages_for_everybody_are_held_against_what_others_were_shown(tmp_path, audience) -> None:
    """Who knows every other school's number of pupils reads that of the small one off the municipality's total."""
    workspace = town_in(tmp_path)
    snapshot = collect(workspace, tell=lambda _: None)
    observed = Material(snapshot).observed
    others = observed[(observed["level"] == "school") & ~observed["unit_id"].str.endswith("99000005")]
    Ledger.of(snapshot.path).record("theirs", audience, others.dropna(subset="n"))
    out, said = workspace.reports / "a", []
    with pytest.raises(AuditFailed, match=f"who:   those who read pages for {audience}") as stop:
        build(workspace, Selection(only=ONLY, jobs=1, out=out), said.append)
    assert "se:school:99000005, all, " in str(stop.value)
    assert f"audit    and what by those who have been shown pages for {audience}" in said
    assert not out.exists()
    assert set(Ledger.of(snapshot.path).known(audience)["release"]) == {"theirs"}


def test_a_folder_without_a_run_and_an_unknown_audience_are_refused(run, tmp_path) -> None:
    workspace, out = run
    with pytest.raises(UsageError, match="holds no manifest"):
        audit_run(workspace, tmp_path)
    with pytest.raises(UsageError, match="unknown audience"):
        audit_run(workspace, out, audience="everyone")
    assert code_of(workspace, str(tmp_path)) == 2


def test_a_run_of_other_data_is_refused(run, tmp_path) -> None:
    workspace, out = run
    other = shutil.copytree(out, tmp_path / "other")
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    (other / "manifest.json").write_text(json.dumps(manifest | {"data": "0" * 64}), encoding="utf-8")
    with pytest.raises(UsageError, match="no snapshot"):
        audit_run(workspace, other)

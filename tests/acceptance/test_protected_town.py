"""A municipality whose figures are protected: built for everybody and for a school, audited, and stopped by a leak."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from tests.acceptance.conftest import ROOT
from tests.acceptance.moved import Moved, Reading, reading
from tests.tables import about

from analysis.batch import RunSummary, Selection, build
from analysis.catalogue.workspace import Workspace
from analysis.errors import AuditFailed, UsageError
from analysis.publish.disclosure.decision import Decision
from analysis.publish.seen import Figures
from analysis.synthetic import made

pytestmark = pytest.mark.slow
OWN_SCHOOL, OWN_TEAM = "se:school:99990102", "se:team:99990102-79"
PUBLIC = (OWN_SCHOOL, "se:school:99990103", "se:municipality:9901")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small made-up municipality, protected as one of real pupils is."""
    return Workspace.read(
        made(tmp_path_factory.mktemp("protected") / "town", pupils=1000, notebooks=ROOT / "notebooks")
    )


def run(workspace: Workspace, selection: Selection) -> tuple[RunSummary, list[str]]:
    said: list[str] = []
    return build(workspace, selection, said.append), said


@pytest.fixture(scope="module")
def everybody(workspace: Workspace) -> tuple[RunSummary, list[str]]:
    """What everybody sees of two schools and their municipality."""
    return run(workspace, Selection(only=PUBLIC, jobs=2))


@pytest.fixture(scope="module")
def school(workspace: Workspace, everybody: tuple[RunSummary, list[str]]) -> tuple[RunSummary, list[str]]:
    """What one school sees of itself, after everybody has seen theirs."""
    return run(workspace, Selection(only=(OWN_SCHOOL,), jobs=2, audience="school", levels=("school", "team")))


def page(summary: RunSummary, unit_id: str) -> BeautifulSoup:
    path = summary.out / unit_id.split(":")[1] / f"{unit_id.replace(':', '-')}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("audience", ["everybody", "school"])
def test_a_run_with_closed_figures_is_audited_before_it_is_put_in_place(
    audience: str, request: pytest.FixtureRequest
) -> None:
    summary, said = request.getfixturevalue(audience)
    assert summary.failed == () and summary.made == summary.planned >= 3
    assert any(line.startswith("audit ") for line in said)
    assert json.loads((summary.out / "manifest.json").read_text(encoding="utf-8"))["made_up"] is True
    assert not (summary.out / ".part").exists()


def test_every_school_with_the_levels_above_it_passes_the_audit_together(workspace: Workspace) -> None:
    """A run that fails its audit raises, and nothing of it is put in place."""
    out = workspace.reports / "every-page"
    summary, said = run(workspace, Selection(levels=("school", "area", "municipality"), jobs=2, out=out))
    assert summary.failed == () and summary.made == summary.planned >= 15
    assert any(line.startswith("audit ") for line in said) and (out / "manifest.json").is_file()
    shown = [each.get_text() for path in out.glob("school/*.html") for each in BeautifulSoup(
        path.read_text(encoding="utf-8"), "html.parser").select("td")]  # fmt: skip
    assert shown.count("skyddad") > 100


def test_a_small_school_s_page_says_that_its_figures_are_protected_and_gives_none(
    everybody: tuple[RunSummary, list[str]],
) -> None:
    values = []
    for table in page(everybody[0], PUBLIC[1]).select("table"):
        fields = [head.get("data-field") for head in table.select("th[scope=col]")]
        for told, row in about(table):
            if "value" in fields and (told["indicator_id"], told["unit_id"]) == ("merit_value", PUBLIC[1]):
                values.append(row.find_all(["th", "td"])[fields.index("value")].get_text())
    assert "skyddad" in values
    assert not [value for value in values if any(sign.isdigit() for sign in value)]


def test_a_school_sees_its_teams_and_everybody_does_not(
    workspace: Workspace, school: tuple[RunSummary, list[str]]
) -> None:
    assert page(school[0], OWN_TEAM).select_one("h1") is not None
    with pytest.raises(UsageError, match=r"teacher teams are not shown to the audience public\n.*school"):
        build(workspace, Selection(only=(OWN_TEAM,)), lambda line: None)


def test_a_run_in_which_something_can_be_worked_out_is_not_put_in_place(
    workspace: Workspace, everybody: tuple[RunSummary, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = workspace.data / "released.sqlite"
    before = record.read_bytes()

    def as_collected(decision: Decision, indicator: str, rows: pd.DataFrame) -> pd.DataFrame:
        return rows

    monkeypatch.setattr(Decision, "applied", as_collected)
    out = tmp_path / "leaking"
    with pytest.raises(AuditFailed, match="figures can be known that should not be; nothing is published") as failed:
        build(workspace, Selection(only=PUBLIC, jobs=2, out=out, force=True), lambda line: None)
    assert failed.value.exit_code == 3 and "found: " in str(failed.value)
    assert not out.exists()
    assert record.read_bytes() == before


WORLDS = 2
"""worlds with other hidden figures"""
READERS = {
    "everybody": (Selection(), ("school", "area", "municipality"), ("municipality_id", "se:municipality:9901")),
    "school": (
        Selection(only=(OWN_SCHOOL,), audience="school"), ("school", "team", "group"), ("school_id", OWN_SCHOOL),
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=list(READERS))
def read_by(request: pytest.FixtureRequest, workspace: Workspace, school: tuple[RunSummary, list[str]]) -> Reading:
    return reading(workspace, *READERS[request.param])


def test_pages_made_again_with_other_hidden_figures_differ_in_no_byte(read_by: Reading, tmp_path: Path) -> None:
    true = read_by.material.snapshot
    as_made = read_by.pages(read_by.figures(true), tmp_path / "true")
    differing = []
    for seed in range(WORLDS):
        moved = read_by.figures(Moved(true, read_by.material.figures, seed))
        again = read_by.pages(moved, tmp_path / str(seed))
        differing += [(seed, unit) for unit, page in again.items() if page != as_made[unit]]
    assert differing == [] and len(as_made) >= 5


def test_without_the_guard_the_page_of_a_small_school_tells_the_hidden_figures(
    workspace: Workspace, everybody: tuple[RunSummary, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = reading(workspace, Selection(), ("school",), ("school_id", PUBLIC[1]))
    monkeypatch.setattr(Figures, "_seen_of", lambda figures, collected: collected)
    first, second = (
        small.pages(small.figures(Moved(small.material.snapshot, small.material.figures, seed)), tmp_path / str(seed))
        for seed in (0, 1)
    )
    assert len(first) == 1 and first != second

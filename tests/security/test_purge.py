"""What has been kept too long goes, once somebody has said yes; nothing else does."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
from tests.store.conftest import town_in
from typer.testing import CliRunner

from analysis.catalogue.workspace import Workspace
from analysis.cli.purging import FOR_NOBODY_ELSE, purge, remove, retention, too_old
from analysis.errors import UsageError
from analysis.store import collect, current

SETTINGS = "synthetic = true\n"


def called(workspace: Workspace, *words: str) -> str:
    """What the command writes when it is called in the workspace."""
    program = typer.Typer()
    program.command()(purge)

    @program.callback()
    def place(context: typer.Context) -> None:
        context.obj = workspace.root

    found = CliRunner().invoke(program, ["purge", *words])
    if found.exception is not None:
        raise found.exception
    return found.output


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture
def town(tmp_path: Path) -> Workspace:
    """A workspace with a current snapshot, an older one, an unfinished one, an old run, a new run and a file."""
    workspace = town_in(tmp_path, SETTINGS, "", {})
    first = collect(workspace, tell=lambda _: None)
    older = workspace.store / "2020-01-01-0123456789ab"
    older.mkdir()
    (older / "snapshot.json").write_text('{"hash": "0", "date": "2020-01-01"}', encoding="utf-8")
    (older / "enrolments.parquet").write_bytes(b"x" * 1000)
    (workspace.store / ".making-x").mkdir()
    for name in ("old", "new", "mine"):
        (workspace.reports / name).mkdir(parents=True)
        (workspace.reports / name / "index.html").write_text("page", encoding="utf-8")
    (workspace.reports / "README.md").write_text("mine", encoding="utf-8")
    (workspace.reports / "mine" / "manifest.json").write_text('{"mine": 1}', encoding="utf-8")
    ago = time.time() - 40 * 86_400
    os.utime(workspace.reports / "mine" / "manifest.json", (ago, ago))
    for name in ("old", "new"):
        (workspace.reports / name / "manifest.json").write_text('{"manifest": 1}', encoding="utf-8")
        (workspace.reports / ".work" / name).mkdir(parents=True)
        (workspace.reports / ".work" / name / "keys.json").write_text("{}", encoding="utf-8")
    os.utime(workspace.reports / "old" / "manifest.json", (ago, ago))
    os.utime(workspace.reports / ".work" / "old", (ago, ago))
    os.utime(workspace.store / ".making-x", (ago, ago))
    assert first.path.is_dir()
    return workspace


def test_packs_and_papers_go_with_the_pages_they_were_made_of(town: Workspace) -> None:
    for name in ("packs/old", "packs/new", "papers/old"):
        (town.reports / name).mkdir(parents=True)
        (town.reports / name / "school.zip").write_bytes(b"x")
    for name in ("packs/old", "papers/old"):
        os.utime(town.reports / name, (time.time() - 40 * 86_400,) * 2)
    assert "papers of pages, 40 days old" in called(town, "--days", "30", "--yes")
    assert names(town.reports / "packs") == {"new", "new/school.zip"}
    assert names(town.reports / "papers") == set()


def test_without_yes_nothing_goes_and_all_that_would_is_said(town: Workspace) -> None:
    before = names(town.root)
    said = called(town, "--days", "30")
    assert names(town.root) == before
    assert "snapshot with pupils" in said and "2020-01-01-0123456789ab" in said
    assert "pages, 40 days old" in said and "reports/old" in said
    assert "notebooks of pages, 40 days old" in said and "reports/.work/old" in said
    assert "never finished" in said and "4 things would be removed; nothing was" in said


def test_with_yes_the_old_goes_and_the_rest_stays_as_it_is(town: Workspace) -> None:
    before = names(town.root)
    assert "4 things removed" in called(town, "--days", "30", "--yes")
    gone = before - names(town.root)
    assert {each.split("/")[2] for each in gone if each.startswith("data/")} == {"2020-01-01-0123456789ab", ".making-x"}
    assert {each.split("/")[1] for each in gone if each.startswith("reports/")} == {"old", ".work"}
    assert (town.reports / ".work" / "new").is_dir() and not (town.reports / ".work" / "old").exists()
    assert (town.data / "local" / "pupils.csv").is_file() and current(town).path.is_dir()
    assert "nothing is older than 30 days" in called(town, "--days", "30")


def test_the_current_snapshot_goes_too_when_it_has_pupils_and_can_be_collected_anew(town: Workspace) -> None:
    before = current(town)
    later = date.today() + timedelta(days=31)
    (found,) = (each for each in too_old(town, 30, later, time.time()) if each.path == before.path)
    assert found.what == "snapshot with pupils, the current one" and found.bytes > 0
    remove(found, town)
    with pytest.raises(UsageError, match="no figures have been collected"):
        current(town)
    assert collect(town, tell=lambda _: None).hash == before.hash
    assert (current(town).path / "enrolments.parquet").is_file()


def test_a_current_snapshot_without_pupils_stays_however_old_it_is(town: Workspace) -> None:
    before = current(town)
    for name in FOR_NOBODY_ELSE:
        (before.path / f"{name}.parquet").unlink(missing_ok=True)
    later = date.today() + timedelta(days=4000)
    assert before.path not in {each.path for each in too_old(town, 30, later, time.time())}


def test_a_link_to_another_place_is_not_followed(town: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "snapshot.json").write_text('{"hash": "0", "date": "2000-01-01"}', encoding="utf-8")
    (outside / "manifest.json").write_text('{"manifest": 1}', encoding="utf-8")
    os.utime(outside / "manifest.json", (0, 0))
    (town.store / "link").symlink_to(outside)
    (town.reports / "link").symlink_to(outside)
    called(town, "--days", "0", "--yes")
    assert names(outside) == {"snapshot.json", "manifest.json"}


@pytest.mark.parametrize(("text", "days"), [("", None), ("[retention]\ndays = 400\n", 400)])
def test_the_settings_say_for_how_long(tmp_path: Path, text: str, days: int | None) -> None:
    (tmp_path / "arshjul.toml").write_text(text, encoding="utf-8")
    assert retention(Workspace(tmp_path)) == days


@pytest.mark.parametrize("days", ["-1", "true", '"a year"', "1.5"])
def test_a_time_that_is_no_number_of_days_is_refused(tmp_path: Path, days: str) -> None:
    (tmp_path / "arshjul.toml").write_text(f"[retention]\ndays = {days}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"retention.days is a number of days"):
        retention(Workspace(tmp_path))


def test_without_a_decision_nothing_is_old(town: Workspace) -> None:
    with pytest.raises(UsageError, match="has not been decided"):
        called(town, "--yes")
    assert (town.reports / "old" / "index.html").is_file()

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.catalogue.workspace import Workspace
from analysis.cli import machine, premises
from analysis.cli.doctor import State, examine


def test_the_doctor_works_outside_a_workspace(arshjul, tmp_path) -> None:
    found = arshjul("doctor", folder=tmp_path)
    assert found.returncode == 0, found.stdout
    assert "note  workspace: no workspace" in found.stdout
    assert "mend: arshjul init DIR" in found.stdout


def test_every_condition_that_is_not_well_has_its_mend(tmp_path) -> None:
    (tmp_path / "arshjul.toml").touch()
    conditions = list(examine(tmp_path))
    assert {each.name for each in conditions} >= {"Python", "packages", "lock", "fonts", "Chromium", "workspace"}
    assert all(each.mend for each in conditions if each.state is not State.OK)


def test_an_empty_workspace_lacks_its_data(tmp_path) -> None:
    found = premises.data_files(Workspace(tmp_path))
    assert found.state is State.WRONG
    assert "sweden/skolverket/*.csv" in found.found
    assert "own/" not in found.found


def test_a_workspace_that_was_never_collected_is_told_to(tmp_path) -> None:
    assert premises.snapshot(Workspace(tmp_path)).mend == "arshjul collect"


@pytest.mark.slow
def test_a_changed_file_makes_the_snapshot_old(small_workspace) -> None:
    workspace = Workspace.find(small_workspace)
    assert premises.snapshot(workspace).state is State.OK
    changed = next(path for path in workspace.data.rglob("*.csv"))
    before = changed.stat()
    os.utime(changed, (before.st_atime, 4e9))
    try:
        found = premises.snapshot(workspace)
    finally:
        os.utime(changed, (before.st_atime, before.st_mtime))
    assert (found.state, found.mend) == (State.NOTE, "arshjul collect")
    assert changed.name in found.found


def test_a_file_where_the_reports_should_be_cannot_be_written_in(tmp_path) -> None:
    (tmp_path / "reports").touch()
    found = premises.writing(Workspace(tmp_path))
    assert found.state is State.WRONG
    assert str(tmp_path / "reports") in found.found


def test_a_package_in_another_version_than_the_locked_is_named(tmp_path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "pandas==0.1 \\\n    --hash=sha256:0\nno-such-package==1.0 ; python_version > '3'\n", encoding="utf-8"
    )
    found = machine.lock(lock)
    assert found.state is State.NOTE
    assert found.found.startswith("0 of 2 packages as locked, 1 not installed; pandas is ")
    assert found.found.endswith(", locked 0.1")


def test_an_installation_without_a_lock_says_so() -> None:
    assert machine.lock(Path("/nowhere/requirements.lock")).state is State.NOTE


def test_a_missing_package_is_wrong(monkeypatch) -> None:
    monkeypatch.setattr(machine, "installed", lambda name: None if name == "pandas" else "999.0")
    found = machine.requirements()
    assert found.state is State.WRONG
    assert "pandas is not installed" in found.found


def test_a_missing_browser_is_only_a_note(monkeypatch) -> None:
    monkeypatch.setattr(machine, "BROWSERS", ("no-such-browser",))
    assert machine.chromium().state is State.NOTE

"""The real command on a made-up municipality: killed, stopped, doubled, shared out, in another locale and time zone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from analysis.synthetic import made

ROOT = Path(__file__).parents[2]
ONLY = ("se:school:99990102", "se:school:99990103", "se:school:99990104")
NAMED = [word for each in ONLY for word in ("--only", each)]


def command(workspace: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "analysis.cli", "-C", str(workspace), *words]


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All commands share what Python has compiled, as they do where the program is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", **more}


def ran(workspace: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    found = subprocess.run(
        command(workspace, *words), env=environment(**more), capture_output=True, text=True, timeout=500, check=False
    )
    assert "Traceback" not in found.stderr, found.stderr
    return found


def tree(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def copied(workspace: Path, folder: Path) -> Path:
    """The workspace anew, with what was collected and without any page."""
    shutil.copytree(workspace, folder)
    shutil.rmtree(folder / "reports")
    return folder


@pytest.fixture(scope="module")
def town(compiled: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up municipality that has been collected."""
    folder = tmp_path_factory.mktemp("real") / "town"
    made(folder, pupils=1000, notebooks=ROOT / "notebooks", protected=False)
    assert ran(folder, "collect").returncode == 0
    return folder


@pytest.fixture(scope="module")
def undisturbed(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the workspace in which an undisturbed run has made its pages."""
    folder = copied(town, tmp_path_factory.mktemp("whole") / "town")
    found = ran(folder, "build", *NAMED, "--jobs", "1", "--out", str(folder / "reports" / "run"))
    assert found.returncode == 0, found.stderr
    return folder


@pytest.fixture(scope="module")
def whole(undisturbed: Path) -> dict[str, str]:
    """What an undisturbed run puts in place."""
    return tree(undisturbed / "reports" / "run")


@pytest.mark.faults(11, 36, 41)
def test_a_killed_command_goes_on_to_the_same_bytes_in_another_locale_and_time_zone(town, whole, tmp_path) -> None:
    folder = copied(town, tmp_path / "town")
    out = folder / "reports" / "run"
    killed = ran(folder, "build", *NAMED, "--jobs", "2", "--out", str(out), ARSHJUL_FAIL_AT="wrote down a page")
    assert killed.returncode == -signal.SIGKILL and not out.exists()
    elsewhere = {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"}
    again = ran(folder, "retry", "--jobs", "4", "--json", **elsewhere)
    assert again.returncode == 0, again.stderr
    events = [json.loads(line) for line in again.stdout.splitlines()]
    assert events[-1]["event"] == "summary" and events[-1]["kept"] >= 1
    assert sum(each["event"] == "page" for each in events) == len(ONLY) - events[-1]["kept"]
    assert tree(out) == whole


def test_shards_joined_give_the_bytes_of_a_single_run(town, whole, tmp_path) -> None:
    folder = copied(town, tmp_path / "town")
    out = folder / "reports" / "run"
    first = ran(folder, "build", *NAMED, "--jobs", "1", "--out", str(out), "--shard", "1/2")
    assert first.returncode == 0 and "arshjul join" in first.stdout
    early = ran(folder, "join")
    assert early.returncode == 2 and "found: 1 of 2, without 2/2" in early.stderr
    assert ran(folder, "build", *NAMED, "--jobs", "2", "--out", str(out), "--shard", "2/2").returncode == 0
    assert not out.exists()
    shards = sorted((folder / "reports" / ".work" / "run" / "shards").iterdir())
    killed = ran(folder, "join", *map(str, shards), ARSHJUL_FAIL_AT="placed a file")
    assert killed.returncode == -signal.SIGKILL and set(tree(out).items()) < set(whole.items())
    moved = [Path(shutil.move(each, tmp_path / each.name)) for each in shards]
    joined = ran(folder, "join", *map(str, moved))
    assert joined.returncode == 0, joined.stderr
    assert "0 made, 3 up to date, 0 failed" in joined.stdout
    assert tree(out) == whole


@pytest.mark.faults(12, 25)
def test_a_second_command_ends_with_75_within_a_second_and_sigterm_with_143(town, tmp_path) -> None:
    folder = copied(town, tmp_path / "town")
    words = ("build", *NAMED, "--jobs", "1", "--out", str(folder / "reports" / "run"))
    with subprocess.Popen(command(folder, *words), env=environment(), stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        next(line for line in first.stderr if line.startswith("page "))
        began = time.monotonic()
        second = ran(folder, "build", "--out", str(folder / "reports" / "other"))
        took = time.monotonic() - began
        first.send_signal(signal.SIGTERM)
        said = first.stderr.read()
    assert second.returncode == 75 and f"process {first.pid}" in second.stderr
    starting = -time.monotonic() + (ran(folder, "--version"), time.monotonic())[1]
    assert took < 5 * starting + 1, "refused before anything is imported, collected or measured"
    assert first.returncode == 143 and "arshjul retry" in said
    assert not (folder / "reports" / "run").exists()
    assert not list((folder / "reports" / ".work").rglob("*.tmp"))


@pytest.mark.faults(28)
@pytest.mark.parametrize("name", ["units.xlsx", "pupils.csv"])
def test_a_damaged_file_of_data_is_refused_with_its_name_and_the_pages_stay(town, tmp_path, name) -> None:
    folder = copied(town, tmp_path / "town")
    before = {path.name for path in (folder / "data" / "store").iterdir()}
    file = folder / "data" / "local" / name
    if name.endswith(".xlsx"):
        file.with_suffix(".csv").unlink()
        file.write_bytes(b"PK\x03\x04" + bytes(200))
    else:
        file.write_bytes(file.read_bytes()[:-40] + b"\xff\xfe\x00\n")
    found = ran(folder, "build", *NAMED, "--out", str(folder / "reports" / "run"))
    assert found.returncode == 4 and f"local/{name}" in found.stderr and "mend:" in found.stderr
    assert {path.name for path in (folder / "data" / "store").iterdir()} == before
    assert not (folder / "reports" / "run").exists()


@pytest.mark.faults(38, 39)
def test_an_unchanged_run_makes_nothing_and_a_changed_notebook_says_why(undisturbed, whole) -> None:
    words = ("build", *NAMED, "--jobs", "2", "--out", str(undisturbed / "reports" / "run"))
    again = ran(undisturbed, *words)
    assert "0 made, 3 up to date, 0 failed" in again.stdout and "page " not in again.stderr
    assert tree(undisturbed / "reports" / "run") == whole
    school = undisturbed / "notebooks" / "reports" / "school.ipynb"
    school.write_text(school.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    plan = ran(undisturbed, *words, "--dry-run").stdout.splitlines()
    assert len(plan) == 4 and all("the notebook has changed" in line for line in plan[:3])
    assert plan[3].startswith("3 planned, 0 up to date, 3 to make, about ")

"""The real command on a cluster and into a storage: the same bytes, and nothing left however it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.batch.far import marked, wait_for
from tests.batch.s3 import BUCKET, KEY, SECRET, Server, served

from analysis.batch.journal import Journal
from analysis.batch.storage import Storage
from analysis.synthetic import made

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ONLY = ("se:school:99990102", "se:school:99990103", "se:school:99990104")
NAMED = [word for each in ONLY for word in ("--only", each)]
PLACE = f"s3://{BUCKET}/town"


def started(workspace: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "analysis.cli", "-C", str(workspace), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1", **more}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ran(workspace: Path, *words: str, **more: str) -> tuple[int, str, str]:
    with started(workspace, *words, **more) as process:
        out, said = process.communicate(timeout=500)
    assert "Traceback" not in said, said
    return process.returncode, out, said


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up municipality in which a run on this machine's processes has made its pages."""
    folder = tmp_path_factory.mktemp("real") / "town"
    made(folder, pupils=1000, notebooks=ROOT / "notebooks", protected=False)
    code, _, said = ran(folder, "build", *NAMED, "--jobs", "2", "--out", str(folder / "reports" / "run"))
    assert code == 0, said
    return folder


@pytest.fixture(scope="module")
def whole(town: Path) -> dict[str, bytes]:
    """What that run has put in place."""
    run = town / "reports" / "run"
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3")) as found:
        yield found


def copied(town: Path, folder: Path) -> Path:
    """The workspace anew, with what was collected and without any page."""
    shutil.copytree(town, folder)
    shutil.rmtree(folder / "reports")
    return folder


def test_two_workers_and_a_storage_give_the_bytes_of_a_run_on_this_machine(
    town, whole, server, tmp_path, monkeypatch
) -> None:
    folder = copied(town, tmp_path / "town")
    words = ("build", *NAMED, "--out", PLACE)
    code, out, said = ran(folder, *words, "--on", "dask", "--workers", "2", "--json", **server.environment)
    assert code == 0, said
    events = [json.loads(line) for line in out.splitlines()]
    assert events[-1]["made"] == len(ONLY) and events[-1]["out"] == PLACE
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    with Storage.at(PLACE) as place:
        assert place._read(list(place._listed())) == whole
    again = ran(folder, *words, **server.environment)
    assert again[0] == 0 and "0 made, 3 up to date" in again[1] and f"open {PLACE}/index.html" in again[1]
    assert "0 files sent, all proven" in again[2]
    same = ran(folder, "verify", f"{PLACE}/school/se-school-99990102.html", **server.environment)
    assert same[0] == 0 and same[1].endswith("the same bytes\n")
    for told in (out, said, *again[1:], *same[1:]):
        assert SECRET not in told and KEY not in told
    kept = b"".join(path.read_bytes() for path in (folder / "reports" / ".work").rglob("*") if path.is_file())
    assert SECRET.encode() not in kept and KEY.encode() not in kept


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_is_ended_leaves_its_journal_and_no_process(town, tmp_path, number) -> None:
    folder, mark = copied(town, tmp_path / "town"), f"run-of-{tmp_path.name}-{number}"
    words = ("build", *NAMED, "--on", "dask", "--workers", "1", "--out", str(folder / "reports" / "run"))
    with started(folder, *words, ARSHJUL_TEST_MARK=mark) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if line.startswith("page "))
        assert len(marked(mark)) > 2, "the command, a worker and its press"
        process.send_signal(number)
        said = process.stderr.read()
    assert process.returncode == (143 if number == signal.SIGTERM else -signal.SIGKILL)
    assert "Traceback" not in said and ("arshjul retry" in said) == (number == signal.SIGTERM)
    wait_for(lambda: marked(mark) == [], "every process to end", 30)
    assert not (folder / "reports" / "run").exists()
    with Journal(folder / "reports" / ".work" / "run") as journal:
        assert len(journal.pages()) >= 1
        assert journal.runs()[-1]["state"] == ("stopped" if number == signal.SIGTERM else "running")

"""The real command on a cluster and into a storage: the same bytes, and no key told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.batch import far
from tests.batch.s3 import BUCKET, KEY, SECRET, Server, served

from analysis.batch.storage import Storage
from analysis.synthetic import made

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ONLY = ("se:school:99990102", "se:municipality:9901")
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


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with far.compiled(tmp_path_factory.mktemp("compiled")):
        yield


@pytest.fixture(scope="module")
def town(compiled: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up municipality in which a run on this machine's processes has made its pages."""
    folder = tmp_path_factory.mktemp("real") / "town"
    made(folder, pupils=1000, notebooks=ROOT / "notebooks", protected=False)
    code, _, said = ran(folder, "build", *NAMED, "--jobs", "1", "--out", str(folder / "reports" / "run"))
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
    assert events[-2]["text"] == f"stored   {len(whole)} files sent, all proven, at {PLACE}"
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    with Storage.at(PLACE) as place:
        assert place._read(list(place._listed())) == whole
    for told in (out, said):
        assert SECRET not in told and KEY not in told
    kept = b"".join(path.read_bytes() for path in (folder / "reports" / ".work").rglob("*") if path.is_file())
    assert SECRET.encode() not in kept and KEY.encode() not in kept

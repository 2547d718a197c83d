"""The pages of a run on Dask workers: the same bytes, no page that harms another, no process left."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import pytest
from tests.batch import far
from tests.batch.far import Batch, Cluster, cluster, unit, wait_for
from tests.faults.light import tree

from analysis.batch.cluster import connecting, crew
from analysis.batch.journal import Journal
from analysis.batch.selection import Selection, check
from analysis.errors import ArshjulError, RunStopped, Terminated, UsageError

PAGES = 6


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with far.compiled(tmp_path_factory.mktemp("compiled")):
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run on this machine's processes puts in place."""
    batch = Batch(tmp_path_factory.mktemp("local"), PAGES)
    assert {each.state for each in batch.on_processes(2).values()} == {"made"}
    return tree(batch.root)


@pytest.fixture(scope="module")
def two(compiled: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as found:
        yield found


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the workers of a run's own cluster find the fake door."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [far.DOOR, os.environ.get("PYTHONPATH", "")])))


@pytest.mark.slow
def test_a_cluster_of_the_runs_own_gives_the_bytes_of_a_run_without_and_leaves_nothing(tmp_path, whole, door) -> None:
    before = set(psutil.Process().children(recursive=True))
    listening: set[str] = set()
    batch = Batch(tmp_path, PAGES)

    def look(line: str) -> None:
        for each in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                listening.update(at.laddr.ip for at in each.net_connections("inet") if at.status == psutil.CONN_LISTEN)

    made = batch.run(batch.on_dask("", 1), look)
    assert tree(tmp_path) == whole
    assert {(each.state, each.attempts) for each in made.values()} == {("made", 1)}
    assert listening == {"127.0.0.1"}
    left = set(psutil.Process().children(recursive=True)) - before
    assert not [each for each in left if "resource_tracker" not in " ".join(each.cmdline())]
    notebooks = sorted(path.name for path in (batch.place.work / "notebooks").iterdir())
    assert notebooks == sorted(f"{each.safe_name}.ipynb" for each in batch.requests)


@pytest.mark.slow
def test_bad_pages_fail_alone_and_no_worker_dies_or_loads_again(tmp_path, two) -> None:
    batch = Batch(tmp_path, PAGES + 5, bad={1: "leaves", 3: "crashes", 4: "hoards", 6: "is killed", 8: "hangs"})
    presses: set[int] = set()

    def look(line: str) -> None:
        presses.update(each.pid for each in two.presses() if _is_first(each))

    made = batch.run(batch.on_dask(two.address, 2), look)
    failed = {number: made[unit(number)] for number in batch.bad}
    assert {number: each.code for number, each in failed.items()} == {
        1: "KERNEL_DIED",
        3: "KERNEL_DIED",
        4: "MEMORY",
        6: "KERNEL_DIED",
        8: "TIMEOUT",
    }
    assert failed[1].reason == "its process ended with exit code 7 and no reply" and failed[1].attempts == 2
    assert "signal 11" in failed[3].reason and "may take 8 s" in failed[8].reason
    assert sum(each.state == "made" for each in made.values()) == PAGES
    assert all(worker.poll() is None for worker in two.workers)
    assert len(presses) == 2 and two.presses() == []


@pytest.mark.slow
def test_a_killed_worker_costs_a_try_and_no_page(tmp_path, whole) -> None:
    batch, killed = Batch(tmp_path / "run", PAGES, slow=0.5), []
    with cluster(tmp_path / "cluster", 2) as found:

        def kill(line: str) -> None:
            if line.startswith("page ") and not killed:
                killed.append(found.workers[0].pid)
                found.workers[0].send_signal(signal.SIGKILL)

        made = batch.run(batch.on_dask(found.address, 2), kill)
        assert found.workers[0].wait() == -signal.SIGKILL
        wait_for(lambda: found.presses() == [], "the presses to end")
    assert {each.state for each in made.values()} == {"made"} and len(made) == PAGES
    assert tree(batch.root) == whole
    with Journal(batch.place.work) as journal:
        tries = journal.tries(1)
    assert [(code, attempt) for _, attempt, code, _ in tries] == [("WORKER_LOST", 1)]
    assert made[tries[0][0]].attempts == 2 and "was lost while it made the page" in tries[0][3]


@pytest.mark.slow
def test_a_run_that_is_told_to_stop_leaves_a_journal_and_no_page_in_the_making(tmp_path, two) -> None:
    batch = Batch(tmp_path, PAGES, bad={number: "hangs" for number in range(2, PAGES)})

    def stop(line: str) -> None:
        if line.startswith("page "):
            os.kill(os.getpid(), signal.SIGTERM)

    from analysis.batch.stopping import stoppable

    with stoppable(), pytest.raises(Terminated):
        batch.run(batch.on_dask(two.address, 2), stop)
    assert two.presses() == []
    assert all(worker.poll() is None for worker in two.workers)
    with Journal(batch.place.work) as journal:
        assert [each["state"] for each in journal.runs()] == ["stopped"]
        assert {each.state for each in journal.pages().values()} == {"made"}
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_however_a_run_with_workers_of_its_own_ends_no_process_is_left(tmp_path, number, code) -> None:
    mark = f"run-of-{tmp_path.name}-{number}"
    with far.alone(tmp_path, mark) as process:
        assert process.stdout is not None and process.stderr is not None
        next(line for line in process.stdout if line.startswith("page "))
        assert len(far.marked(mark)) >= 4, "the run, a worker, its press and a page"
        tell = os.killpg if number == signal.SIGINT else os.kill  # Ctrl-C reaches all that a terminal has started
        tell(process.pid, number)
        said = process.stderr.read()
    assert process.returncode == code and "Traceback" not in said
    assert said == "" or number == signal.SIGKILL, "Python's own resource tracker tells of the semaphores it clears"
    wait_for(lambda: far.marked(mark) == [], "every process to end", 30)
    with Journal(tmp_path / "work") as journal:
        assert [each.state for each in journal.pages().values()] == ["made"]
        assert [each["state"] for each in journal.runs()] == ["stopped" if number == signal.SIGINT else "running"]


@pytest.mark.slow
def test_a_worker_with_other_versions_is_named_and_refused_before_any_page(tmp_path) -> None:
    ghost = tmp_path / "ahead" / "ghost-1.0.dist-info"
    ghost.mkdir(parents=True)
    (ghost / "METADATA").write_text("Metadata-Version: 2.1\nName: ghost\nVersion: 1.0\n", encoding="utf-8")
    empty = tmp_path / "empty" / "analysis"
    empty.mkdir(parents=True)
    (empty / "__init__.py").touch()
    batch = Batch(tmp_path / "run", 2)
    for ahead, says in (
        (ghost.parent, "ghost none in the run, 1.0 at tcp://127.0.0.1"),
        (empty.parent, "none at tcp://127.0.0.1"),
    ):
        with cluster(tmp_path / f"cluster of {ahead.name}", 0) as found:
            found.add(ahead=str(ahead))
            with pytest.raises(ArshjulError, match="every worker makes pages with the program") as error:
                batch.run(batch.on_dask(found.address, 1))
        assert says in str(error.value) and "mend:" in str(error.value)


def _is_first(process: psutil.Process) -> bool:
    """Whether a press is the worker's own child and not a page's process."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = process.parent()
        return parent is not None and "worker" in parent.cmdline()
    return False


@pytest.mark.slow
def test_a_run_without_workers_or_whose_scheduler_dies_ends_and_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(crew, "NOBODY", 2.0)
    monkeypatch.setattr(crew, "PATIENCE", 3.0)
    batch = Batch(tmp_path / "run", 2)
    with cluster(tmp_path / "cluster", 0) as found:
        with pytest.raises(RunStopped, match=r"found: no worker for 2 s"):
            batch.run(batch.on_dask(found.address, 1))
        monkeypatch.setattr(crew, "NOBODY", 60.0)
        threading.Timer(2.0, found.scheduler.kill).start()
        with pytest.raises(RunStopped, match="the Dask scheduler is gone"):
            batch.run(batch.on_dask(found.address, 1))
    with Journal(batch.place.work) as journal:
        assert [each["state"] for each in journal.runs()] == ["broken off", "broken off"]


def test_a_scheduler_that_does_not_answer_is_one_clear_error() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(ArshjulError) as error:
            connecting.reach(address)
    assert str(error.value).splitlines()[:2] == [
        "a Dask scheduler must answer at the address that --scheduler names",
        f"  found: {address}: Connection refused",
    ]
    assert "dask scheduler --host 127.0.0.1" in str(error.value)


def test_what_is_no_scheduler_is_one_clear_error(monkeypatch) -> None:
    monkeypatch.setattr(connecting, "PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        connecting.reach(address)
        with (
            pytest.raises(ArshjulError, match="it does not answer as a Dask scheduler does"),
            connecting.connected(address, 1),
        ):
            pass


@pytest.mark.parametrize("address", ["10.0.0.5:8786", "tcp://10.0.0.5", "http://h:1", "tcp://h:x", "tcp://u:p@h:1"])
def test_an_address_that_is_none_is_refused_and_not_repeated(address) -> None:
    with pytest.raises(UsageError, match="--scheduler: an address of the form tcp://HOST:PORT") as error:
        check(Selection(on="dask", scheduler=address))
    assert address not in str(error.value)


def test_a_cluster_without_on_dask_is_refused() -> None:
    for selection in (Selection(scheduler="tcp://h:1"), Selection(workers=2)):
        with pytest.raises(UsageError, match="add --on dask"):
            check(selection)
    with pytest.raises(UsageError, match="one of processes, dask is needed, got: 'dusk'"):
        check(Selection(on="dusk"))


def test_without_the_packages_it_is_said_how_to_install_them(monkeypatch) -> None:
    monkeypatch.setattr(connecting.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'arshjul\[dask\]'"):
        check(Selection(on="dask"))


def test_a_run_on_this_machines_processes_imports_nothing_of_dask_or_a_storage() -> None:
    imported = "analysis.batch.run, analysis.batch.work, analysis.batch.making, analysis.cli.building"
    code = f"import sys, {imported}; print({{'distributed', 'dask', 'fsspec', 's3fs'}} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"

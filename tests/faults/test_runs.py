"""A run that is killed, stopped, doubled, damaged or full of failures: nothing half-made is ever put in place."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from tests.faults import light
from tests.faults.light import Reply, forked, run, task, tasks, tree

from analysis.batch import placing
from analysis.batch.failpoints import VARIABLE
from analysis.batch.journal import Entry, Journal
from analysis.batch.limits import Limits
from analysis.batch.locking import locked
from analysis.batch.making import Task
from analysis.errors import AuditFailed, Interrupted, Locked, RunStopped, Terminated, UsageError

MOMENTS, PAGES = 100, 12
KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an undisturbed run puts in place, first of the old figures and then of the new."""
    root = tmp_path_factory.mktemp("whole")
    run(root, tasks(PAGES, "1"))
    run(root, tasks(PAGES, "2"))
    return tree(root)


def old_and_new(count: int) -> dict[str, set[str]]:
    """The hashes that each page may have at its place while new figures take the place of old ones."""
    pages = zip(tasks(count, "1"), tasks(count, "2"), strict=True)
    return {old.path: {light.sha256(light.content(each)).hexdigest() for each in (old, new)} for old, new in pages}


def assert_each_is_whole(root: Path, count: int) -> None:
    found, allowed = tree(root), old_and_new(count)
    for path, known in allowed.items():
        assert found[path] in known, path
    assert set(found) == {*allowed, "index.html", "manifest.json"}


@pytest.mark.faults(11, 24, 37)
def test_a_run_killed_at_any_of_a_hundred_moments_goes_on_to_the_same_bytes(tmp_path, whole) -> None:
    chance, counted = random.Random(20240901), 0
    began = time.monotonic()
    run(tmp_path / "timed", tasks(PAGES, "1"))
    span = time.monotonic() - began
    for number in range(MOMENTS):
        root = tmp_path / str(number)
        run(root, tasks(PAGES, "1"))
        pid = forked(lambda root=root: run(root, tasks(PAGES, "2")))
        time.sleep(chance.uniform(0, 1.2 * span))
        os.kill(pid, signal.SIGKILL)
        counted += light.ended(pid) == KILLED
        assert_each_is_whole(root, PAGES)
        assert light.ended(forked(lambda root=root: run(root, tasks(PAGES, "2")))) == 0
        assert tree(root) == whole
        assert not (root / "work" / "stage").exists()
    assert counted > MOMENTS / 2, "most of the runs were to be killed before they were done"


@pytest.mark.faults(36, 37)
def test_a_run_killed_after_any_of_its_steps_goes_on_to_the_same_bytes(tmp_path) -> None:
    run(tmp_path / "whole", tasks(4, "1"))
    run(tmp_path / "whole", tasks(4, "2"))
    known, step = tree(tmp_path / "whole"), 0
    while True:
        step += 1
        root = tmp_path / str(step)
        run(root, tasks(4, "1"))
        end = light.ended(forked(lambda root=root: run(root, tasks(4, "2")), **{VARIABLE: str(step)}))
        if end == 0:
            break
        assert end == KILLED
        assert_each_is_whole(root, 4)
        run(root, tasks(4, "2"))
        assert tree(root) == known, f"killed at step {step}"
    assert step > 4 * 2 + 6 + 5, "every page, every file and every step of the run has been a place to die at"


@pytest.mark.faults(11)
def test_only_what_is_not_proven_whole_is_made_again(tmp_path) -> None:
    pid = forked(lambda: run(tmp_path, tasks(10), jobs=1), **{VARIABLE: "finished"})
    assert light.ended(pid) == KILLED and tree(tmp_path) == {}
    stage = tmp_path / "work" / "stage" / "school"
    spoilt = sorted(stage.iterdir())[3]
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    made: list[str] = []
    run(tmp_path, tasks(10), said=made)
    assert [line.split()[-1] for line in made] == ["3"]
    run(tmp_path / "other", tasks(10))
    assert tree(tmp_path) == tree(tmp_path / "other")


@pytest.mark.faults(12, 13)
@pytest.mark.parametrize(("number", "kind"), [(signal.SIGTERM, Terminated), (signal.SIGINT, Interrupted)])
def test_a_run_told_to_stop_leaves_a_journal_and_no_half_file(tmp_path, number, kind) -> None:
    assert kind.exit_code == 128 + number

    def work(each: Task, stage: Path) -> Reply:
        if each == task(2):
            os.kill(os.getppid(), number)
            time.sleep(60)
        return light.make(each, stage)

    before = light.children()
    with pytest.raises(kind, match="kept"):
        run(tmp_path, tasks(6), work, jobs=1)
    assert light.children() <= before
    assert tree(tmp_path) == {}
    assert not [path for path in (tmp_path / "work" / "stage").rglob(".*") if path.is_file()]
    with Journal(tmp_path / "work") as journal:
        assert [each["state"] for each in journal.runs()] == ["stopped"]
        assert set(journal.pages()) == {each.unit_id for each in tasks(2)}
    said: list[str] = []
    run(tmp_path, tasks(6), said=said)
    assert len(said) == 4 and len(tree(tmp_path)) == 6 + 2


@pytest.mark.faults(25)
def test_a_second_run_is_refused_at_once_and_a_dead_one_blocks_nobody(tmp_path) -> None:
    def hold() -> None:
        with locked(tmp_path / "lock"):
            (tmp_path / "held").touch()
            time.sleep(60)

    pid = forked(hold)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    began = time.monotonic()
    with pytest.raises(Locked, match=f"another is at work, process {pid}"):
        run(tmp_path, tasks(2))
    assert time.monotonic() - began < 1
    assert Locked.exit_code == 75
    os.kill(pid, signal.SIGKILL)
    light.ended(pid)
    assert len(run(tmp_path, tasks(2))) == 2


@pytest.mark.faults(25)
def test_a_page_that_outlives_its_run_does_not_hold_the_lock(tmp_path) -> None:
    def work(each: Task, stage: Path) -> Reply:
        (tmp_path / "at work").touch()
        time.sleep(30)
        return {}

    pid = forked(lambda: run(tmp_path, tasks(1), work))
    while not (tmp_path / "at work").exists():
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    light.ended(pid)
    with locked(tmp_path / "lock"):
        pass


@pytest.mark.faults(33)
def test_of_a_thousand_pages_with_thirty_seven_bad_ones_963_are_made_and_37_named(tmp_path) -> None:
    bad = {each.unit_id for each in random.Random(37).sample(tasks(1000), 37)}

    def work(each: Task, stage: Path) -> Reply:
        if each.unit_id in bad:
            return {"error": "cell 3: ValueError", "code": "CELL_ERROR"}
        return light.make(each, stage)

    entries = run(tmp_path, tasks(1000), work)
    failed = [each for each in entries if each.state == "failed"]
    assert len(entries) == 1000 and {each.unit_id for each in failed} == bad
    assert {(each.code, each.reason) for each in failed} == {("CELL_ERROR", "cell 3: ValueError")}
    assert len(list((tmp_path / "out" / "school").glob("*.html"))) == 963


@pytest.mark.faults(34)
def test_a_run_in_which_all_fail_for_one_cause_stops_itself_and_places_nothing(tmp_path) -> None:
    run(tmp_path, tasks(2, "1"))
    before = tree(tmp_path)
    said: list[str] = []

    def work(each: Task, stage: Path) -> Reply:
        return {"error": f"{each.path}: the notebook is bad", "code": "CELL_ERROR"}

    with pytest.raises(RunStopped, match="10 pages in a row failed for one cause") as stopped:
        run(tmp_path, tasks(500, "2"), work, said=said)
    assert stopped.value.exit_code == 1
    assert len(said) == 10 and tree(tmp_path) == before


@pytest.mark.faults(34)
def test_failures_of_different_causes_do_not_stop_a_run(tmp_path) -> None:
    def work(each: Task, stage: Path) -> Reply:
        return {"error": f"cell {int(each.unit_id[-1]) % 2}", "code": "CELL_ERROR"}

    assert len(run(tmp_path, tasks(40), work, jobs=1)) == 40


@pytest.mark.faults(35)
@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "a page's row"])
def test_a_damaged_journal_is_never_trusted(tmp_path, damage) -> None:
    run(tmp_path, tasks(5))
    known, path = tree(tmp_path), tmp_path / "work" / "journal.sqlite"
    if damage == "a page's row":
        with sqlite3.connect(path) as base:
            base.execute("UPDATE pages SET sha256 = ? WHERE unit_id = ?", ("0" * 64, task(1).unit_id))
    else:
        whole = path.read_bytes()
        spoilt = {"cut": whole[: len(whole) // 2], "noise": random.Random(1).randbytes(len(whole)), "empty": b""}
        path.write_bytes(spoilt[damage])
    said: list[str] = []
    run(tmp_path, tasks(5), said=said)
    assert len(said) == (1 if damage == "a page's row" else 5)
    assert tree(tmp_path) == known


@pytest.mark.faults(38)
def test_an_unchanged_run_makes_nothing_and_changes_no_file(tmp_path) -> None:
    run(tmp_path, tasks(5))
    out = tmp_path / "out"
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.rglob("*.html")}

    def never(each: Task, stage: Path) -> Reply:
        raise AssertionError(each)

    assert run(tmp_path, tasks(5), never) == []
    pages = {path: found for path, found in before.items() if path.name != "index.html"}
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in pages} == pages
    assert {path: path.read_bytes() for path in before} == {path: found[1] for path, found in before.items()}


@pytest.mark.faults(42)
def test_nothing_is_put_in_place_when_the_whole_does_not_pass(tmp_path) -> None:
    run(tmp_path, tasks(3, "1"))
    before = tree(tmp_path)

    def check(stage: Path) -> None:
        assert len(list(stage.rglob("*.html"))) == 3 + 1
        raise AuditFailed("something withheld can be worked out")

    with pytest.raises(AuditFailed) as failed:
        run(tmp_path, tasks(3, "2"), check=check)
    assert failed.value.exit_code == 3
    assert tree(tmp_path) == before
    assert not (tmp_path / "work" / "stage").exists()


@pytest.mark.faults(42)
def test_a_run_killed_before_it_was_looked_at_is_looked_at_when_it_goes_on(tmp_path) -> None:
    light.ended(forked(lambda: run(tmp_path, tasks(3)), **{VARIABLE: "finished"}))
    looked: list[Path] = []
    run(tmp_path, tasks(3), check=looked.append)
    assert len(looked) == 1


@pytest.mark.faults(26, 27)
def test_a_page_whose_input_changed_meanwhile_is_not_put_in_place(tmp_path) -> None:
    run(tmp_path, tasks(3, "1"))
    before = tree(tmp_path)
    reason = "school.ipynb has changed, or is gone, since the run began"
    entries = run(tmp_path, tasks(3, "2"), spoilt=lambda: {task(1).unit_id: reason})
    failed = [each for each in entries if each.state == "failed"]
    assert [(each.unit_id, each.code, each.reason) for each in failed] == [(task(1).unit_id, "INPUT_CHANGED", reason)]
    after = tree(tmp_path)
    assert after[task(1).path] == before[task(1).path]
    assert after[task(0).path] != before[task(0).path]


@pytest.mark.faults(26, 27)
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_the_files_of_a_run_are_compared_at_its_end(tmp_path, how) -> None:
    from analysis.batch.inputs import Inputs

    data, school, area = (tmp_path / name for name in ("a.csv", "school.ipynb", "area.ipynb"))
    for path in (data, school, area):
        path.write_text(path.name, encoding="utf-8")
    inputs = Inputs.of({data: placing.hash_of(data)}, {"a": school, "b": school, "c": area})
    assert inputs.spoilt() == {}
    spoil = Path.unlink if how == "gone" else (lambda path: path.write_text("other", encoding="utf-8"))
    spoil(school)
    assert set(inputs.spoilt()) == {"a", "b"} and "school.ipynb" in inputs.spoilt()["a"]
    spoil(data)
    assert set(inputs.spoilt()) == {"a", "b", "c"} and "a.csv" in inputs.spoilt()["c"]


@pytest.mark.faults(19)
def test_a_folder_that_is_not_there_is_made(tmp_path) -> None:
    run(tmp_path / "not" / "yet" / "there", tasks(2))
    assert len(tree(tmp_path / "not" / "yet" / "there")) == 4


@pytest.mark.faults(20)
def test_a_folder_that_cannot_be_written_is_refused_before_a_page_is_made(tmp_path) -> None:
    place = placing.Place(Path("/proc/pages"), tmp_path)
    with pytest.raises(UsageError, match="the folder of pages must be writable"):
        place.prepare([])


@pytest.mark.faults(30)
def test_a_clock_that_is_set_during_a_run_changes_nothing(tmp_path, monkeypatch) -> None:
    jumps = iter([1e9, 4e9, 0.0] * 1000)
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    entries = run(tmp_path, tasks(5), limits=Limits(seconds=30))
    assert {each.state for each in entries} == {"made"}
    assert all(0 <= each.seconds < 30 for each in entries)


def test_the_journal_tells_what_each_page_took_and_why_it_failed(tmp_path) -> None:
    def work(each: Task, stage: Path) -> Reply:
        return {"error": "bad", "code": "GATE"} if each == task(1) else light.make(each, stage)

    run(tmp_path, tasks(2), work)
    with Journal(tmp_path / "work") as journal:
        good, bad = journal.pages().values()
    assert isinstance(good, Entry)
    assert (good.state, good.code, good.bytes) == ("made", "", len(light.content(task(0))))
    assert good.made_from == task(0).made_from and good.memory > 1 << 20 and good.seconds > 0
    assert (bad.state, bad.code, bad.reason, bad.sha256) == ("failed", "GATE", "bad", "")

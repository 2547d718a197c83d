"""Pages that die, hang, flood, leave early, or leave something behind: each fails alone, with its cause in one word."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import TemplateError
from tests.faults import light
from tests.faults.light import Reply
from tests.report.conftest import request_for
from tests.report.small_notebooks import CALLS, OPEN, notebook

from analysis.batch.journal import Entry
from analysis.batch.limits import Limits
from analysis.batch.making import Task
from analysis.batch.work import refuse_unreadable
from analysis.errors import InputRefused, PageFailed
from analysis.report import engine, exporter, page
from analysis.report.page import make

DEADLINE = 12.0
PATIENT = f"a page may take {DEADLINE:g} s"
OLD = b"the last good page"
SEGFAULT = "import ctypes, faulthandler; faulthandler.disable(); ctypes.string_at(0)"
"""without the traceback that pytest's handler would write: that the process dies of it is what is asked"""
POISON = """
import os, random, pandas, numpy, matplotlib, analysis.model
numpy.random.seed(7); random.seed(7); pandas.set_option("display.max_rows", 3)
os.environ["LEFT_BEHIND"] = "yes"; os.chdir("/"); matplotlib.rcParams["lines.linewidth"] = 99
analysis.model.SchoolYear.__str__ = lambda self: "patched"
"""
CLEAN = """
import os, numpy, pandas, matplotlib, analysis.model
assert "LEFT_BEHIND" not in os.environ and os.getcwd() != "/"
assert pandas.get_option("display.max_rows") != 3 and matplotlib.rcParams["lines.linewidth"] != 99
assert str(analysis.model.SchoolYear(2023)) == "2023/24"
assert numpy.random.get_state()[1].tolist() != numpy.random.RandomState(7).get_state()[1].tolist()
"""


@dataclass(frozen=True)
class Fault:
    """A cell that does something bad, and what has to become of its page."""

    numbers: tuple[int, ...]
    cell: str
    code: str
    says: str
    attempts: int = 1


FAULTS = {
    "killed": Fault((1,), "import os; os.kill(os.getpid(), 9)", "KERNEL_DIED", "ended by signal 9", 2),
    "out of memory": Fault((2,), "import os; os.kill(os.getpid(), 9)", "KERNEL_DIED", "may have run out of memory", 2),
    "too much memory": Fault((3,), "x = bytearray(64 << 30)", "MEMORY", "MemoryError"),
    "segfault": Fault((4,), SEGFAULT, "KERNEL_DIED", "ended by signal 11", 2),
    "exit": Fault((5,), "import os; os._exit(0)", "KERNEL_DIED", "exit code 0 and no reply", 2),
    "polite exit": Fault((6,), "import sys; sys.exit(0)", "INCOMPLETE", "cell 5 (import sys; sys.exit(0))"),
    "error": Fault((7,), "raise ValueError('Alva 201.3')", "CELL_ERROR", "cell 5 (raise ValueError"),
    "endless": Fault((8, 9), "while True: pass", "TIMEOUT", PATIENT),
    "stopped": Fault((29,), "import os; os.kill(os.getpid(), 19)", "TIMEOUT", PATIENT),
    "hanging child": Fault(
        (10,),
        "import subprocess, time; subprocess.Popen(['sleep', '7711'], start_new_session=True); time.sleep(99)",
        "TIMEOUT",
        PATIENT,
    ),
    "question": Fault((14,), "name = input('who? ')", "CELL_ERROR", "cell 5"),
    "flood": Fault((15,), "for _ in range(300): print('x' * 100_000)", "OUTPUT_TOO_LARGE", "found: 30,0"),
    "too many processes": Fault(
        (31,),
        "import subprocess, time; many = [subprocess.Popen(['sleep', '7712']) for _ in range(90)]; time.sleep(99)",
        "RESOURCE",
        "more processes and threads than a page may have, 64",
        2,
    ),
    "too many threads": Fault(
        (31,),
        "import threading, time; [threading.Thread(target=time.sleep, args=(99,)).start() for _ in range(90)];"
        " time.sleep(99)",
        "RESOURCE",
        "more processes and threads",
        2,
    ),
    "too many files": Fault((32,), "many = [open('/dev/null') for _ in range(9999)]", "RESOURCE", "OSError", 2),
}
GOOD = {
    "good": CALLS[0],
    "leaves a child": "import subprocess; subprocess.Popen(['sleep', '7713'], start_new_session=True)",
    "poison": POISON,
    "after": CLEAN,
}


def injected(names_of: dict[str, Fault]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test over faults, each marked with its numbers."""
    params = [pytest.param(name, marks=pytest.mark.faults(*fault.numbers)) for name, fault in names_of.items()]
    return pytest.mark.parametrize("name", params)


@dataclass(frozen=True)
class Made:
    """A run with every fault in it, and what became of each page."""

    root: Path
    entries: dict[str, Entry]
    left: set[int]
    sleeping: list[str]


def pages_of(root: Path, cells: dict[str, str], work_on: Callable[[str, Callable[[], Reply]], Reply] | None = None):
    """The tasks of pages with one more cell, and how each is made: by the real engine, template and gate."""
    tasks, requests = [], {}
    for number, (name, cell) in enumerate(cells.items()):
        calls = CALLS if cell == CALLS[0] else (*CALLS[:2], cell, *CALLS[2:])
        path = notebook(root, OPEN, *calls, name=name.replace(" ", "-"))
        request = request_for(path, unit_id=f"se:school:{20_000_000 + number}")
        requests[request.unit_id] = (name, request)
        tasks.append(Task(request.unit_id, "school", request.path, name, {"own": name, "data": "1", "seen": "1"}))

    def work(task: Task, stage: Path) -> Reply:
        name, request = requests[task.unit_id]

        def one() -> Reply:
            return dataclasses.asdict(make(request, stage, root / "work"))

        return one() if work_on is None else work_on(name, one)

    return tasks, work


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """All bad pages and some good ones in one run, with an old page at every place."""
    root = tmp_path_factory.mktemp("pages")
    tasks, work = pages_of(root, {**{name: fault.cell for name, fault in FAULTS.items()}, **GOOD})
    for task in tasks:
        there = root / "out" / task.path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(OLD)
    first = request_for(root / "good.ipynb")
    exporter.export(engine.run(first.notebook, first.parameters))
    before = light.children()
    entries = light.run(root, tasks, work, jobs=4, limits=Limits(seconds=DEADLINE), alike=99)
    by_name = {task.name: next(each for each in entries if each.unit_id == task.unit_id) for task in tasks}
    return Made(root, by_name, light.children() - before, sleeping())


def sleeping() -> list[str]:
    """The processes that bad pages have left behind."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        found += [str(words)] if words[:1] == [b"sleep"] and words[1:2] and words[1].startswith(b"771") else []
    return found


@injected(FAULTS)
def test_a_bad_page_fails_alone_with_its_cause_and_the_old_page_stays(made: Made, name: str) -> None:
    fault, entry = FAULTS[name], made.entries[name]
    assert (entry.state, entry.code) == ("failed", fault.code), entry.reason
    assert fault.says in entry.reason
    assert entry.attempts == fault.attempts
    assert (made.root / "out" / entry.path).read_bytes() == OLD


@pytest.mark.parametrize("name", list(GOOD))
def test_the_good_pages_among_them_are_made(made: Made, name: str) -> None:
    entry = made.entries[name]
    assert (entry.state, entry.reason) == ("made", "")
    page_bytes = (made.root / "out" / entry.path).read_bytes()
    assert page_bytes != OLD and light.sha256(page_bytes).hexdigest() == entry.sha256


@pytest.mark.faults(7)
def test_a_reason_holds_no_value_of_the_data(made: Made) -> None:
    reason = made.entries["error"].reason
    assert "ValueError" in reason.split("): ")[-1] and "201.3" not in reason.split("): ")[-1]


@pytest.mark.faults(10)
def test_no_process_is_left_whatever_the_pages_started(made: Made) -> None:
    assert made.left == set() and made.sleeping == []


def unhappy(kind: str) -> Callable[[str, Callable[[], Reply]], Reply]:
    """What is wrong with the machine while a page is made."""

    def work_on(name: str, one: Callable[[], Reply]) -> Reply:
        if name != kind:
            return one()
        if kind == "template":
            page.export = _raise(TemplateError("unknown filter"))  # type: ignore[assignment]
        elif kind == "disk full":
            os.fsync = _raise(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        elif kind == "quota":
            os.fsync = _raise(OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)))
        return one()

    return work_on


def _raise(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        pytest.param("disk full", "DISK", "No space left on device", marks=pytest.mark.faults(16)),
        pytest.param("quota", "DISK", "Disk quota exceeded", marks=pytest.mark.faults(18)),
        pytest.param("template", "TEMPLATE", "the template stopped: unknown filter", marks=pytest.mark.faults(40)),
    ],
)
def test_a_page_that_cannot_be_written_leaves_the_old_one_as_it_was(tmp_path, name, code, says) -> None:
    tasks, work = pages_of(tmp_path, {name: CALLS[0], "good": CALLS[0]}, unhappy(name))
    there = tmp_path / "out" / tasks[0].path
    there.parent.mkdir(parents=True)
    there.write_bytes(OLD)
    bad, good = sorted(light.run(tmp_path, tasks, work), key=lambda each: each.unit_id)
    assert (bad.state, bad.code, good.state) == ("failed", code, "made")
    assert says in bad.reason and "Traceback" not in bad.reason
    assert there.read_bytes() == OLD
    if code == "TEMPLATE":
        assert (tmp_path / "work" / "notebooks" / "se-school-20000000.ipynb").is_file()
        assert not (tmp_path / "out" / tasks[0].path.replace(".html", ".ipynb")).exists()


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param("size=4k", marks=pytest.mark.faults(16)),
        pytest.param("nr_inodes=3", marks=pytest.mark.faults(18)),
    ],
)
def test_a_disk_that_is_really_full_leaves_the_old_page_as_it_was(tmp_path, limit) -> None:
    tasks, work = pages_of(tmp_path, {"good": CALLS[0]})
    there, stage = tmp_path / "out" / tasks[0].path, tmp_path / "work" / "stage"
    for folder in (there.parent, stage):
        folder.mkdir(parents=True)
    there.write_bytes(OLD)
    with small_disk(stage, limit):
        (entry,) = light.run(tmp_path, tasks, work, finish=None)
        assert (stage / tasks[0].path).read_bytes() == OLD
        assert [path for path in stage.rglob("*") if path.is_file()] == [stage / tasks[0].path]
    assert (entry.state, entry.code) == ("failed", "DISK") and "No space left on device" in entry.reason
    assert there.read_bytes() == OLD


@contextlib.contextmanager
def small_disk(folder: Path, limit: str) -> Iterator[None]:
    """A file system of its own with little room or few files, where the tests may mount one."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", limit, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only the superuser of a machine that allows it can mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.faults(17)
def test_a_page_larger_than_a_file_may_be_leaves_the_old_one_as_it_was(tmp_path) -> None:
    tasks, work = pages_of(tmp_path, {"good": CALLS[0]})
    there = tmp_path / "out" / tasks[0].path
    there.parent.mkdir(parents=True)
    there.write_bytes(OLD)
    (entry,) = light.run(tmp_path, tasks, work, limits=Limits(largest_file=4096))
    assert (entry.state, entry.code) == ("failed", "DISK") and "File too large" in entry.reason
    assert there.read_bytes() == OLD


@pytest.mark.faults(21, 22)
@pytest.mark.parametrize("content", ["half", "none", "gone"])
def test_a_notebook_that_cannot_be_read_is_refused_before_a_page_is_made(tmp_path, content) -> None:
    path = notebook(tmp_path, OPEN, *CALLS)
    whole = path.read_text(encoding="utf-8")
    if content == "gone":
        path.unlink()
    else:
        path.write_text(whole[: len(whole) // 2] if content == "half" else "", encoding="utf-8")
    with pytest.raises(InputRefused, match="a report notebook is a readable") as refused:
        refuse_unreadable(path)
    assert refused.value.exit_code == 4


@pytest.mark.faults(23)
def test_a_notebook_for_a_kernel_that_is_not_there_is_refused_before_a_page_is_made(tmp_path) -> None:
    path = notebook(tmp_path, OPEN, *CALLS)
    path.write_text(
        path.read_text(encoding="utf-8").replace('"name": "python3"', '"name": "julia-9"'), encoding="utf-8"
    )
    with pytest.raises(InputRefused, match="names a kernel that is installed\n  found: 'julia-9'"):
        refuse_unreadable(path)


def test_a_notebook_that_ignores_its_unit_makes_no_page_and_the_cell_is_named(tmp_path) -> None:
    ignoring = OPEN.replace("unit=unit", 'unit="se:school:99999999"')
    request = request_for(notebook(tmp_path, ignoring, *CALLS))
    record = make(request, tmp_path / "out", tmp_path / "work")
    assert (record.state, record.code) == ("failed", "GATE")
    assert "every part has the unit 'se:school:16762245'" in record.reason and "cell 3 (heading)" in record.reason
    assert not (tmp_path / "out" / request.path).exists()


def test_a_cause_in_one_word_goes_with_every_failed_page() -> None:
    assert PageFailed("text").code == "PAGE" and PageFailed("text", "DISK").code == "DISK"

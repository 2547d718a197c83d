"""A page is at its place whole, or not at all."""

import dataclasses
import errno
import os
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from conftest import request_for
from small_notebooks import CALLS, OPEN, notebook, page_notebook

from analysis.errors import Interrupted, PageFailed
from analysis.report import writing
from analysis.report.page import make
from analysis.report.writing import publish


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_made_page_is_at_its_place_with_its_account(tmp_path: Path) -> None:
    record = make(request_for(page_notebook(tmp_path)), tmp_path / "out", tmp_path / "work", {"data": "abc"})
    whole = (tmp_path / "out/school/se-school-16762245.html").read_bytes()
    assert dataclasses.asdict(record) | {"seconds": 0} == {
        "unit_id": "se:school:16762245",
        "level": "school",
        "path": "school/se-school-16762245.html",
        "state": "made",
        "reason": "",
        "code": "",
        "sha256": sha256(whole).hexdigest(),
        "bytes": len(whole),
        "seconds": 0,
        "figures": 1,
        "tables": 1,
        "sentences": 3,
    }
    assert files(tmp_path / "out") == ["school/se-school-16762245.html"]
    assert files(tmp_path / "work") == ["notebooks/se-school-16762245.ipynb"]


def test_the_same_request_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = request_for(page_notebook(tmp_path))
    first = make(request, tmp_path / "a", tmp_path / "work")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.chdir(tmp_path)
    assert make(request, tmp_path / "b", tmp_path / "other").sha256 == first.sha256


FAULTS = {
    "a cell fails": ("heading(seen)", "1/0"),
    "a cell leaves early": (*CALLS[:3], "import sys; sys.exit(0)"),
    "the end is missing": CALLS[:-1],
    "a part is about another unit": (*CALLS[:3], "seen.unit = 'se:school:1'", *CALLS[3:]),
    "a number is none": (*CALLS[:2], "seen.name = 'nan'", *CALLS[2:]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_that_fails_leaves_the_last_good_one(tmp_path: Path, fault: str) -> None:
    out, work = tmp_path / "out", tmp_path / "work"
    make(request_for(page_notebook(tmp_path)), out, work)
    good = (out / "school/se-school-16762245.html").read_bytes()
    record = make(request_for(page_notebook(tmp_path, *FAULTS[fault])), out, work)
    assert (record.state, record.sha256, record.bytes) == ("failed", "", 0)
    assert record.reason
    assert (out / "school/se-school-16762245.html").read_bytes() == good
    assert files(out) == ["school/se-school-16762245.html"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_that_fails_first_leaves_no_page(tmp_path: Path, fault: str) -> None:
    record = make(request_for(page_notebook(tmp_path, *FAULTS[fault])), tmp_path / "out", tmp_path / "work")
    assert record.state == "failed"
    assert not (tmp_path / "out").exists()


def test_the_failed_notebook_is_kept_with_its_error(tmp_path: Path) -> None:
    make(request_for(notebook(tmp_path, OPEN, "1/0")), tmp_path / "out", tmp_path / "work")
    node = nbformat.read(tmp_path / "work/notebooks/se-school-16762245.ipynb", as_version=4)
    assert node.cells[-1].outputs[0].ename == "ZeroDivisionError"


def test_an_interrupt_is_not_taken_for_a_failed_page(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        make(request_for(notebook(tmp_path, "raise KeyboardInterrupt")), tmp_path / "out", tmp_path / "work")


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.html"
    publish(b"old", place)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(PageFailed, match=r"a\.html: cannot be written: No space left on device"):
        publish(b"new", place)
    assert place.read_bytes() == b"old"
    assert files(tmp_path) == ["a.html"]


def test_a_published_file_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    publish(b"a", tmp_path / "a.html")
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o644

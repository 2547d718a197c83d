"""The name of closed figures outside their workspace tells nothing of them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from analysis.errors import UsageError
from analysis.store.private import TABLE
from analysis.store.sealing import FILE, sealed
from analysis.store.snapshot import Snapshot

HASH = "5" * 64


def snapshot(data: Path, *, closed: bool, is_protected: bool = True) -> Snapshot:
    path = data / "store" / "2024-01-01-555555555555"
    path.mkdir(parents=True, exist_ok=True)
    if closed:
        (path / f"{TABLE}.parquet").touch()
    return Snapshot(path, HASH, "2024-01-01", is_made_up=not is_protected, is_protected=is_protected)


def test_who_knows_the_hash_cannot_tell_the_name_and_each_workspace_has_its_own(tmp_path: Path) -> None:
    first, second = (snapshot(tmp_path / name, closed=True).public_name for name in "ab")
    assert len({HASH, first, second}) == 3 and len(first) == len(HASH)


def test_the_name_stays_and_the_key_is_for_nobody_else_to_read(tmp_path: Path) -> None:
    assert snapshot(tmp_path, closed=True).public_name == snapshot(tmp_path, closed=True).public_name
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize(("closed", "is_protected"), [(False, True), (True, False)])
def test_open_and_made_up_figures_have_the_same_name_everywhere(
    tmp_path: Path, closed: bool, is_protected: bool
) -> None:
    assert snapshot(tmp_path, closed=closed, is_protected=is_protected).public_name == HASH
    assert not (tmp_path / FILE).exists()


def test_two_that_make_the_key_at_once_use_one(tmp_path: Path) -> None:
    names: list[str] = []
    threads = [threading.Thread(target=lambda: names.append(sealed(HASH, tmp_path))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(names) == 8 and set(names) == {sealed(HASH, tmp_path)}


@pytest.mark.parametrize("written", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_key_that_is_none_is_told_with_its_place_and_mend(tmp_path: Path, written: str) -> None:
    (tmp_path / FILE).write_text(written, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"{FILE}: .*\n  found: {len(written)} signs\n  mend: "):
        sealed(HASH, tmp_path)

"""Shards made apart are one run when they are joined; one that is missing, other or spoilt is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.faults import light
from tests.faults.light import tasks, tree

from analysis.batch import plan, shards
from analysis.batch.journal import Journal
from analysis.batch.making import Run, Task
from analysis.batch.placing import Place
from analysis.batch.selection import Selection
from analysis.errors import UsageError

PAGES, SHARES = 24, 3


def made(root: Path, number: int, version: str = "1") -> Path:
    """The folder of one shard, made in a place of its own."""
    place = Place(root / "out", root / "work").shard(number, SHARES)
    mine = [each for each in tasks(PAGES, version) if shards.share_of(each.unit_id, SHARES) == number]
    with Journal(place.work) as journal:
        written = json.dumps(Selection(shard=None).as_json())
        journal.tell(identity=identity(version), selection=written, shard=f"{number}/{SHARES}")
        Run(place, journal, lambda line: None, jobs=2).carry_out(mine, [], light.make, selection={}, finish=None)
        journal.tell(finished="yes")
    return place.work


def identity(version: str = "1") -> str:
    return plan.hashed([dict(each.made_from) for each in tasks(PAGES, version)])


def joined(root: Path, folders: list[Path]) -> None:
    """Join the shards into ``root``, where a page that is made would be a fault."""
    shards.selection_of(folders)
    place = Place(root / "out", root / "work")
    with Journal(place.work) as journal:
        shards.adopt(folders, place, journal, identity())

    def never(each: Task, stage: Path) -> light.Reply:
        raise AssertionError(each)

    assert light.run(root, tasks(PAGES), never) == []


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """All shards of a run, as if each were made on a machine of its own."""
    return [made(tmp_path / f"machine {number}", number) for number in range(1, SHARES + 1)]


def test_shards_joined_give_the_bytes_of_one_run_whatever_the_number_of_workers(tmp_path, folders) -> None:
    joined(tmp_path / "joined", folders)
    for jobs in (1, 2, 4):
        light.run(tmp_path / f"with {jobs}", tasks(PAGES), jobs=jobs)
        assert tree(tmp_path / f"with {jobs}") == tree(tmp_path / "joined")


def test_nothing_is_put_in_place_by_a_shard(tmp_path, folders) -> None:
    assert not any((folder.parents[2] / "out").exists() for folder in folders)


def test_a_shard_that_is_missing_is_named(folders) -> None:
    with pytest.raises(UsageError, match="found: 2 of 3, without 2/3"):
        shards.selection_of([folders[0], folders[2]])


def test_a_shard_that_was_not_finished_is_refused(folders) -> None:
    with Journal(folders[1]) as journal:
        journal.tell(finished="")
    with pytest.raises(UsageError, match="not finished"):
        shards.selection_of(folders)


def test_a_shard_made_from_something_else_is_refused(tmp_path, folders) -> None:
    other = made(tmp_path / "other", 2, version="2")
    with pytest.raises(UsageError, match="was made from others"):
        joined(tmp_path / "joined", [folders[0], other, folders[2]])
    assert not (tmp_path / "joined" / "out").exists()


def test_a_spoilt_page_of_a_shard_is_refused(tmp_path, folders) -> None:
    page = next((folders[0] / "stage" / "school").iterdir())
    page.write_bytes(page.read_bytes()[:-1])
    with pytest.raises(UsageError, match="the pages of a shard are those its journal tells of"):
        joined(tmp_path / "joined", folders)
    assert not (tmp_path / "joined" / "out").exists()

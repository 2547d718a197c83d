"""One run on several machines without a cluster: each makes its share of the pages, one joins them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from analysis.batch.journal import NAME, Entry, Journal
from analysis.batch.placing import Place, hash_of, link
from analysis.batch.selection import Selection
from analysis.errors import UsageError


def share_of(unit_id: str, count: int) -> int:
    """Which of so many shards makes the page of a unit, from 1: the same on every machine.

    >>> share_of("se:school:16762245", 8)
    4
    """
    return int(sha256(unit_id.encode()).hexdigest()[:12], 16) % count + 1


def parse(text: str) -> tuple[int, int]:
    """A shard as it is written on the command line.

    >>> parse("3/8")
    (3, 8)

    Raises UsageError for anything else.
    """
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= 10_000):
        raise UsageError(f"--shard: a number and how many there are is needed, as 3/8, got: {text!r}")
    return int(number), int(count)


def selection_of(folders: Sequence[Path]) -> Selection:
    """What the shards in these folders were asked for. Raises UsageError unless they are all shards of one run."""
    told = [_about(folder) for folder in folders]
    if len({(selection, count) for selection, _, count in told}) != 1:
        raise UsageError("the folders are shards of different runs, and cannot be joined")
    count = int(told[0][2])
    numbers = sorted(int(number) for _, number, _ in told)
    if missing := sorted(set(range(1, count + 1)) - set(numbers)):
        listed = ", ".join(f"{number}/{count}" for number in missing)
        raise UsageError(
            f"every shard of a run is needed to join it\n  found: {len(numbers)} of {count}, without {listed}\n"
            f"  mend:  make them with the same command and --shard {missing[0]}/{count}"
        )
    return replace(Selection.from_json(json.loads(told[0][0])), force=False, dry_run=False)


def _about(folder: Path) -> tuple[str, str, str]:
    if not (folder / NAME).is_file():
        raise UsageError(f"a shard's folder has a journal, {NAME}\n  found: none in {folder}")
    with Journal(folder) as journal:
        number, _, count = journal.about("shard").partition("/")
        if not count or not journal.about("finished"):
            found = "of a whole run" if not count else "of a shard that was not finished"
            raise UsageError(f"a shard that was finished is needed\n  found: the journal in {folder} is {found}")
        return journal.about("selection"), number, count


def adopt(folders: Sequence[Path], place: Place, journal: Journal, identity: str) -> None:
    """Take the pages of the shards into a run: each file is proven by its hash before it is taken.

    Raises UsageError when a shard was made from other figures, notebooks, programs or packages, or when a file is
    not what its journal says.
    """
    for folder in folders:
        with Journal(folder) as theirs:
            if theirs.about("identity") != identity:
                raise UsageError(
                    "shards are joined where the figures, the notebooks, the program and the packages are the same\n"
                    f"  found: {folder} was made from others\n  mend:  make the shard anew"
                )
            entries = list(theirs.pages().values())
        for entry in entries:
            _take(entry, Place(place.out, folder), place)
        journal.write(*entries)


def _take(entry: Entry, shard: Place, place: Place) -> None:
    if entry.state != "made":
        return
    file = shard.file(entry.path, entry.sha256)
    if file is None:
        raise UsageError(
            f"the pages of a shard are those its journal tells of\n  found: {shard.stage / entry.path} is not\n"
            "  mend:  make the shard anew"
        )
    there = place.stage / entry.path
    if hash_of(there) != entry.sha256:
        there.unlink(missing_ok=True)
        link(file, there)

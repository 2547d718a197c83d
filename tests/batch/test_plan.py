"""A page is kept when it was made from the very same things and lies there whole; else the plan says why not."""

from __future__ import annotations

import dataclasses
import json
from hashlib import sha256
from pathlib import Path

import pytest

from analysis.batch import plan
from analysis.batch.journal import Entry, Journal
from analysis.batch.placing import Place
from analysis.batch.selection import Selection
from analysis.batch.shards import parse, share_of
from analysis.errors import UsageError

PAGE = b"<p>a page</p>"
MADE_FROM = {name: "as before" for name in (*plan.WORDS, *plan.COLLECTED)}
WITHOUT_FIGURES = {name: found for name, found in MADE_FROM.items() if name not in plan.FIGURES}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with one page."""
    found = Place(tmp_path / "out", tmp_path / "work")
    (found.out / "school").mkdir(parents=True)
    (found.out / "school/a.html").write_bytes(PAGE)
    return found


@pytest.fixture
def entry() -> Entry:
    """What the journal knows of the page."""
    return Entry("se:school:1", "school", "school/a.html", "made", made_from=MADE_FROM, sha256=sha256(PAGE).hexdigest())


def test_a_page_made_from_the_same_things_is_kept_without_measuring(place, entry) -> None:
    assert plan.step(entry, WITHOUT_FIGURES, place) == plan.Step(kept=entry)


@pytest.mark.parametrize("name", list(plan.WORDS))
def test_each_thing_a_page_is_made_from_has_its_own_words(place, entry, name) -> None:
    found = plan.step(entry, {**MADE_FROM, name: "other"}, place)
    assert found.reasons == (plan.WORDS[name],) and found.kept is None


@pytest.mark.parametrize("name", plan.COLLECTED)
def test_new_data_alone_make_no_page_stale_but_all_must_be_measured_to_know_it(place, entry, name) -> None:
    assert plan.step(entry, {**WITHOUT_FIGURES, name: "other"}, place) == plan.Step(must_measure=True)
    assert plan.step(entry, {**MADE_FROM, name: "other"}, place).kept == entry


def test_a_new_a_failed_a_changed_and_a_forced_page_say_so(place, entry) -> None:
    assert plan.step(None, MADE_FROM, place).reasons == (plan.NEW,)
    failed = dataclasses.replace(entry, state="failed", code="TIMEOUT")
    assert plan.step(failed, MADE_FROM, place).reasons == ("it failed the last time (TIMEOUT)",)
    assert plan.step(entry, MADE_FROM, place, force=True).reasons == (plan.FORCED,)
    (place.out / entry.path).write_bytes(PAGE[:-1])
    assert plan.step(entry, MADE_FROM, place).reasons == (plan.GONE,)


def test_the_time_left_is_that_of_such_pages_shared_by_the_jobs(entry) -> None:
    known = [
        dataclasses.replace(entry, level=level, seconds=seconds)
        for level, seconds in (("school", 1.0), ("school", 3.0), ("area", 8.0))
    ]
    assert plan.seconds_left(known, ["school", "school", "area"], 2) == pytest.approx((2 + 2 + 8) / 2)
    assert plan.seconds_left(known, ["team"], 1) == pytest.approx(4.0)
    assert plan.seconds_left([], ["team"], 1) is None


def test_the_journal_gives_back_what_was_written(tmp_path, entry) -> None:
    with Journal(tmp_path) as journal:
        number = journal.begin(Selection(only=("Ale",), out=Path("x")).as_json(), planned=3, kept=1, jobs=2)
        journal.write(dataclasses.replace(entry, run=number))
        journal.end(number, "placed", 1.5)
    with Journal(tmp_path) as journal:
        assert journal.pages() == {entry.unit_id: dataclasses.replace(entry, run=number)}
        assert journal.pages()[entry.unit_id].made_from == MADE_FROM
        (run,) = journal.runs()
    assert (run["state"], run["planned"], run["seconds"]) == ("placed", 3, 1.5)


def test_a_run_that_never_said_its_end_was_cut_off(tmp_path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin({}, 1, 0, 1)
        journal.begin({}, 1, 0, 1)
        assert [run["state"] for run in journal.runs()] == ["cut off", "running"]


def test_a_selection_survives_being_written_down() -> None:
    asked = Selection(
        ("school",), ("a",), ("b",), "2023/24", "sv", Path("x"), 3, True, False,
        "board", "scorecard", "municipality", (3, 8), 9.0, True,
        "s3://pages/run", "dask", "tcp://10.0.0.5:8786", 2,
    )  # fmt: skip
    assert all(
        getattr(asked, each.name) != getattr(Selection(), each.name)
        for each in dataclasses.fields(asked)
        if each.name != "dry_run"
    )
    assert Selection.from_json(json.loads(json.dumps(asked.as_json()))) == asked


def test_every_unit_is_in_one_share_and_the_shares_are_alike_in_size() -> None:
    units = [f"se:school:{number}" for number in range(4000)]
    sizes = [sum(share_of(unit, 8) == number for unit in units) for number in range(1, 9)]
    assert sum(sizes) == 4000 and min(sizes) > 400 and max(sizes) < 600


@pytest.mark.parametrize("text", ["0/8", "9/8", "3", "a/b", "3/", "-1/8", "1/99999"])
def test_a_shard_that_cannot_be_meant_is_refused(text) -> None:
    with pytest.raises(UsageError, match="as 3/8"):
        parse(text)

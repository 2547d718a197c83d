"""The record of what was released."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from analysis.publish.disclosure.ledger import Ledger

ROWS = pd.DataFrame(
    [
        ("merit_value", "se:school:1", "all", 2023, 221.5, 30.0),
        ("merit_value", "se:school:2", "all", 2023, 230.0, None),
    ],
    columns=["indicator", "unit_id", "group", "year", "value", "n"],
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "released.sqlite")


def test_nothing_is_known_before_the_first_release(ledger: Ledger) -> None:
    assert ledger.known("public").empty
    assert not ledger.file.exists()


def test_what_was_released_is_known(ledger: Ledger) -> None:
    ledger.record("first", "public", ROWS)
    known = ledger.known("public")
    assert known[["unit_id", "value"]].to_numpy().tolist() == [["se:school:1", 221.5], ["se:school:2", 230.0]]
    assert known["n"].isna().tolist() == [False, True]


def test_what_everybody_saw_is_known_to_the_board_and_not_the_other_way(ledger: Ledger) -> None:
    ledger.record("first", "board", ROWS.head(1))
    ledger.record("second", "public", ROWS.tail(1))
    assert set(ledger.known("board")["unit_id"]) == {"se:school:1", "se:school:2"}
    assert set(ledger.known("public")["unit_id"]) == {"se:school:2"}


def test_the_same_release_is_recorded_once(ledger: Ledger) -> None:
    ledger.record("first", "public", ROWS)
    ledger.record("first", "public", ROWS)
    assert len(ledger.known("public")) == 2
    assert len(ledger.known("public", but="first")) == 0


def test_a_corrected_figure_stands_beside_the_first_one(ledger: Ledger) -> None:
    ledger.record("first", "public", ROWS)
    ledger.record("second", "public", ROWS.assign(value=[222.0, 230.0]))
    first = ledger.known("public").query("unit_id == 'se:school:1'")
    assert first["value"].tolist() == [221.5, 222.0]


@pytest.mark.parametrize("change", ["DELETE FROM released", "UPDATE released SET value = 0"])
def test_what_was_released_cannot_be_taken_back(ledger: Ledger, change: str) -> None:
    ledger.record("first", "public", ROWS)
    connection = sqlite3.connect(ledger.file)
    with pytest.raises(sqlite3.IntegrityError, match="stays in the record"):
        connection.execute(change)
    connection.close()


def test_only_the_owner_of_the_record_may_read_it(ledger: Ledger) -> None:
    ledger.record("first", "public", ROWS)
    assert ledger.file.stat().st_mode & 0o777 == 0o600


def test_more_released_figures_give_another_hash(ledger: Ledger) -> None:
    before = ledger.hash("public")
    ledger.record("first", "public", ROWS)
    assert ledger.hash("public") != before
    assert ledger.hash("public", but="first") == before

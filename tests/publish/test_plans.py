"""What people have written is shown as theirs: who, when, and their own judgement; what is not written is said so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.model import SchoolYear
from analysis.publish import accounts, plans

UNITS = pd.DataFrame(
    {"name": ["Staden", "Alskolan"]}, index=pd.Index(["se:municipality:1", "se:school:1"], name="unit_id")
)
CITY, SCHOOL = UNITS.index


def row(name: str, unit: str, year: int, status: str = "ongoing", outcome: str = "") -> dict[str, object]:
    return {
        "commitment": name, "unit_id": unit, "year": year, "why": "Därför.", "what": f"{name}.", "expected": "Mer.",
        "indicators": "merit_value", "status": status, "responsible_role": "rektor",
        "follow_up_on": pd.NaT, "outcome": outcome,
    }  # fmt: skip


WRITTEN = pd.DataFrame(
    [
        row("gammalt", SCHOOL, 2021, "done", "effect"),
        row("pågår", SCHOOL, 2022),
        row("tänkt", SCHOOL, 2023, "planned"),
        row("nästa", SCHOOL, 2024, "planned"),
        row("stadens", CITY, 2022),
    ]
)


NO_ANSWERS = pd.DataFrame(columns=["unit_id", "year", "question"])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a part is told to display, for a unit with units below and what they have written."""

    def part(name: str, unit: str = SCHOOL, frame: pd.DataFrame = WRITTEN, below: tuple[str, ...] = ()) -> Any:
        shown: list[Any] = []
        monkeypatch.setattr(plans, "display_part", lambda seen, part: shown.append(part))
        for module in (plans, accounts):
            monkeypatch.setattr(
                module, "under", lambda seen: [SimpleNamespace(unit_id=each, name="") for each in below]
            )
        monkeypatch.setattr(plans, "findings_of", lambda question, seen: [])
        written = {"commitments": frame, "accounts": NO_ANSWERS}
        figures = SimpleNamespace(units=UNITS, written=written.__getitem__)
        seen = SimpleNamespace(
            unit_id=unit, year=SchoolYear(2023), lang="sv", figures=figures, seen_below=lambda: UNITS.iloc[:0]
        )
        getattr(plans, name)(seen)
        return shown[0] if shown else None

    return part


def titles(part: Any) -> list[str]:
    return [card.title for card in part.cards]


def test_earlier_commitments_are_those_that_have_begun_newest_first(told) -> None:
    assert titles(told("commitments")) == ["pågår.", "gammalt."]


def test_a_plan_holds_what_goes_on_and_what_is_to_come_and_nothing_that_is_done(told) -> None:
    assert titles(told("plan")) == ["nästa.", "tänkt.", "pågår."]


def test_what_goes_on_is_not_told_twice_in_a_plan(told) -> None:
    new, _, old = told("plan").cards
    assert ("Varför", "Därför.") in new.rows and "Varför" not in dict(old.rows)


def test_what_units_below_have_written_is_lifted_with_unit_and_school_year(told) -> None:
    part = told("written", unit=CITY, below=(SCHOOL,))
    assert [(card.title, card.origin) for card in part.cards] == [
        ("tänkt.", "Alskolan, läsåret 2023/24"),
        ("pågår.", "Alskolan, läsåret 2022/23"),
        ("stadens.", "Staden, läsåret 2022/23"),
        ("gammalt.", "Alskolan, läsåret 2021/22"),
    ]


def test_nothing_is_lifted_from_a_unit_that_is_not_below(told) -> None:
    assert titles(told("written", unit=CITY)) == ["stadens."]


def test_what_came_of_it_is_the_unit_s_own_judgement_in_words_that_claim_no_cause(told) -> None:
    rows = dict(told("commitments").cards[1].rows)
    assert rows["Enhetens bedömning"] == "det som väntades har inträffat"
    assert dict(told("commitments").cards[0].rows)["Enhetens bedömning"] == "inte bedömt ännu"


@pytest.mark.parametrize("part", ["commitments", "plan"])
def test_where_nothing_is_written_the_page_says_what_would_stand_there_and_which_file_fills_it(told, part) -> None:
    shown = told(part, frame=WRITTEN.iloc[:0])
    ((text, file),) = shown.empty
    assert not shown.cards and text.startswith("Här skulle") and file == "data/local/commitments.csv"


def test_a_page_without_anything_written_below_has_no_such_part(told) -> None:
    assert told("written", frame=WRITTEN.iloc[:0]) is None

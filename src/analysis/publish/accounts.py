"""What units have answered to the questions put to them: their own on their page, and lifted to the units above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis import catalogue
from analysis.publish.cards import under
from analysis.publish.part import Card
from analysis.publish.seen import Seen
from analysis.publish.words import day, word

NAMES = "{names}"
"""what stands in a question for what its trigger has found"""


@dataclass(frozen=True)
class Account:
    """A unit's answer to a question, as it has written it, and by whom (a role) and when."""

    text: str
    origin: str


def own_account(seen: Seen) -> Mapping[str, Account]:
    """The unit's answers of the page's school year by the question's id."""
    return {str(row["question"]): _account(seen, row) for row in _rows(seen, [seen.unit_id])}


def lifted(seen: Seen) -> tuple[Card, ...]:
    """What the units under this one have answered in the page's school year: a card for each question, by name.

    Of the units that a compilation is of and those directly under this one (a municipality's schools and areas), and
    only of units whose pages the reader may see. An answer stands as it was written, with unit, role and day.
    """
    names = {str(unit_id): str(name) for unit_id, name in seen.seen_below()["name"].items()}
    names |= {each.unit_id: each.name for each in under(seen)}
    found = sorted(_rows(seen, list(names)), key=lambda row: (names[str(row["unit_id"])], str(row["unit_id"])))
    cards = []
    for question in catalogue.required_questions():
        mine = [row for row in found if row["question"] == question.id]
        answers = [(str(row["unit_id"]), _account(seen, row)) for row in mine]
        if answers:
            rows = tuple((f"{names[unit]}, {account.origin}", account.text) for unit, account in answers)
            origin = word("lifted_origin", seen.lang, count=len(rows))
            cards.append(Card(asked(question, seen.lang), origin, rows, rows_by=tuple(unit for unit, _ in answers)))
    return tuple(cards)


def asked(question: catalogue.RequiredQuestion, lang: str) -> str:
    """The question without what its trigger found, which differs between units."""
    return question.text[lang].replace(f" ({NAMES})", "").replace(f": {NAMES}", "")


def _rows(seen: Seen, units: list[str]) -> list[dict[str, object]]:
    found = seen.figures.written("accounts")
    mine = found[found["unit_id"].isin(units) & (found["year"] == seen.year.start)]
    return [{str(key): value for key, value in row.items()} for _, row in mine.iterrows()]


def _account(seen: Seen, row: Mapping[str, object]) -> Account:
    origin = word("account_origin", seen.lang, role=row["written_by_role"], day=day(row["written_on"], seen.lang))
    return Account(str(row["text"]), origin)

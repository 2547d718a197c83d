"""Texts that people have written are listed, to be read before they are published, and fail no audit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.audit.auditing import Audit
from analysis.audit.command import refuse_leaks, told_of
from analysis.audit.reading import read_page
from analysis.audit.written import small_numbers, to_read
from analysis.publish.door import _environment
from analysis.publish.part import Card, Part

UNIT, OTHER = "se:school:1", "se:school:2"
WITHHELD = {UNIT: {"merit_value"}, OTHER: {"all_subjects_passed_9"}}


class Seen:
    """As much of a page as the template of a part asks for."""

    unit_id = UNIT


def said(*cards: Card) -> list:
    html = (
        _environment()
        .get_template("part.html")
        .render(
            part=Part("written", cards=cards, title="Skrivet", lead="Så här."),
            seen=Seen(),
            lang="sv",
            csv_names=[],
            links={},
        )
    )
    return read_page(f'<html lang="sv"><body>{html}</body></html>', "page").said


@pytest.mark.parametrize(
    ("text", "few"),
    [
        ("Bara 2 av våra 9 flickor klarade det.", ["2", "9"]),
        ("Två av nio flickor klarade det.", ["Två", "nio"]),
        ("22 % av flickorna klarade det, 33,3 procent av pojkarna.", ["22 %", "33,3 procent"]),
        ("Alla 24 elever i åk 7–9 har läst sedan 2023/24 och 2024-09-01.", []),
        ("21 procent av 180 elever i årskurs 9.", []),
        ("Bara 2 elever i årskurs 9.", ["2"]),
    ],
)
def test_small_numbers_are_counts_and_shares_of_few_and_no_grades_or_days(text: str, few: list[str]) -> None:
    assert small_numbers(text, "sv", 10) == few


def test_a_number_is_small_below_the_limit_of_the_measures_and_in_the_language_of_the_country() -> None:
    assert small_numbers("Of 9 and of 12", "en", 10) == ["9"]
    assert small_numbers("Of 9 and of 12", "en", 15) == ["9", "12"]
    assert small_numbers("Bare sju av dem", "nb", 10) == ["sju"] and small_numbers("Bare sju av dem", "nb", 5) == []


def test_what_a_unit_has_written_about_itself_is_listed_with_page_unit_and_numbers() -> None:
    card = Card("Bara 2 av våra 9 flickor klarade det.", "Skolan, 2023/24", (("Varför", "Vi vill."),))
    lines = to_read(said(card), WITHHELD, "public")
    assert lines == ("page, h3: se:school:1 writes 2, 9: “Bara 2 av våra 9 flickor klarade det.”",)
    assert to_read(said(card), {OTHER: {"merit_value"}}, "public") == ()


def test_an_answer_lifted_from_another_unit_is_that_unit_s() -> None:
    rows = (("A, rektor", "Nej, 2 gör det."), ("B, rektor", "Ja."))
    card = Card("Når 3 av eleverna målen?", "2 skolor har svarat", rows, rows_by=(OTHER, UNIT))
    assert to_read(said(card), WITHHELD, "public") == ("page, dd: se:school:2 writes 2: “Nej, 2 gör det.”",)
    assert to_read(said(replace(card, rows_by=(UNIT, OTHER))), {OTHER: {"merit_value"}}, "public") == ()


def test_an_answer_under_its_question_is_the_page_s_unit_s() -> None:
    html = (
        f'<html lang="sv"><header data-unit="{UNIT}"></header><ul class="questions"><li>Når 3 målen?<div>'
        '<span>Vårt svar</span><p class="written">Fyra gör det.</p><p class="origin">rektor, 2 maj</p></div></li></ul>'
    )
    lines = to_read(read_page(html, "page").said, WITHHELD, "public")
    assert lines == ("page, p: se:school:1 writes Fyra: “Fyra gör det.”",)


def test_a_commitment_is_about_the_measures_it_is_followed_by() -> None:
    rows = (("Mått", "Meritvärde"), ("Ansvarig", "rektor"))
    card = Card("Stöd till 3 elever", "", rows, by=OTHER, measures="Mått")
    assert to_read(said(card), {OTHER: {"all_subjects_passed_9"}}, "public") == ()
    assert len(to_read(said(card), {OTHER: {"merit_value"}}, "public")) == 1
    assert len(to_read(said(replace(card, rows=rows[1:])), {OTHER: {"all_subjects_passed_9"}}, "public")) == 1


def test_a_text_on_two_pages_is_listed_once() -> None:
    card = Card("Stöd till 3 elever", "", ())
    assert len(to_read([*said(card), *said(card)], WITHHELD, "public")) == 1


def test_what_is_to_be_read_is_told_in_few_lines_and_stops_no_run() -> None:
    audit = Audit("public", 1, 10, 2, 1, 0.1, to_read=tuple(f"text {number}" for number in range(7)))
    refuse_leaks(audit)
    told = told_of(audit)
    assert told[0] == "7 written texts hold small numbers where something is withheld; read them first"
    assert told[1:] == [*(f"  text {number}" for number in range(5)), "  and 2 more"]
    assert told_of(replace(audit, to_read=())) == []

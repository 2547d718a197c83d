"""What the audit reads of pages, of the record of releases and of the truth behind a run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from analysis.audit.frame import part_of
from analysis.audit.numbers import number_in, numbers_said
from analysis.audit.reading import read_page
from analysis.audit.release import is_withheld, ledger, told
from analysis.audit.truth import OWN_FOLDER, Truth, _lifted, _pupils, dimension_of
from analysis.model.language import number
from analysis.publish.disclosure.ledger import Ledger


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
@pytest.mark.parametrize(("value", "decimals"), [(0.0, 0), (1234.0, 0), (-1234.5, 1), (99.25, 2), (1234567.0, 0)])
def test_a_number_is_read_as_it_was_written(lang: str, value: float, decimals: int) -> None:
    assert number_in(number(value, decimals, lang), lang) == (value, decimals)
    assert number_in(number(value, decimals, lang, signed=True), lang) == (value, decimals)


@pytest.mark.parametrize("text", ["", "–", "skyddad (..)", "~100", "2023/24", "12 av 30", ":"])
def test_words_and_marks_are_not_numbers(text: str) -> None:
    assert number_in(text, "sv") is None


def test_the_numbers_of_a_sentence_are_those_that_are_no_school_years() -> None:
    assert numbers_said("Värdet var 184,5 läsåret 2023/24 och 1\N{NO-BREAK SPACE}200 året före.") == [
        "184,5", "1\N{NO-BREAK SPACE}200",
    ]  # fmt: skip


def test_withheld_is_told_from_other_reasons_with_and_without_an_authority_s_mark() -> None:
    assert [is_withheld(each) for each in ("skyddad", "skyddad (..)", "skjermet", "withheld", "saknas", "204,5")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def test_a_share_of_answers_is_a_figure_of_its_own() -> None:
    assert part_of("survey_safety/a", "share:3") == ("survey_safety/a#3", "share")
    assert part_of("eligible_vocational", "value") == ("eligible_vocational", "share")
    assert part_of("pupils_total", "value") == ("pupils_total", "n")
    assert part_of("merit_value", "reference") == ("merit_value", "")


def test_the_record_of_releases_is_read_for_its_readers_and_for_everybody(tmp_path: Path) -> None:
    record = Ledger(tmp_path / "released.sqlite")
    columns = ["indicator", "unit_id", "group", "year", "value", "n"]
    for audience, unit in (("public", "A"), ("owner", "B"), ("school", "C")):
        record.record(
            f"{audience}-1", audience, pd.DataFrame([("merit_value", unit, "all", 2023, 204.5, None)], columns=columns)
        )
    read = ledger(record.file, "owner")
    assert list(zip(read["unit_id"], read["field"], read["value"], read["year"], strict=True)) == [
        ("A", "value", 204.5, "2023"), ("B", "value", 204.5, "2023"),
    ]  # fmt: skip
    assert ledger(tmp_path / "none.sqlite", "owner").empty
    with closing(open(record.file, "rb")) as file:
        assert file.read(6) == b"SQLite"


def truth(*rows: tuple[str, str, float, float], parents: dict[str, str]) -> Truth:
    closed = pd.DataFrame(
        [("eligible_vocational", unit, group, "2023", n, k) for unit, group, n, k in rows],
        columns=["indicator", "unit_id", "group", "year", "n", "numerator"],
    )
    return Truth(closed, closed.head(0).assign(value=1.0), parents)


def test_what_is_lifted_of_rounded_shares_is_counted_in_halves_of_a_pupil() -> None:
    """5 of 73 did not pass; 93.1616 per cent of 73 is 68.008, which is no 4.99 short of all."""
    rows = [("M", 93.1616, 73.0), ("L", 93.1507, 73.0), ("N", 96.5753, 73.0)]
    shape = {"indicator": "eligible_vocational", "year": "2023", "group": "boys", "level": "municipality",
             "source": "se", "origin": "computed"}  # fmt: skip
    observed = pd.DataFrame([{**shape, "unit_id": unit, "value": value, "n": n} for unit, value, n in rows])
    own = observed.head(1).assign(level="school", source=OWN_FOLDER, origin="given")
    lifted = _lifted(pd.concat([observed, own]), {"eligible_vocational"})
    assert lifted["numerator"].tolist() == [68.0, 68.0, 70.5]


def test_only_sums_that_are_true_are_relied_on() -> None:
    rows = [("M", "all", 100.0, 60.0), ("A", "all", 60.0, 35.0), ("B", "all", 40.0, 25.0)]
    whole = truth(*rows, parents={"A": "M", "B": "M"}).block("eligible_vocational", "2023", frozenset())
    assert whole.sums() == ({"M": ["A", "B"]}, [])
    part = truth(*rows[:2], parents={"A": "M"}).block("eligible_vocational", "2023", frozenset())
    assert part.sums() == ({"M": ["A"]}, ["M"])
    twice = [*rows, ("C", "all", 40.0, 25.0)]
    counted = truth(*twice, parents=dict.fromkeys("ABC", "M")).block("eligible_vocational", "2023", frozenset())
    assert counted.sums() == ({}, [])


def test_what_is_too_small_follows_the_limits_of_the_readers() -> None:
    rows = [("A", "all", 9.0, 5.0), ("B", "all", 40.0, 37.0), ("C", "all", 40.0, 40.0), ("D", "all", 40.0, 20.0)]
    block = truth(*rows, parents={}).block("eligible_vocational", "2023", frozenset())
    assert block.small("public") == {
        ("A", "all"): {"n", "k", "rest"}, ("B", "all"): {"k", "rest"}, ("C", "all"): {"k", "rest"},
    }  # fmt: skip


def test_groups_that_do_not_hold_everybody_leave_an_unknown_one() -> None:
    rows = [("A", "all", 60.0, 35.0), ("A", "girls", 30.0, 15.0), ("A", "boys", 28.0, 20.0)]
    groups = frozenset({"girls", "boys"})
    block = truth(*rows, parents={}).block("eligible_vocational", "2023", groups)
    assert block.closed.loc[("A", "unknown"), ["n", "numerator"]].tolist() == [2.0, 0.0]
    assert block.small("public") == {("A", "unknown"): {"n", "k", "rest"}}
    rows[2] = ("A", "boys", 30.0, 20.0)
    block = truth(*rows, parents={}).block("eligible_vocational", "2023", groups)
    assert set(block.closed.index) == {("A", group) for group in ("all", "girls", "boys")}
    support = [("A", "all", 60.0, 35.0), ("A", "support:with_support", 30.0, 15.0)]
    groups = frozenset({"support:with_support"})
    assert truth(*support, parents={}).block("eligible_vocational", "2023", groups).has_unknown(groups) == ["support"]
    assert dimension_of("support:with_support") == "support"


def test_what_people_have_written_in_cards_and_under_questions_is_read() -> None:
    html = (
        '<article class="card written"><h3>Meritvärdet var 201.</h3><dl><div><dt>Skolan, rektor</dt>'
        "<dd>Bara 2 av 9 klarade det.</dd></div></dl></article>"
        '<ul class="questions"><li>Minskar skillnaderna (3 skolor)?<div class="answer"><span>Vårt svar</span>'
        '<p class="written">Ja.</p><p class="origin">rektor</p></div></li><li>En till?</li></ul>'
    )
    said = [each.text for each in read_page(html, "page").said]
    for text in ("Meritvärdet var 201.", "Bara 2 av 9 klarade det.", "Skolan, rektor", "Ja.", "rektor", "En till?"):
        assert text in said
    assert any(text.startswith("Minskar skillnaderna (3 skolor)?") for text in said)


TABLE = (
    '<html lang="sv"><table><tr><th scope="col">År</th><th scope="col" data-field="value">Värde</th></tr>'
    "<tr><th>2023/24</th><td>201,5</td></tr></table>"
)
CSV = '<a href="data:text/csv;charset=utf-8,År;Värde{head}%0A2023/24;201,5{row}%0A">CSV</a>'


def test_the_csv_under_a_table_says_which_figures_its_rows_are() -> None:
    names, told_of = ";indicator_id;unit_id;group;school_year_start", ";merit_value;se:school:1;girls;2023"
    page = read_page(TABLE + CSV.format(head=names, row=told_of), "page")
    (found,) = page.figures
    assert page.faults == [] and found[1:6] == ("merit_value", "se:school:1", "girls", "2023", "value")
    assert (found.value, found.decimals) == (201.5, 1)


@pytest.mark.parametrize(
    ("head", "row", "fault"),
    [
        ("", "", "does not say which they are"),
        (";indicator_id;unit_id;group", ";merit_value;se:school:1;girls", "other cells than its table"),
        (";n;indicator_id;unit_id;group;school_year_start", ";4;merit_value;se:school:1;girls;2023", "other cells"),
        (";indicator_id;unit_id;group;school_year_start", ";merit_value;se:school:1;girls;2023;4", "other cells"),
    ],
)
def test_a_table_of_figures_that_does_not_say_which_is_a_fault(head: str, row: str, fault: str) -> None:
    for html in (TABLE + CSV.format(head=head, row=row), TABLE + "<table></table>" + CSV.format(head=head, row=row)):
        assert any(fault in each for each in read_page(html, "page").faults), html
    assert any("does not say which" in each for each in read_page(TABLE, "page").faults)


def test_a_number_said_in_a_card_of_a_withheld_measure_fails_the_audit() -> None:
    table = (
        '<table><tr><th scope="col">År</th><th scope="col" data-field="value">Värde</th></tr>'
        "<tr><th>2023/24</th><td>skyddad (..)</td></tr></table>"
        '<a href="data:text/csv;charset=utf-8,År;Värde;indicator_id;unit_id;group;school_year_start%0A'
        '2023/24;skyddad (..);merit_value;se:school:1;all;2023%0A">CSV</a>'
    )
    for text in ("<dd>Meritvärde: 201 poäng.</dd>", "<h3>Meritvärde: 201 poäng.</h3>"):
        page = read_page(f'<html lang="sv"><p data-unit="se:school:1">{table}<dl>{text}</dl></html>', "page")
        assert [fault for fault in told(page) if "merit_value" in fault]


def test_only_measures_that_count_the_same_pupils_everywhere_share_their_numbers() -> None:
    def counted(name: str, numbers: tuple[int, int]) -> list[dict[str, object]]:
        shape = {"indicator": name, "group": "all", "year": "2023"}
        return [{**shape, "unit_id": f"S{at}", "members": 70 + at, "n": float(n)} for at, n in enumerate(numbers)]

    measures = {"merit": (24, 10), "passed": (24, 10), "test": (24, 8), "other": (24, 8), "file": (24, 10)}
    rows = pd.DataFrame([row for name, numbers in measures.items() for row in counted(name, numbers)])
    rows.loc[rows["indicator"] == "file", "members"] = 0
    found = _pupils(rows, rows.head(0))
    assert set(found) == {(name, "2023") for name in ("merit", "passed", "test", "other")}
    labels = {name: places["S0", "all"] for (name, _), places in found.items()}
    assert labels["merit"] == labels["passed"] != labels["test"] == labels["other"]
    lifted = rows[(rows["indicator"] == "passed") & (rows["unit_id"] == "S1")]
    assert set(_pupils(rows, lifted)) == {("test", "2023"), ("other", "2023")}

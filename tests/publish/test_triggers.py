"""A required question is put where its trigger fires, and only there."""

from __future__ import annotations

import string
from dataclasses import replace
from math import nan
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import catalogue
from analysis.catalogue import report_kinds, required_questions
from analysis.catalogue.question_bank import RequiredQuestion
from analysis.model import BOYS, GIRLS, Finding, SchoolYear
from analysis.publish import triggers
from analysis.publish.seen import Seen
from analysis.publish.triggers import TRIGGERS, has_widened, required

WHOSE = sorted({each for question in required_questions() for each in question.of})
gaps = st.floats(-50, 50)


def finding(good: bool | None, weight: float, verdict: str = "inside", indicator: str = "merit_value") -> Finding:
    return Finding("funnel", indicator, "se:school:1", verdict, "h", "s", weight=weight, good=good)


GOOD, BAD, UNSURE = finding(True, 0.9, "above"), finding(False, 0.9, "below"), finding(None, 0.1)
NEUTRAL = finding(None, 0.9, "far_above", "pupils_grade_1_9")
RARELY_READ = finding(False, 0.1, "below")
WITHHELD = finding(None, 0.0, "withheld")


def world(
    *,
    commitments: tuple[str, ...] = (),
    gap: tuple[float, float, float] = (1.0, 1.0, 1.0),
    below: dict[str, list[Finding]] | None = None,
    asked: str = "school",
    lang: str = "sv",
    group: str = BOYS,
    status: str = "given",
    programmes: tuple[tuple[str, str], ...] = (),
) -> Seen:
    """The page of a unit with these commitments, gaps and units below, in a report that puts such questions."""
    report, level = next(
        (kind.id, level)
        for kind in report_kinds().values()
        for level in kind.levels
        if "dialogue" in kind.parts and kind.asked_of(level) == asked
    )
    own, year = f"se:{level}:1", 2024
    rows = [
        (own, year - 2 + step, name, value, status if name == group else "given")
        for step, wide in enumerate(gap)
        for name, value in ((GIRLS, 50.0 + wide), (group, 50.0))
    ]
    frame = pd.DataFrame(rows, columns=["unit_id", "year", "group", "value", "status"])
    said = pd.DataFrame(
        [(own, year - 1, f"{place}", what, "done") for place, what in enumerate(commitments)],
        columns=["unit_id", "year", "commitment", "what", "status"],
    )
    taken = pd.DataFrame(
        [(own, name, chosen_on, year - 1) for name, chosen_on in programmes],
        columns=["unit_id", "name", "selected_on", "adoption_year"],
    )
    figures = SimpleNamespace(
        written={"commitments": said, "interventions": taken}.__getitem__,
        observations=lambda name: SimpleNamespace(rows=frame),
        units=pd.DataFrame({"name": ["Enheten"]}, index=pd.Index([own], name="unit_id")),
    )
    unit = {"name": "Enheten", "level": level, "country": "se"}
    seen = Seen(own, unit, SchoolYear(year), lang, "public", figures, report)
    for name, found in (below or {"Alskolan": [WITHHELD]}).items():
        answered = {"funnel": found, "adjusted": [], "trend": found}
        seen.lower.append(replace(seen, unit_id=f"se:school:{name}", unit={"name": name}, lower=[], findings=answered))
    return seen


CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "had_commitments": ([{"commitments": ("Läsprogram.",)}, {"commitments": ("A", "B")}], [{}]),
    "no_commitments": ([{}], [{"commitments": ("Läsprogram.",)}]),
    "gap_widened": (
        [{"gap": (2.0, 3.0, 4.0)}, {"gap": (-2.0, -3.0, -4.0)}],
        [
            {"gap": (2.0, 3.0, 3.0)},
            {"gap": (4.0, 3.0, 5.0)},
            {"gap": (4.0, 3.0, 2.0)},
            {"gap": (nan, 3.0, 5.0)},
            {"gap": (2.0, nan, 5.0)},
            {"gap": (2.0, 3.0, nan)},
            {"gap": (2.0, 3.0, 4.0), "status": "withheld"},
            {"gap": (2.0, 3.0, 4.0), "group": "foreign_background"},
        ],
    ),
    "below_deviate": (
        [{"below": {"Alskolan": [found], "Björkskolan": [UNSURE]}} for found in (GOOD, BAD, NEUTRAL, RARELY_READ)],
        [{"below": {"Alskolan": [UNSURE], "Björkskolan": [WITHHELD]}}, {"below": {"Alskolan": [WITHHELD]}}],
    ),
    "no_below_deviates": (
        [{"below": {"Alskolan": [UNSURE]}}, {"below": {"Alskolan": [UNSURE], "Björkskolan": [WITHHELD]}}],
        [{"below": {"Alskolan": [found, UNSURE]}} for found in (GOOD, BAD, NEUTRAL, RARELY_READ)]
        + [{"below": {"Alskolan": [WITHHELD]}}],
    ),
    "below_good": (
        [{"below": {"Alskolan": [GOOD], "Björkskolan": [BAD]}}],
        [{"below": {"Alskolan": [each]}} for each in (BAD, NEUTRAL, UNSURE, WITHHELD, finding(True, 0.1, "above"))],
    ),
    "below_share": (
        [{"below": {"A": [BAD], "B": [BAD]}}, {"below": {"A": [BAD], "B": [BAD], "C": [GOOD], "D": [UNSURE]}}],
        [
            {"below": {"A": [BAD]}},
            {"below": {"A": [BAD], "B": [BAD], "C": [GOOD], "D": [UNSURE], "E": [GOOD]}},
            {"below": {"A": [RARELY_READ], "B": [RARELY_READ]}},
            {"below": {"A": [WITHHELD], "B": [BAD]}},
            {"below": {"A": [NEUTRAL], "B": [NEUTRAL]}},
        ],
    ),
}
CASES |= {
    "has_programmes": ([{"programmes": (("Läsprogrammet", ""),)}], [{}]),
    "no_programmes": ([{}], [{"programmes": (("Läsprogrammet", "merit_value"),)}]),
    "chosen_on_a_figure": (
        [{"programmes": (("A", ""), ("B", "merit_value"))}],
        [{}, {"programmes": (("Läsprogrammet", ""),)}],
    ),
    "not_chosen_on_a_figure": (
        [{"programmes": (("A", ""), ("B", "merit_value"))}],
        [{}, {"programmes": (("Läsprogrammet", "merit_value"),)}],
    ),
}
"""for each trigger that is not always so: figures where it fires, and figures where it does not"""
BANK = [(question, whose) for question in required_questions() for whose in question.of]
NAMED = [f"{whose} {question.trigger} {question.text['en'][:40]}" for question, whose in BANK]


def is_put(question: RequiredQuestion, seen: Seen) -> bool:
    """Whether the page puts the question, whatever it names."""
    first, field, last = question.text[seen.lang].partition("{names}")
    texts = required(seen).values()
    return any(each.startswith(first) and each.endswith(last) for each in texts) if field else first in texts


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
@pytest.mark.parametrize(("question", "whose"), BANK, ids=NAMED)
def test_a_required_question_is_put_wherever_its_trigger_fires(question, whose, lang) -> None:
    fires = [{}, *(case for cases in CASES.values() for case in cases[0])]
    for case in fires if question.trigger == "always" else CASES[question.trigger][0]:
        assert is_put(question, world(**case, asked=whose, lang=lang)), case


@pytest.mark.parametrize(("question", "whose"), BANK, ids=NAMED)
def test_a_required_question_is_not_put_where_its_trigger_does_not_fire_nor_to_others(question, whose) -> None:
    fires, silent = ([{}], []) if question.trigger == "always" else CASES[question.trigger]
    assert silent or question.trigger == "always"
    for case in silent:
        assert not is_put(question, world(**case, asked=whose)), case
    others = [each for each in WHOSE if each not in question.of]
    assert others
    for other in others:
        assert not any(is_put(question, world(**case, asked=other)) for case in fires), other


def test_every_trigger_has_figures_where_it_fires_and_figures_where_it_does_not() -> None:
    assert {"always", *CASES} == set(TRIGGERS)
    assert all(fires and silent for fires, silent in CASES.values())


def test_a_report_that_asks_about_the_units_below_reads_their_level() -> None:
    about_below = {each for question, each in BANK if "below" in question.trigger}
    asking = [
        (kind, level)
        for kind in report_kinds().values()
        for level in kind.levels
        if "dialogue" in kind.parts and kind.asked_of(level) in about_below
    ]
    assert asking
    for kind, level in asking:
        assert kind.levels_read(level) == (level, catalogue.UNDER[level]), (kind.id, level)


def test_every_trigger_of_the_bank_is_one_that_is_known_and_every_known_one_is_used() -> None:
    assert {each.trigger for each in required_questions()} == set(TRIGGERS)


@pytest.mark.parametrize("whose", WHOSE)
def test_everybody_is_asked_something_whatever_the_figures_are(whose) -> None:
    always = [each for each in required_questions() if whose in each.of and each.trigger == "always"]
    assert always


def test_every_level_and_role_that_a_report_asks_has_questions() -> None:
    kinds = [kind for kind in report_kinds().values() if "dialogue" in kind.parts]
    asked = {kind.asked_of(level) for kind in kinds for level in kind.levels}
    assert asked == set(WHOSE)


def test_a_question_names_what_its_trigger_found_and_nothing_else() -> None:
    for question in required_questions():
        fields = {
            lang: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for lang, text in question.text.items()
        }
        assert len({frozenset(each) for each in fields.values()}) == 1, question.text
        assert fields["sv"] <= {"names"}
        assert question.trigger != "always" or not fields["sv"]
        assert all(text.strip().endswith("?") for text in question.text.values())


def test_earlier_commitments_are_named() -> None:
    assert any("Läsprogram?" in text for text in required(world(commitments=("Läsprogram.",))).values())


@given(gaps, gaps, gaps, st.integers(0, 2))
def test_a_missing_number_never_makes_a_gap_grow(first, second, third, place) -> None:
    three = [first, second, third]
    three[place] = float("nan")
    assert has_widened(*three) is False
    assert has_widened(first, second, third) is has_widened(-first, -second, -third)


def test_schools_that_deviate_are_named_and_the_others_are_not() -> None:
    seen = world(below={"Alskolan": [BAD], "Björkskolan": [UNSURE]}, asked="area")
    named = [text for text in required(seen).values() if "Alskolan" in text]
    assert len(named) == 1 and "Björkskolan" not in named[0]


def test_those_who_succeed_are_named_and_the_others_are_not() -> None:
    named = [
        text
        for text in required(world(below={"Al": [GOOD], "Björk": [BAD]}, asked="administration")).values()
        if "(Al)" in text
    ]
    assert len(named) == 1


def test_what_recurs_is_named_by_its_measure() -> None:
    measure = catalogue.indicator("merit_value").short["sv"].capitalize()
    assert any(measure in text for text in required(world(below={"A": [BAD], "B": [BAD]}, asked="owner")).values())


def test_the_gap_of_real_figures_is_that_of_girls_and_boys_in_three_years(opened) -> None:
    seen = opened("school")
    rows = seen.figures.observations("merit_value").rows
    mine = rows[(rows["unit_id"] == seen.unit_id)].set_index(["year", "group"])["value"]
    year = seen.year.start
    known = [mine[when, "girls"] - mine[when, "boys"] for when in (year - 2, year - 1, year)]
    assert triggers._gaps(seen, "merit_value") == pytest.approx(known, nan_ok=True)

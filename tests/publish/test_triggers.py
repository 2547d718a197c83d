"""A required question is put where its trigger fires, and only there."""

from __future__ import annotations

import string
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import catalogue
from analysis.catalogue import report_kinds, required_questions
from analysis.model import Finding
from analysis.publish import triggers
from analysis.publish.triggers import TRIGGERS, has_widened, required

WHOSE = sorted({each for question in required_questions() for each in question.of})
gaps = st.floats(-50, 50)


def finding(good: bool | None, weight: float, indicator: str = "merit_value") -> Finding:
    return Finding("funnel", indicator, "se:school:1", "below", "h", "s", weight=weight, good=good)


def world(
    monkeypatch: pytest.MonkeyPatch,
    *,
    commitments: tuple[str, ...] = (),
    gap: tuple[float, float, float] = (1.0, 1.0, 1.0),
    below: dict[str, list[Finding]] | None = None,
    asked: str = "school",
) -> Any:
    """A page whose unit has these commitments, gaps and units below."""
    units = [SimpleNamespace(name=name) for name in below or {}]
    monkeypatch.setattr(triggers, "own_commitments", lambda seen: pd.DataFrame({"what": list(commitments)}))
    monkeypatch.setattr(triggers, "_gaps", lambda seen, name: list(gap))
    monkeypatch.setattr(triggers, "under", lambda seen: units)
    monkeypatch.setattr(triggers, "findings_of", lambda question, each: (below or {})[each.name])
    return SimpleNamespace(level="school", country="se", lang="sv", kind=SimpleNamespace(asked_of=lambda level: asked))


def put(seen: Any, trigger: str) -> bool:
    """Whether the questions of a trigger are put."""
    texts = [each.text["sv"].partition("{")[0] for each in required_questions() if each.trigger == trigger]
    return any(text.startswith(start) for text in required(seen).values() for start in texts)


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


def test_earlier_commitments_are_asked_about_where_there_are_any(monkeypatch) -> None:
    seen = world(monkeypatch, commitments=("Läsprogram.",))
    assert put(seen, "had_commitments") and not put(seen, "no_commitments")
    assert any("Läsprogram?" in text for text in required(seen).values())


def test_where_there_are_no_commitments_it_is_asked_what_was_done_instead(monkeypatch) -> None:
    seen = world(monkeypatch)
    assert put(seen, "no_commitments") and not put(seen, "had_commitments")


def test_a_gap_that_has_grown_two_years_in_a_row_is_asked_about(monkeypatch) -> None:
    assert put(world(monkeypatch, gap=(2.0, 3.0, 4.0)), "gap_widened")
    assert put(world(monkeypatch, gap=(-2.0, -3.0, -4.0)), "gap_widened")


@pytest.mark.parametrize("gap", [(2.0, 3.0, 3.0), (4.0, 3.0, 5.0), (float("nan"), 3.0, 5.0), (2.0, 3.0, float("nan"))])
def test_a_gap_that_has_not_or_is_not_known_is_not(monkeypatch, gap) -> None:
    assert not put(world(monkeypatch, gap=gap), "gap_widened")


@given(gaps, gaps, gaps, st.integers(0, 2))
def test_a_missing_number_never_makes_a_gap_grow(first, second, third, place) -> None:
    three = [first, second, third]
    three[place] = float("nan")
    assert has_widened(*three) is False
    assert has_widened(first, second, third) is has_widened(-first, -second, -third)


def test_schools_that_deviate_are_named_and_the_others_are_not(monkeypatch) -> None:
    below = {"Alskolan": [finding(False, 0.9)], "Björkskolan": [finding(None, 0.9), finding(True, 0.1)]}
    seen = world(monkeypatch, below=below, asked="area")
    assert put(seen, "below_deviate") and not put(seen, "no_below_deviates")
    named = next(text for text in required(seen).values() if "Alskolan" in text)
    assert "Björkskolan" not in named
    assert not put(seen, "below_good")


def test_where_no_school_deviates_that_is_what_is_asked_about(monkeypatch) -> None:
    seen = world(monkeypatch, below={"Alskolan": [finding(None, 0.9)]}, asked="area")
    assert put(seen, "no_below_deviates") and not put(seen, "below_deviate")


def test_without_schools_below_neither_is_asked(monkeypatch) -> None:
    seen = world(monkeypatch, asked="area")
    assert not put(seen, "no_below_deviates") and not put(seen, "below_deviate") and not put(seen, "below_good")


def test_those_who_succeed_are_asked_about_when_there_are_any(monkeypatch) -> None:
    assert put(world(monkeypatch, below={"Alskolan": [finding(True, 0.9)]}, asked="area"), "below_good")


def test_what_recurs_is_asked_about_from_two_units_that_are_at_least_half(monkeypatch) -> None:
    def with_bad(bad: int, whole: int) -> Any:
        below = {f"Skola {place}": [finding(place >= bad, 0.9)] for place in range(whole)}
        return world(monkeypatch, below=below, asked="area")

    assert put(with_bad(2, 4), "below_share")
    assert not put(with_bad(1, 1), "below_share")
    assert not put(with_bad(2, 5), "below_share")
    measure = catalogue.indicator("merit_value").short["sv"].capitalize()
    assert any(measure in text for text in required(with_bad(3, 4)).values())


def test_a_question_of_one_level_is_not_put_at_another(monkeypatch) -> None:
    for whose in WHOSE:
        seen = world(monkeypatch, asked=whose)
        others = {
            each.text["sv"] for each in required_questions() if each.trigger == "always" and whose not in each.of
        } - {each.text["sv"] for each in required_questions() if whose in each.of}
        assert not others & set(required(seen).values())


def test_the_gap_of_real_figures_is_that_of_girls_and_boys_in_three_years(opened) -> None:
    seen = opened("school")
    rows = seen.figures.observations("merit_value").rows
    mine = rows[(rows["unit_id"] == seen.unit_id)].set_index(["year", "group"])["value"]
    year = seen.year.start
    known = [mine[when, "girls"] - mine[when, "boys"] for when in (year - 2, year - 1, year)]
    assert triggers._gaps(seen, "merit_value") == pytest.approx(known, nan_ok=True)

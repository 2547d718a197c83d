"""The limits of the catalogue, as the protector's rules."""

import pytest

from analysis.catalogue import AUDIENCES, indicators
from analysis.catalogue.disclosure import KINDS, has_parts, kind_of, limit, limits, population_of
from analysis.errors import UsageError


@pytest.mark.parametrize(("audience", "smallest"), [("public", 10), ("board", 10), ("owner", 5), ("school", 5)])
def test_answers_to_a_survey_have_the_limit_of_their_readers(audience: str, smallest: int) -> None:
    assert limit(audience, "survey").smallest_n == smallest


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_limit_says_who_set_it_in_three_languages(audience: str) -> None:
    for kind in KINDS:
        found = limit(audience, kind)
        assert found.source
        assert all(str(found.says[lang]).strip() for lang in ("sv", "nb", "en"))


def test_results_are_withheld_below_ten_and_parts_below_five_for_everybody() -> None:
    found = limit("public", "results")
    assert (found.smallest_n, found.smallest_cell, found.all_or_none) == (10, 5, True)


def test_what_is_adjusted_follows_salsa() -> None:
    assert {limits()[audience, "adjusted"].smallest_n for audience in AUDIENCES} == {15}


def test_an_unknown_audience_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown audience 'pubic': .* Did you mean 'public'\?"):
        limit("pubic", "results")


def test_every_indicator_has_a_kind_or_is_about_the_school() -> None:
    without = {name for name in indicators() if kind_of(name) is None}
    assert without == {"certified_teachers", "pupils_per_teacher"}


def test_shares_of_teachers_and_of_a_register_have_no_parts_to_protect() -> None:
    assert not has_parts("certified_teachers")
    assert not has_parts("background_known")
    assert has_parts("all_subjects_passed_9")


def test_what_is_measured_of_the_same_pupils_is_one_population() -> None:
    same = {population_of(name) for name in ("merit_value", "eligible_vocational", "pupils_grade_9")}
    assert same == {("se", (9,))}
    assert population_of("survey_safety") == population_of("survey_support")
    assert population_of("np9_reading") != population_of("merit_value")

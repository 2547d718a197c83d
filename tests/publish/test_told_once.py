"""Methods are told once, and what differs is told whole."""

from __future__ import annotations

import IPython.display
import pytest
from bs4 import BeautifulSoup

from analysis import catalogue, publish
from analysis.analyses import analysis
from analysis.analyses.wording import chance_in_words
from analysis.model import Column, Table
from analysis.publish.answers import asked
from analysis.publish.table import csv_text, numbers
from analysis.publish.told_once import beyond, told_once
from analysis.publish.words import word

FIRST = "A line is fitted. The slope is +1.0 (p = 0.02; t). 12 units are tested. It is drawn to the mean."


def test_what_differs_is_whole_sentences_in_their_order() -> None:
    other = FIRST.replace("+1.0", "+2.5").replace("12 units", "9 units")
    assert beyond(other, FIRST) == "The slope is +2.5 (p = 0.02; t). 9 units are tested."


def test_a_sentence_that_is_added_is_told() -> None:
    assert beyond(FIRST + " The share is exact.", FIRST) == "The share is exact."


def test_a_text_that_lacks_a_sentence_of_the_first_is_told_whole() -> None:
    assert beyond(FIRST.replace(" It is drawn to the mean.", ""), FIRST) is None
    assert beyond(FIRST.replace("A line is fitted", "A curve is fitted"), FIRST) is None


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_measures_that_are_explained_alike_stand_together(lang: str) -> None:
    others = [("merit_value", FIRST), ("eligible_vocational", FIRST), ("all_subjects_passed_9", "Another way.")]
    told = told_once(others, "X", FIRST, lang)
    assert len(told) == 2 and ";" in told[0][0] and "X" in told[0][1]
    assert told[1][1] == word("explained_whole", lang) + " Another way."


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_a_measure_refers_to_the_one_told_whole_that_leaves_least_to_say(lang: str) -> None:
    other = "Answers are counted. 40 units are tested."
    others = [("survey_safety", other), ("survey_support", other.replace("40", "41")), ("merit_value", FIRST)]
    (_, whole), (_, by_the_second), (_, by_the_first) = told_once(others, "X", FIRST, lang)
    assert whole == word("explained_whole", lang) + f" {other}"
    assert catalogue.indicator("survey_safety").name[lang] in by_the_second
    assert by_the_second.endswith("41 units are tested.") and "Answers" not in by_the_second
    assert by_the_first == word("explained_as", lang, name="X")


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_what_differs_from_the_first_stands_without_its_name(lang: str) -> None:
    ((_, said),) = told_once([("merit_value", FIRST.replace("12 units", "9 units"))], "X", FIRST, lang)
    assert said == "9 units are tested."
    assert "X" in word("explained_first", lang, name="X")


def test_each_value_has_the_decimals_of_its_own_measure_in_the_csv() -> None:
    columns = (Column("Measure"), Column("Value", 2, field="value"), Column("Pupils", 0))
    table = Table("t", columns, (("a", 1031.0, 7.0), ("b", 2.44, 7.0)), decimals=(0, 2))
    assert csv_text(table, "sv").splitlines()[1:] == ["a;1031;7", "b;2,44;7"]
    assert numbers(table) == "n2 n3"


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_chance_in_a_cohort_is_told_once_for_all_questions_of_a_measure(opened, monkeypatch, lang: str) -> None:
    seen, shown = opened("school", lang=lang), []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: shown.append(bundle["text/html"]))
    publish.methods(seen)
    text = BeautifulSoup(shown[0], "html.parser").get_text(" ")
    merit = [each for question in seen.about for each in asked(question, seen) if each.indicator.id == "merit_value"]
    told = chance_in_words(merit[0], seen.unit_id, lang)
    whole = [analysis(each.question).explain(each, seen.unit_id, lang) for each in merit]
    assert sum(told in each for each in whole) >= 3, "several questions rest on it"
    assert text.count(told) == 1 and word("chance", lang) in text
    assert text.index(word("chance", lang)) < text.index(told) < text.index(analysis(merit[0].question).title[lang])


def test_a_question_that_rests_on_no_chance_of_a_cohort_says_nothing_of_it(opened) -> None:
    seen = opened("school")
    (first, *_) = asked("survey", seen)
    assert chance_in_words(first, seen.unit_id, "sv") == ""

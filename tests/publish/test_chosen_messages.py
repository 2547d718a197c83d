"""Which findings a page says first, what it says once, and what it asks because of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analysis import catalogue
from analysis.analyses import ANALYSES
from analysis.analyses.wording import words
from analysis.model import Finding
from analysis.publish import answers
from analysis.publish.words import dialogue_bank

THREE = ["trend", "level", "goals"]
SEEN: Any = SimpleNamespace(
    lang="sv", unit_id="se:school:1", about=tuple(ANALYSES), kind=SimpleNamespace(measures="usual")
)


def _finding(question: str, indicator: str, weight: float, good: bool | None, verdict: str = "any") -> Finding:
    name = f"{question} {indicator}"
    return Finding(question, indicator, "se:school:1", verdict, name, name, name, weight, good)


def _chosen(monkeypatch: pytest.MonkeyPatch, found: list[Finding], doubtful: frozenset[str] = frozenset()) -> list[str]:
    monkeypatch.setattr(
        answers, "findings_of", lambda question, _: [each for each in found if each.question == question]
    )
    monkeypatch.setattr(answers, "doubtful_trends", lambda _: set(doubtful))
    return [each.headline for each in answers.messages(SEEN)]


def test_one_piece_of_good_news_stands_among_five_bad_ones(monkeypatch):
    bad = [
        _finding(question, f"m{place}", 1.0, False) for place, question in enumerate(["trend", "level", "goals"] * 2)
    ]
    chosen = _chosen(monkeypatch, [*bad, _finding("survey", "safety", 0.3, True)])
    assert len(chosen) == 5 and chosen[-1] == "survey safety"


def test_one_piece_of_bad_news_stands_among_five_good_ones(monkeypatch):
    good = [
        _finding(question, f"m{place}", 1.0, True) for place, question in enumerate(["trend", "level", "goals"] * 2)
    ]
    chosen = _chosen(monkeypatch, [*good, _finding("survey", "safety", 0.3, False)])
    assert len(chosen) == 5 and chosen[-1] == "survey safety"


def test_a_trend_that_the_number_of_trends_explains_comes_after_what_is_certain(monkeypatch):
    found = [_finding("trend", "a", 1.0, True), _finding("level", "b", 0.4, False), _finding("trend", "c", 0.5, True)]
    assert _chosen(monkeypatch, found, frozenset({"a"})) == ["trend c", "level b", "trend a"]


def test_uncertain_findings_fill_up_to_three_only(monkeypatch):
    unsure = [
        _finding(question, f"m{place}", 0.1, None) for place, question in enumerate(["level", "funnel", "survey"])
    ]
    certain = [_finding("survey", "a", 0.9, True), _finding("adjusted", "b", 0.8, True)]
    assert len(_chosen(monkeypatch, certain + unsure)) == 3


def test_new_measures_come_before_a_second_message_on_the_same_one(monkeypatch):
    found = [_finding(question, "a", 1.0, True) for question in ("trend", "level", "goals", "adjusted", "survey")]
    others = [_finding("funnel", "b", 0.5, False), _finding("equity", "c", 0.4, None)]
    assert {"funnel b", "equity c"} <= set(_chosen(monkeypatch, found + others))


def test_one_reason_for_three_measures_is_said_once_and_names_the_others():
    names = list(catalogue.shown("trend", "se", "school"))[:3]
    few = []
    for name in names:
        spoken = answers.capitalised(catalogue.indicator(name).name["sv"])
        few.append(Finding("value_added", name, "se:school:1", "too_few", spoken, f"{spoken}: för få elever."))
    told = answers.said(few, "sv")
    assert len(told) == 2 and told[0] == few[0]
    assert all(catalogue.indicator(name).short["sv"] in told[1].sentence for name in names[1:])


def test_reasons_that_differ_are_each_said():
    names = list(catalogue.shown("trend", "se", "school"))[:3]
    told = [Finding("value_added", name, "u", "too_few", name, f"{place} elever") for place, name in enumerate(names)]
    assert answers.said(told, "sv") == told


def test_the_questions_are_those_of_the_weightiest_findings(monkeypatch):
    name = next(iter(catalogue.shown("trend", "se", "school")))
    verdicts = [("trend", "fall", False), ("forecast", "likely_lower", False), ("level", "clearly_below", False),
                ("funnel", "below", False), ("goals", "not_met", False), ("adjusted", "clearly_below", False),
                ("value_added", "below", False), ("survey", "below_municipality", False)]  # fmt: skip
    found = [_finding(question, name, 0.9 - place / 10, good, verdict)
             for place, (question, verdict, good) in enumerate(verdicts)]  # fmt: skip
    monkeypatch.setattr(
        answers, "findings_of", lambda question, _: [each for each in found if each.question == question]
    )
    asked = answers.questions(SEEN)
    assert len(asked) == answers.MOST_QUESTIONS
    assert not any("började lika" in text for text in asked)


@pytest.mark.parametrize(
    ("question", "said"), [("equity", "skillnaden mellan grupper visas inte"), ("trend", "siffrorna är skyddade")]
)
def test_a_withheld_gap_is_not_asked_about_as_if_the_figures_were_withheld(monkeypatch, question: str, said: str):
    name = next(iter(catalogue.shown("trend", "se", "school")))
    found = [_finding(question, name, 0.1, None, "withheld")]
    monkeypatch.setattr(
        answers, "findings_of", lambda question, _: [each for each in found if each.question == question]
    )
    (asked,) = answers.questions(SEEN)
    assert said in asked


def test_every_verdict_asked_about_is_one_that_its_question_gives_words_for():
    for entry in dialogue_bank():
        if entry["question"] == "*":
            continue
        known = {key.removeprefix("headline_").removeprefix("growth_") for key in words(entry["question"], "sv")}
        assert set(entry["verdicts"]) <= known, entry

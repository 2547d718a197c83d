"""The made-up municipality has every level, and every question has words for all of its units."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from tests.acceptance.conftest import CLOSED

from analysis import catalogue
from analysis.analyses import ANALYSES, analysis
from analysis.batch.demonstration import MADE_UP
from analysis.batch.selection import LEVELS_WITH_PAGES
from analysis.publish.words import word
from analysis.report import site as ladder

pytestmark = pytest.mark.slow

OF_EACH_VERDICT = 2
"""units of one verdict whose every text, table and figure is read; the sentence is read for all that have figures"""
NO_NUMBER = re.compile(r"(?<![\w-])(nan|NaN|None|inf|NaT|<NA>)(?![\w-])|[{}]")
ASKED = [
    (question, level) for question in ANALYSES for level in LEVELS_WITH_PAGES if catalogue.shown(question, "se", level)
]


def is_text(text: str) -> bool:
    return bool(text.strip()) and NO_NUMBER.search(text) is None


def with_something_to_say(estimates: pd.DataFrame) -> Sequence[str]:
    """All units but those that are alike: classes and schools of other years, for which nothing is held."""
    spoken = estimates.index[estimates["verdict"] != "missing"]
    return [*spoken, *(each for each in of_each_verdict(estimates) if each not in spoken)]


def of_each_verdict(estimates: pd.DataFrame) -> Sequence[str]:
    return list(estimates.groupby(["verdict", "reason"]).head(OF_EACH_VERDICT).index)


def test_every_level_below_the_nation_has_questions_of_its_own() -> None:
    assert {level for _, level in ASKED} == {"group", "team", "school", "area", "municipality", "region"}
    of_norwegian_tests_only = {"growth"}
    assert {question for question, _ in ASKED} == set(ANALYSES) - of_norwegian_tests_only


@pytest.mark.parametrize(("question", "level"), ASKED)
def test_every_unit_with_figures_has_a_verdict_and_a_sentence_in_three_languages(small_town, question, level) -> None:
    for name in catalogue.shown(question, "se", level):
        result = small_town.result(question, name, level)
        assert result.estimates["verdict"].notna().all()
        assert result.estimates.index.is_unique
        for lang in ("sv", "nb", "en"):
            for unit_id in with_something_to_say(result.estimates):
                finding = analysis(question).say(result, unit_id, lang)
                assert finding.unit_id == unit_id
                assert finding.verdict == result.estimates.at[unit_id, "verdict"]
                for text in (finding.headline, finding.brief, finding.sentence):
                    assert is_text(text), (name, unit_id, lang, text)


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
@pytest.mark.parametrize(("question", "level"), ASKED)
def test_method_table_and_alternative_text_have_words_for_every_verdict(small_town, question, level, lang) -> None:
    record = analysis(question)
    results = [small_town.result(question, name, level) for name in catalogue.shown(question, "se", level)]
    for result in results:
        for unit_id in of_each_verdict(result.estimates):
            headline = record.say(result, unit_id, lang).headline
            described = record.describe([result], unit_id, lang)
            assert headline in described, (result.indicator.id, unit_id)
            assert is_text(described)
            assert is_text(record.explain(result, unit_id, lang))
            table = record.tabulate([result], unit_id, lang)
            assert is_text(table.caption)
            cells = [cell for row in table.rows for cell in row if isinstance(cell, str)]
            assert all(NO_NUMBER.search(cell) is None for cell in cells), (result.indicator.id, unit_id, cells)


@pytest.mark.parametrize(("question", "level"), ASKED)
def test_a_unit_with_an_answer_has_a_figure_that_can_be_drawn(small_town, question, level) -> None:
    results = [small_town.result(question, name, level) for name in catalogue.shown(question, "se", level)]
    answered = {
        unit_id: result
        for result in results
        for unit_id in result.estimates.index[result.estimates["reason"].eq("") & result.estimates["value"].notna()]
    }
    if not answered:
        pytest.skip("no unit of so small a municipality has an answer here")
    unit_id, result = next(iter(answered.items()))
    figure = analysis(question).draw([result], unit_id, "sv")
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    pyplot.close(figure)


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_the_planted_small_school_is_told_why_it_has_no_figures(small_town, lang) -> None:
    small = small_town.truth.planted["few_in_grade_9"]["unit_id"]
    true = small_town.truth.values
    mine = (true["unit_id"] == small) & (true["indicator"] == "merit_value") & (true["group"] == "all")
    own = f"{true.loc[mine & (true['school_year'] == 2024), 'observed'].item():.1f}"
    for question in ("trend", "level", "equity", "goals", "adjusted", "funnel"):
        result = small_town.result(question, "merit_value", "school")
        row = result.estimates.loc[small]
        assert row["verdict"] in ("withheld", "too_few", "refused"), question
        finding = analysis(question).say(result, small, lang)
        assert pd.isna(row["value"]) and finding.weight == 0 and finding.good is None
        assert own not in finding.sentence.replace(",", "."), finding.sentence


def test_every_page_of_it_is_made_and_passes_the_gate(town_pages) -> None:
    assert town_pages.summary.failed == ()
    assert town_pages.summary.made == len(MADE_UP) + 1


@pytest.mark.parametrize("unit_id", [*MADE_UP, CLOSED])
def test_every_page_of_it_says_at_the_top_that_it_is_made_up(town_pages, unit_id) -> None:
    page = town_pages.page(unit_id)
    notices = [each.get_text() for each in page.select("header .made-up")]
    assert notices == [word("made_up", "sv")]


def test_the_index_and_the_manifest_say_that_all_is_made_up(town_pages) -> None:
    out = town_pages.summary.out
    assert f'<p class="made-up">{ladder.words("sv")["made_up"]}</p>' in (out / "index.html").read_text(encoding="utf-8")
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["made_up"] is True


def test_no_link_of_it_is_dead_and_none_leads_to_another_run(town_pages) -> None:
    out = town_pages.summary.out.resolve()
    for path in out.rglob("*.html"):
        for address in re.findall(r'href="([^"#:]+\.html)', path.read_text(encoding="utf-8")):
            target = (path.parent / address).resolve()
            assert target.is_file() and target.is_relative_to(out), (path, address)


def test_a_class_is_reached_from_the_county_step_by_step(town_pages) -> None:
    trail = [each.get_text() for each in town_pages.page(MADE_UP[0]).select(".breadcrumb li")]
    assert trail[-5:-1] == ["Almvik", "Område Söder", "Lärkviksskolan", "Arbetslag 7–9, Lärkviksskolan"], trail


def test_the_closed_school_keeps_its_years_and_has_none_after_them(town_pages, small_town) -> None:
    last = small_town.truth.planted["closed"]["last_year"]
    page = town_pages.page(CLOSED)
    years = {row.find_all(["th", "td"])[1].get_text()[:4] for row in page.select("#trend table tbody tr")}
    assert str(last) in years
    values = [
        (cells[1].get_text(), cells[2].get_text())
        for cells in (row.find_all(["th", "td"]) for row in page.select("#trend table tbody tr"))
    ]
    assert not [year for year, value in values if int(year[:4]) > last and re.search(r"\d", value)]

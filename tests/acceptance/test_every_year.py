"""Every question can be asked of every level in every school year, and has words for every answer."""

from __future__ import annotations

import pytest

from analysis import catalogue
from analysis.analyses import ANALYSES, analysis
from analysis.batch.run import prepared

pytestmark = pytest.mark.slow
YEARS = {"se": (2019, 2020, 2022), "no": (2022, 2023)}
ASKED = [
    (question, country, level, year)
    for question in ANALYSES
    for country, years in YEARS.items()
    for level in ("school", "municipality", "region", "nation")
    for year in years
    if catalogue.shown(question, country, level)
]


@pytest.fixture(scope="module")
def figures(workspace):
    """The sample's figures."""
    return prepared(workspace, lambda line: None).figures


@pytest.mark.parametrize(("question", "country", "level", "year"), ASKED)
def test_a_question_has_an_answer_in_words_for_every_unit(figures, question, country, level, year):
    record = analysis(question)
    for name in catalogue.shown(question, country, level)[:2]:
        result = figures.result(question, name, level, year)
        by_verdict = result.estimates.groupby("verdict").head(2).index
        assert result.estimates["verdict"].notna().all()
        for unit_id in by_verdict:
            for lang in ("sv", "nb", "en"):
                finding = record.say(result, unit_id, lang)
                assert finding.headline and finding.brief and finding.sentence
                assert "nan" not in f"{finding.headline} {finding.brief} {finding.sentence}".lower().split()
                assert record.tabulate([result], unit_id, lang).columns

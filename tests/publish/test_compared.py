"""A comparison that is asked for is said with the interval's own sign, or not at all."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.catalogue import COMPARISONS, indicator
from analysis.model.observations import Result
from analysis.publish import comparison as room

UNIT = "se:school:1"
OVER = {"sv": r"\böver\b", "nb": r"\bover\b", "en": r"\babove\b"}
BELOW = {"sv": r"\bunder\b", "nb": r"\bunder\b", "en": r"\bbelow\b"}


def result(diff: float, half: float, name: str = "municipality") -> Result:
    """A unit's comparison: the difference, and half the widths of its intervals."""
    ends = {"low": diff - half, "high": diff + half, "low80": diff - 0.65 * half, "high80": diff + 0.65 * half}
    row = {"value": 200.0, "n": 40.0, name: 200.0 - diff, f"{name}_diff": diff}
    row |= {f"{name}_{end}": value for end, value in ends.items()}
    estimates = pd.DataFrame([row], index=[UNIT])
    series = pd.DataFrame({"unit_id": [UNIT], "year": [2023], "status": ["given"], "mark": [""]})
    made: Any = SimpleNamespace(
        indicator=indicator("merit_value"), estimates=estimates, series=series, year=2023, units=pd.DataFrame()
    )
    return made


def seen(lang: str) -> Any:
    return SimpleNamespace(unit_id=UNIT, lang=lang, name="A", year="2023/24")


@given(
    st.floats(-60, 60).filter(lambda each: abs(each) > 0.01), st.floats(0.5, 80), st.sampled_from(["sv", "nb", "en"])
)
def test_the_verb_s_sign_is_that_of_the_interval(diff, half, lang) -> None:
    said = room._sentence(result(diff, half), seen(lang), "municipality")
    inner_low, inner_high = diff - 0.65 * half, diff + 0.65 * half
    clause = said.partition("):")[2]
    assert bool(re.search(OVER[lang], clause)) is (inner_low > 0)
    assert bool(re.search(BELOW[lang], clause)) is (inner_high < 0)


@given(st.floats(-60, 60), st.floats(0.5, 80), st.sampled_from(["sv", "nb", "en"]))
def test_a_comparison_says_size_pupils_and_interval(diff, half, lang) -> None:
    said = room._sentence(result(diff, half), seen(lang), "municipality")
    assert "95" in said and "40" in said and "200" in said


@pytest.mark.parametrize("diff", [math.nan])
@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_a_missing_number_decides_no_wording(diff, lang) -> None:
    said = room._sentence(result(diff, 3.0), seen(lang), "municipality")
    assert not re.search(rf"\bnan\b|{OVER[lang]}|{BELOW[lang]}", said, re.IGNORECASE)
    cells = room._row(result(diff, 3.0), seen(lang), "municipality")
    assert not any(cell != cell for cell in cells)


def test_without_anything_to_compare_with_the_page_says_so(displayed) -> None:
    page = displayed("school", "quality_report", parts=("compared",), compare_with="nation")
    assert page.select_one("#compared .lead").get_text() == "Det finns inget att jämföra med i underlaget: riket."
    assert not page.select("table")


def test_nothing_is_compared_when_nothing_is_asked_for(displayed) -> None:
    assert not displayed("school", "quality_report", parts=("compared",)).select("section")


@pytest.mark.parametrize("against", [name for name in COMPARISONS if name not in ("nation", "county")])
def test_a_comparison_stands_in_words_and_in_a_table_and_ranks_nothing(displayed, against) -> None:
    page = displayed("school", "quality_report", parts=("compared",), compare_with=against)
    sentences, rows = page.select("#compared li"), page.select("#compared tbody tr")
    assert len(sentences) == len(rows) > 0
    assert not page.select("img")
    assert "plats" not in page.get_text() and "rank" not in page.get_text().lower()

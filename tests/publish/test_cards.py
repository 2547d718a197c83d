"""A card says of every measure what its number is a number of."""

from __future__ import annotations

import pytest

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.publish import answers

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_a_share_has_its_sign_after_its_name_and_other_measures_have_none(displayed, lang: str) -> None:
    page = displayed("school", "scorecard", lang)
    found = {each.get_text() for each in page.select("#overview tbody th")}
    named = {capitalised(each.short[lang]): each.unit == "percent" for each in catalogue.indicators().values()}
    signed = {name.removesuffix(f"{NBSP}(%)") for name in found if name.endswith("(%)")}
    assert signed and signed < {name.removesuffix(f"{NBSP}(%)") for name in found}
    assert all(named[name.removesuffix(f"{NBSP}(%)")] is name.endswith("(%)") for name in found)


@pytest.mark.parametrize(("lang", "written"), [("sv", f"78,1{NBSP}%"), ("nb", f"78,1{NBSP}%"), ("en", "78.1%")])
def test_a_key_figure_has_its_per_cent_sign_as_the_language_writes_it(lang: str, written: str) -> None:
    share = next(each for each in catalogue.indicators().values() if each.unit == "percent" and each.decimals == 1)
    assert answers._written(78.1, share, lang) == written

"""Numbers said of a measure that is withheld: a fault, unless a table beside the figures says them too."""

from __future__ import annotations

import math

import pytest

from analysis.audit.reading import Figure, PageRead, Said
from analysis.audit.release import told, withheld_words

UNIT, MEASURE = "se:municipality:9901", "merit_value"
WITHHELD = sorted(withheld_words())[0]
HEADS = ("Mått", "Uppgift", "Läsår", "Värde", "Nedre gräns (95 %)", "Övre gräns (95 %)", "Elever")
ROW = ("Meritvärde", "Standardavvikelse mellan 5 skolor", "2024/25", "12,65", "0,00", "40,64", "10")


def page(sentence: str, *beside: tuple[str, ...], indicator: str = MEASURE) -> PageRead:
    """A page that withholds a measure and says a sentence of it, with rows of tables that are about no figure."""
    figure = Figure("page", MEASURE, UNIT, "all", "2024", "value", WITHHELD, math.nan, 0)
    said = [Said("page, li", indicator, sentence)]
    return PageRead(UNIT, "Almvik", "sv", [figure], said, [(*each, *HEADS) for each in beside])


@pytest.mark.parametrize("indicator", [MEASURE, ""])
def test_the_spread_between_schools_that_a_table_tells_may_be_said(indicator: str) -> None:
    sentence = "Meritvärde: skolorna skiljer sig åt, 12,7 poäng (95 % konfidensintervall 0,0 till 40,6; 5 skolor)."
    assert list(told(page(sentence, ROW, indicator=indicator))) == []
    assert list(told(page(sentence, indicator=indicator))) == [
        "page, li: a number is said of merit_value, which is withheld"
    ]


@pytest.mark.parametrize("number", ["231,4", "12,8", "12,651", "7"])
def test_any_other_number_is_a_fault(number: str) -> None:
    assert len(list(told(page(f"Meritvärde: {number} poäng.", ROW)))) == 1


def test_what_a_table_tells_of_another_measure_says_nothing_of_this_one() -> None:
    other = ("Godkänt i alla ämnen, åk 9", *ROW[1:])
    assert len(list(told(page("Meritvärde: 12,7 poäng.", other)))) == 1

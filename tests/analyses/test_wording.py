"""Numbers in sentences have the digits of their measure, and an end beside zero is said in words."""

from __future__ import annotations

import dataclasses

import pytest

from analysis import catalogue
from analysis.analyses.wording import Wording


def wording(lang: str = "sv", decimals: int = 1) -> Wording:
    """The words of a measure with so many decimals."""
    first = next(iter(catalogue.indicators().values()))
    return Wording("trend", dataclasses.replace(first, decimals=decimals), lang)


@pytest.mark.parametrize(
    ("lang", "said"), [("sv", "strax över 0 till 1,9"), ("nb", "like over 0 til 1,9"), ("en", "just above 0 to 1.9")]
)
def test_an_end_beside_zero_is_said_in_words_and_the_other_keeps_the_measure_s_decimals(lang: str, said: str) -> None:
    assert wording(lang).plain_ends(0.001, 1.886) == said


def test_an_end_just_below_zero_is_not_said_to_be_above_it() -> None:
    assert wording().plain_ends(-0.02, 2.4, signed=True) == "strax under 0 till +2,4"
    assert wording().plain_ends(-2.4, -0.02, signed=True) == "−2,4 till strax under 0"


def test_an_end_that_is_zero_is_written_as_zero() -> None:
    assert wording().plain_ends(0.0, 24.2) == "0,0 till 24,2"


def test_a_narrow_interval_has_two_significant_digits_of_its_width() -> None:
    assert wording().plain_ends(0.312, 0.348) == "0,312 till 0,348"
    assert wording(decimals=2).plain_ends(-0.0093, 0.0051, signed=True) == "−0,009 till +0,005"


def test_a_wide_interval_has_no_more_decimals_than_the_values_beside_it() -> None:
    assert wording().plain_ends(0.28, 0.67) == "0,3 till 0,7"
    assert wording(decimals=0).plain_ends(201.26, 214.74) == "201,3 till 214,7"

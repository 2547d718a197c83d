"""The numbers of persons in Sweden and Norway, told from all other numbers by their dates and check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SPACES = "\u00a0\u2009\u202f"
BEFORE = r"(?<![0-9A-Fa-f])(?<![0-9][.])"
AFTER = r"(?![0-9A-Fa-f]|[.][0-9])"
SWEDISH = re.compile(rf"{BEFORE}((?:18|19|20)?[0-9]{{6}})(?:[-+]| [-+]? ?)?([0-9]{{4}}){AFTER}")
INTERIM = re.compile(rf"{BEFORE}((?:18|19|20)?[0-9]{{6}})[-+]?(?:TF[0-9]{{2}}|[TRSUWXJKLMN][0-9]{{3}}){AFTER}")
NORWEGIAN = re.compile(rf"{BEFORE}([0-9]{{6}})[- ]?([0-9]{{5}}){AFTER}")
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
KINDS = bytes.maketrans(b"123456789+TRSUWXJKLMN", b"000000000-" + b"A" * 11)
LOOKS = (b"0" * 10, *(b"000000" + end for end in (
    b"-0000", b" 0000", b" -0000", b" - 0000", b"-00000", b"A000", b"-A000", b"AF00", b"-AF00",
)))  # fmt: skip
"""what the numbers look like, with 0 for any digit; nearly every place is passed over at this glance"""
DAYS_ADDED = 60
"""to the day of birth in a Swedish co-ordination number"""
MONTHS_ADDED = (0, 40, 65, 80)
"""to the month of birth in Norwegian help numbers and in the numbers reserved for tests"""


def personal_numbers(text: str) -> Iterator[int]:
    """Where in the text the number of a person stands, real or reserved for tests.

    Swedish personal and co-ordination numbers have 10 or 12 digits, a date and a check digit, an interim number has
    letters in place of some; Norwegian birth, D and help numbers have 11 digits, a date and two check digits.
    """
    if not text.isascii():
        for sign in DASHES + SPACES:
            text = text.replace(sign, "-" if sign in DASHES else " ")
    for place in sorted(_candidates(text.encode("ascii", "replace").translate(KINDS))):
        swedish, interim, norwegian = (each.match(text, place) for each in (SWEDISH, INTERIM, NORWEGIAN))
        if (
            (swedish and is_swedish(swedish[1] + swedish[2]))
            or (interim and _is_swedish_day(interim[1]))
            or (norwegian and is_norwegian(norwegian[1] + norwegian[2]))
        ):
            yield place


def _candidates(glance: bytes) -> set[int]:
    """Where six or eight digits begin that may be the day of birth in a number."""
    found = set()
    for look in LOOKS:
        place = glance.find(look)
        while place >= 0:
            found |= {place, max(place - 2, 0)}
            place = glance.find(look, place + 1)
    return found


def is_swedish(digits: str) -> bool:
    """Whether 10 or 12 digits are a Swedish personal or co-ordination number.

    >>> is_swedish("9001012385"), is_swedish("9001012384"), is_swedish("9013012385")
    (True, False, False)
    """
    return _is_swedish_day(digits[:-4]) and _luhn(digits[-10:])


def is_norwegian(digits: str) -> bool:
    """Whether 11 digits are a Norwegian birth, D or help number, or one of those reserved for tests.

    >>> is_norwegian("01010750160"), is_norwegian("01010750161")
    (True, False)
    """
    day, month = int(digits[:2]), int(digits[2:4])
    months = [month - each for each in MONTHS_ADDED if 1 <= month - each <= 12]
    if not 1 <= (day - 40 if day > 40 else day) <= 31 or not months:
        return False
    days = day - 40 if day > 40 else day
    if not any(_is_day(century + int(digits[4:6]), each, days) for each in months for century in (1800, 1900, 2000)):
        return False
    numbers = [int(each) for each in digits]
    return all(
        sum(each * weight for each, weight in zip(numbers, weights, strict=False)) % 11 == 0
        for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS)
    )


def _is_swedish_day(digits: str) -> bool:
    month, day = int(digits[-4:-2]), int(digits[-2:])
    day = day - DAYS_ADDED if day > DAYS_ADDED else day
    years = [int(digits[:4])] if len(digits) == 8 else [century + int(digits[:2]) for century in (1800, 1900, 2000)]
    return any(_is_day(year, month, day) for year in years)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = [int(each) * (2 - place % 2) for place, each in enumerate(digits)]
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0

"""Numbers as people write them: in a cell, and in a sentence."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:[\u00a0\u202f,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\d])")
SCHOOL_YEAR = re.compile(r"\d{4}/\d{2}")


def number_in(text: str, lang: str) -> tuple[float, int] | None:
    """A cell's number and its decimals, as people of the language write it; None for words.

    >>> number_in("−1\N{NO-BREAK SPACE}234,50", "sv"), number_in("+1,234.5", "en"), number_in("skyddad", "sv")
    ((-1234.5, 2), (1234.5, 1), None)
    """
    plain = text.strip().replace("−", "-")
    if NUMBER.fullmatch(plain) is None:
        return None
    plain = re.sub(r"[\u00a0\u202f]", "", plain)
    plain = plain.replace(",", "") if lang == "en" else plain.replace(",", ".")
    return float(plain), len(plain.partition(".")[2])


def numbers_said(text: str) -> list[str]:
    """The numbers in a sentence, without its school years."""
    return NUMBER.findall(SCHOOL_YEAR.sub(" ", text))


def alike(shown: str, taken: str, lang: str) -> bool:
    """Whether a cell of a CSV says what the page says."""
    first, second = number_in(shown, lang), number_in(taken, lang)
    if first is None or second is None:
        return shown.strip() == taken.removeprefix("'").strip()
    return first == second

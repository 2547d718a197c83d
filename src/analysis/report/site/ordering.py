"""The order of words in each language."""

from __future__ import annotations

LETTERS = {"sv": "åäö", "nb": "æøå", "en": ""}
"""the letters that come after z"""


def in_order(text: str, lang: str) -> str:
    """What to sort a name by, so that it stands where a reader of the language looks for it.

    >>> sorted(["Ör", "Ås", "Zeta", "Äng", "älv"], key=lambda name: in_order(name, "sv"))
    ['Zeta', 'Ås', 'älv', 'Äng', 'Ör']
    """
    last = {ord(letter): chr(ord("{") + place) for place, letter in enumerate(LETTERS[lang])}
    return text.casefold().translate(last)

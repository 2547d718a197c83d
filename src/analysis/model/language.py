"""Numbers as people of each language write them."""

from __future__ import annotations

import math

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def number(value: float, decimals: int, lang: str, *, signed: bool = False) -> str:
    """A number in words of the language: decimal comma, thin thousands and a true minus.

    >>> number(-1234.56, 1, "sv").replace(NBSP, "_")
    '−1_234,6'
    >>> number(1234.56, 1, "en", signed=True)
    '+1,234.6'
    >>> number(-0.04, 1, "sv")
    '0,0'

    Raises ValueError for NaN and infinities: a missing number is words, never a number.
    """
    if not math.isfinite(value):
        raise ValueError(f"only a finite number can be written, got: {value!r}")
    rounded = round(float(value), decimals) + 0.0
    text = f"{abs(rounded):,.{decimals}f}"
    if lang != "en":
        text = text.replace(",", NBSP).replace(".", ",")
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text


def span(low: float, high: float, decimals: int, lang: str, *, signed: bool = False) -> str:
    """An interval in words: ``−1,2 till 3,4``.

    >>> span(-1.2, 3.4, 1, "nb")
    '−1,2 til 3,4'
    """
    to = {"sv": "till", "nb": "til", "en": "to"}[lang]
    return f"{number(low, decimals, lang, signed=signed)} {to} {number(high, decimals, lang, signed=signed)}"


def join(parts: list[str], lang: str) -> str:
    """A list in words.

    >>> join(["a", "b", "c"], "sv")
    'a, b och c'
    """
    if len(parts) < 2:
        return "".join(parts)
    last = {"sv": "och", "nb": "og", "en": "and"}[lang]
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"

"""Texts that people have written, to be read before they are published: small numbers about what is withheld."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from analysis import catalogue
from analysis.audit.numbers import SCHOOL_YEAR, number_in, numbers_said
from analysis.audit.reading import Said
from analysis.audit.release import NUMBER_WORDS

SPOKEN = {"se": "sv", "no": "nb"}
NO_COUNT = re.compile(
    r"\d{4}-\d{2}-\d{2}|\b\d{1,2}\.?\s(?:jan|feb|mar|apr|ma[jiy]|jun|jul|aug|sep|o[kc]t|nov|de[cs])[a-z]*\s\d{4}"
    r"|\b(?:årskurs|åk|klass|årstrinn|trinn|klasse|grade|year|vecka|veckorna|uke|week|kl|nr|no)\.?\s*"
    r"\d+\w?(?:\s*[-–]\s*\d+)?",
    re.IGNORECASE,
)
"""days, and numbers of grades, classes and weeks"""
PER_CENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|procent|prosent|per cent|percent)", re.IGNORECASE)
LONGEST = 90
"""so many signs of a text are told"""


def to_read(said: Iterable[Said], withheld: Mapping[str, Collection[str]], audience: str) -> tuple[str, ...]:
    """One line for each written text with a small number about a unit of which something is withheld.

    ``withheld`` maps units to measures. A text that is written together with the measures it is followed by is about
    these; any other may be about whatever the unit is measured in. A small number is one below the limit for those
    measures, in digits or words, or a percentage that so few pupils would give. A text on several pages is told once.
    """
    every = list(said)
    followed: dict[tuple[str, int], set[str]] = {}
    for each in every:
        if each.card and not each.by and each.where.endswith(", dd"):
            followed.setdefault(_card(each), set()).update(_named(each.text))
    lines: dict[tuple[str, str], str] = {}
    for each in every:
        mine = set(withheld.get(each.by, ()))
        mine &= followed.get(_card(each)) or mine
        if not each.by or not mine or (each.by, each.text) in lines:
            continue
        limits = [catalogue.limit(audience, kind).smallest_n for name in mine if (kind := catalogue.kind_of(name))]
        few = small_numbers(each.text, SPOKEN.get(each.by[:2], "en"), max(limits, default=1))
        if few:
            text = each.text if len(each.text) <= LONGEST else f"{each.text[: LONGEST - 1]}…"
            lines[each.by, each.text] = f"{each.where}: {each.by} writes {', '.join(few)}: “{text}”"
    return tuple(lines.values())


def small_numbers(text: str, lang: str, least: int) -> list[str]:
    """The numbers in a text that could be of fewer than `least` pupils, as they are written.

    >>> small_numbers("Bara 2 av våra nio flickor i åk 9 klarade det, 22 procent.", "sv", 10)
    ['22 procent', '2', 'nio']
    >>> small_numbers("Uppföljt den 2\\N{NO-BREAK SPACE}september 2025.", "sv", 10)
    []
    """
    plain = NO_COUNT.sub(" ", SCHOOL_YEAR.sub(" ", text))
    shares = [each.group() for each in PER_CENT.finditer(plain) if _read(each.group(1)) in _shares_of_few(least)]
    plain = PER_CENT.sub(" ", plain)
    counts = [each for each in numbers_said(plain) if (read := _read(each)) and read[1] == 0 and 0 < read[0] < least]
    words = {word: place for place, word in enumerate(NUMBER_WORDS[lang].split(), 2)}
    spelt = [each for each in re.findall(r"\w+", plain) if 0 < words.get(each.lower(), 0) < least]
    return list(dict.fromkeys([*shares, *counts, *spelt]))


def _card(said: Said) -> tuple[str, int]:
    return said.where.partition(",")[0], said.card


def _read(number: str) -> tuple[float, int] | None:
    return number_in(number, "en" if "." in number else "sv")


@cache
def _shares_of_few(least: int) -> frozenset[tuple[float, int]]:
    """Every percentage that fewer pupils than `least` can give, without and with one decimal."""
    return frozenset(
        (round(100 * part / n, places), places) for n in range(1, least) for part in range(n + 1) for places in (0, 1)
    )


def _named(text: str) -> set[str]:
    """The measures that the program names in a text."""
    said = text.lower()
    return {name for each, name in _names() if each in said}


@cache
def _names() -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.lower(), name)
        for name, measure in catalogue.indicators().items()
        for each in {*measure.name.values(), *measure.short.values()}
    )

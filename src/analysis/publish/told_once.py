"""What a text says beyond another of the same kind, so that what is alike need be read only once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from analysis import catalogue
from analysis.publish.words import word

SENTENCE = re.compile(r"(?<=\.)\s+(?=[^\W\d_]|\d)")
NUMBER = re.compile(r"[-+−]?\d[\d\s.,]*\d|\d")
FIRST_WORDS = 2


def told_once(others: list[tuple[str, str]], first: str, text: str, lang: str) -> list[tuple[str, str]]:
    """How other measures are explained: what differs from one told whole, measures that are explained alike together.

    Each is held against the first and every other that was told whole before it, and against the one that leaves least
    to say, the earliest of equals. What is held against the first names it no more: it is to stand under a line that
    says so (``explained_first``).
    """
    alike: dict[str, list[str]] = {}
    whole = {"": text}
    for identity, its in others:
        name = catalogue.indicator(identity).name[lang]
        said = _held_against(whole, first, its, lang)
        if said is None:
            whole[name] = its
            said = f"{word('explained_whole', lang)} {its}"
        alike.setdefault(said, []).append(name)
    return [("; ".join(names), said) for said, names in alike.items()]


def _held_against(whole: Mapping[str, str], first: str, text: str, lang: str) -> str | None:
    """The shortest way to tell a text by one of those told whole; None when it must be told whole itself."""
    told = []
    for name, each in whole.items():
        differs = beyond(text, each)
        if differs == "":
            told.append(word("explained_as", lang, name=name or first))
        elif differs:
            told.append(f"{word('explained_but', lang, name=name)} {differs}" if name else differs)
    return min(told, key=len, default=None)


def beyond(text: str, first: str) -> str | None:
    """The sentences of a text that differ from those of the first, in order; empty when it says the same.

    None when a sentence of the first has none in the text that begins alike, numbers apart: then what the first says
    does not hold for the text, and it must be read whole.

    >>> beyond("A line is fitted. The slope is 2.", "A line is fitted. The slope is 5.")
    'The slope is 2.'
    >>> beyond("A line is fitted.", "A line is fitted. The slope is 5.") is None
    True
    """
    mine, others = SENTENCE.split(text.strip()), SENTENCE.split(first.strip())
    kept: list[str] = []
    for kind, start, end, own_start, own_end in SequenceMatcher(None, others, mine, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        begins = [_beginning(each) for each in mine[own_start:own_end]]
        for each in others[start:end]:
            if _beginning(each) not in begins:
                return None
            begins.remove(_beginning(each))
        kept += mine[own_start:own_end]
    return " ".join(kept)


def _beginning(sentence: str) -> tuple[str, ...]:
    return tuple(NUMBER.sub("#", sentence).split()[:FIRST_WORDS])

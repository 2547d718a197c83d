"""The words of the pages in the page's language, with what they mean and what they are called in the others."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis import catalogue
from analysis.catalogue.glossary_list import Term, terms
from analysis.report.site.ordering import in_order

PATH = "glossary.html"
LANGUAGES = ("sv", "nb", "en")


@lru_cache(maxsize=1)
def meanings() -> dict[str, dict[str, str]]:
    """What a word means, in plain words of each language, by its English name in the glossary."""
    return tomllib.loads((Path(__file__).parent / "meanings.toml").read_text(encoding="utf-8"))


def fields(lang: str) -> dict[str, Any]:
    """What the page of words shows: words with a meaning first, then the measures, then all words in all languages."""
    others = [each for each in LANGUAGES if each != lang]
    explained = [(_word(term, lang), meanings()[term.en][lang]) for term in terms() if term.en in meanings()]
    measures = [(each.name[lang], each.definition[lang]) for each in catalogue.indicators().values()]
    return {
        "explained": sorted(explained, key=lambda each: in_order(each[0], lang)),
        "indicators": sorted(measures, key=lambda each: in_order(each[0], lang)),
        "others": others,
        "rows": sorted(
            ((_word(term, lang), [getattr(term, each) for each in others]) for term in terms()),
            key=lambda each: in_order(each[0], lang),
        ),
    }


def _word(term: Term, lang: str) -> str:
    """The word; where the language has none, what the neighbour's is called there, without dash and brackets."""
    word: str = getattr(term, lang)
    return word.removeprefix("– (").removesuffix(")") if word.startswith("– (") else word

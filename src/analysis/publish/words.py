"""The page's own words, in the page's language."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from analysis.model.language import NBSP


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("analysis.publish").joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def dialogue_bank() -> list[dict[str, Any]]:
    """The questions for the dialogue, in the order they are written."""
    text = files("analysis.publish").joinpath("dialogue.toml").read_text(encoding="utf-8")
    bank: list[dict[str, Any]] = tomllib.loads(text)["question"]
    return bank


def word(key: str, lang: str, **fields: object) -> str:
    """A text of the page; an unknown key or a missing field raises KeyError.

    >>> word("in_short", "sv")
    'I korthet'
    """
    return _texts()[lang][key].format(**fields)


def day(when: object, lang: str) -> str:
    """A day as people of the language write it; `when` is a date, or begins as ``2025-08-20`` does.

    >>> [day("2025-08-20", lang).replace(NBSP, " ") for lang in ("sv", "nb", "en")]
    ['20 augusti 2025', '20. august 2025', '20 August 2025']
    """
    found = date.fromisoformat(str(when)[:10])
    number = f"{found.day}." if lang == "nb" else f"{found.day}"
    return NBSP.join([number, word("months", lang).split()[found.month - 1], f"{found.year}"])

"""The page's own words, in the page's language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


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

"""The only code that knows the catalogue is TOML."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from analysis.errors import UsageError
from analysis.model.words import Lang, Texts

FILES = ("indicators.toml", "levels.toml", "sources.toml", "reports.toml", "lineage.toml", "surveys.toml")


@lru_cache(maxsize=len(FILES) + 4)
def tables(name: str) -> dict[str, Any]:
    """The tables of one catalogue file."""
    return tomllib.loads(files("analysis.catalogue").joinpath(name).read_text(encoding="utf-8"))


def catalogue_bytes() -> bytes:
    """The catalogue as bytes: figures made with another catalogue are other figures.

    What the pages show (reports.toml) is left out: it moves no figure.
    """
    folder = files("analysis.catalogue")
    return b"\0".join(folder.joinpath(name).read_bytes() for name in FILES if name != "reports.toml")


def texts(found: object, where: str) -> Texts:
    """A text that exists in every language, or a UsageError that says which language lacks it."""
    if not isinstance(found, dict) or any(not str(found.get(lang, "")).strip() for lang in Lang):
        raise UsageError(f"{where} must be written in sv, nb and en, found: {found!r}")
    return {str(lang): str(found[lang]) for lang in Lang}

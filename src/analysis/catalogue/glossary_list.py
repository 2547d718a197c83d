"""The words of the project in three languages, as `GLOSSARY.md` lists them: the one place where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from analysis.errors import UsageError


@dataclass(frozen=True)
class Term:
    """A word of the domain in Swedish, Norwegian (bokmål) and English, and what the code calls it."""

    sv: str
    nb: str
    en: str
    code: str


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Every word, in the order of the glossary.

    >>> [term.nb for term in terms() if term.en == "school year"]
    ['skoleår']

    Raises UsageError for a row that does not have four cells.
    """
    text = files("analysis.catalogue").joinpath("GLOSSARY.md").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        cells = [each.strip() for each in line.strip().removeprefix("|").removesuffix("|").split("|")]
        if not line.startswith("|") or cells[0] == "sv" or set(cells[0]) == {"-"}:
            continue
        if len(cells) != 4:
            raise UsageError(f"GLOSSARY.md: a row has four cells, sv, nb, en and the code, found: {line}")
        found.append(Term(*cells))
    return tuple(found)

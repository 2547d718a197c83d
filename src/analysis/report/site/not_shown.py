"""What is not on the pages, and why: pages that could not be made, and figures that are kept back.

No list tells which units are small: that something is kept back is said on the unit's own page, and here only on how
many pages of a level it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analysis import catalogue
from analysis.analyses.wording import Wording, capitalised
from analysis.report.page import PageRecord

PATH = "not-shown.html"
KINDS = ("results", "survey", "adjusted", "background")
CAUSES = {
    "TIMEOUT": "time",
    "GATE": "gate",
    **dict.fromkeys(("CELL_ERROR", "INCOMPLETE", "KERNEL_DIED", "MEMORY", "RESOURCE", "OUTPUT_TOO_LARGE"), "cell"),
}
"""what is said of an error's code"""
MARKED = 'data-verdict="withheld"'


@dataclass(frozen=True)
class Kept:
    """How many pages of a level there are, and on how many of them something is kept back."""

    level: str
    pages: int
    kept: int


def cause(reason: str, code: str = "") -> str:
    """The kind of cause for which a page was not made: ``time``, ``gate``, ``cell`` or ``other``.

    What an error says may hold a figure, so that only its kind is released; whoever makes the pages is told the rest.
    ``code`` is the error's (`analysis.errors.PageFailed.code`); without one the reason's first words decide.

    >>> cause("its time was up"), cause("the gate is closed: one h1"), cause("cell 5: KeyError"), cause("no space")
    ('time', 'gate', 'cell', 'other')
    >>> cause("a", "TIMEOUT"), cause("a", "KERNEL_DIED"), cause("cell 5: a", "DISK")
    ('time', 'cell', 'other')
    """
    if code:
        return CAUSES.get(code, "other")
    for kind, start in (("time", "its time was up"), ("gate", "the gate is closed"), ("cell", "cell ")):
        if reason.startswith(start):
            return kind
    return "other"


def fields(
    records: Iterable[PageRecord],
    kept_back: Collection[str],
    known: Mapping[str, Mapping[str, object]],
    audience: str,
    lang: str,
) -> dict[str, Any]:
    """What the page on what is not shown says: failed pages by name, kept figures by level only, and the limits.

    ``kept_back`` are the places of the pages on which something is.
    """
    found = list(records)
    failed = [record for record in found if record.state == "failed"]
    return {
        "failed": [
            (str(known[each.unit_id]["name"]), each.path, f"because_{cause(each.reason, each.code)}") for each in failed
        ],
        "kept": _kept(found, kept_back, lang),
        "limits": [(f"kind_{kind}", catalogue.limit(audience, kind)) for kind in KINDS],
        "finest": capitalised(catalogue.level(catalogue.levels_for(audience)[0]).plural[lang]),
        "audience": f"audience_{audience}",
        "withheld": _withheld(lang),
    }


@lru_cache
def _withheld(lang: str) -> str:
    """The word that stands in a table in the place of a figure that is kept back."""
    some = next(iter(catalogue.indicators().values()))
    return Wording("trend", some, lang).cell("withheld", "")


def is_kept_back(html: str) -> bool:
    """Whether a page says of anything on it that it is kept back."""
    return any(sign in html for sign in (MARKED, *(f">{_withheld(each)}" for each in ("sv", "nb", "en"))))


def _kept(records: list[PageRecord], kept_back: Collection[str], lang: str) -> list[Kept]:
    found = []
    for name, level in reversed(catalogue.levels().items()):
        pages = [each.path for each in records if each.level == name and each.state == "made"]
        if pages:
            found.append(Kept(capitalised(level.plural[lang]), len(pages), sum(each in kept_back for each in pages)))
    return found

"""The rules that the protector works by, from the limits of the catalogue."""

from __future__ import annotations

from functools import cache

from analysis.catalogue import limit
from analysis.publish.disclosure.primary import Rule


@cache
def rule(audience: str, kind: str) -> Rule:
    """How small is too small for one audience and kind of figure, with who says so.

    >>> rule("public", "results").smallest_n
    10
    """
    found = limit(audience, kind)
    citation = {"source": found.source, **found.says}
    return Rule(audience, kind, found.smallest_n, found.smallest_cell, found.all_or_none, found.width, citation)

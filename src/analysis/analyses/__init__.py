"""Questions about units, one folder each; `analysis("trend")` gives the record of one."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from analysis.errors import UsageError, nearest
from analysis.model import Analysis

ANALYSES = (
    "trend", "forecast", "level", "funnel", "goals", "equity", "segregation", "adjusted", "value_added", "growth",
    "survey",
)  # fmt: skip
"""in the order a page asks them"""


@lru_cache
def analysis(id: str) -> Analysis:
    """The record of one question.

    >>> analysis("trend").title["sv"]
    'Går det åt rätt håll?'
    """
    if id not in ANALYSES:
        raise UsageError(f"there is no question {id!r}; there are {', '.join(ANALYSES)}.{nearest(id, ANALYSES)}")
    record: Analysis = import_module(f"analysis.analyses.{id}").RECORD
    return record

"""What each question shows on a page, as `reports.toml` says."""

from __future__ import annotations

from functools import lru_cache

from analysis.catalogue.indicator_list import indicator
from analysis.catalogue.level_list import level as known_level
from analysis.catalogue.reading import tables
from analysis.errors import UsageError, nearest


def questions() -> tuple[str, ...]:
    """The questions some page shows."""
    return tuple(tables("reports.toml"))


@lru_cache(maxsize=256)
def shown(question: str, country: str, level: str) -> tuple[str, ...]:
    """The indicators a question shows on a page, headline first; empty where it is not asked.

    >>> shown("adjusted", "se", "school")
    ('merit_value', 'all_subjects_passed_9')
    >>> shown("adjusted", "no", "school")
    ()
    """
    if question not in questions():
        raise UsageError(f"unknown question {question!r}.{nearest(question, questions())}")
    listed = tuple(tables("reports.toml")[question].get(country, {}).get(known_level(level).id, ()))
    for each in listed:
        if indicator(each).country != country:
            raise UsageError(f"reports.toml: {question}.{country}.{level} shows another country's {each!r}")
    return listed

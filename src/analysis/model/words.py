"""Small closed vocabularies that every room uses."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Why a cell has, or has not, a number. Never mixed up, from the first cell to the page."""

    GIVEN = "given"
    """a number was published"""
    ROUNDED = "rounded"
    """published only as a bound, as ``~100``: the mark is shown, no number is used"""
    WITHHELD = "withheld"
    """the publisher, or we, keep it back to protect pupils"""
    MISSING = "missing"
    """no figure was reported"""
    NOT_APPLICABLE = "not_applicable"
    """the question does not apply to this unit"""
    NOT_YET = "not_yet"
    """will be published later"""


class Lang(StrEnum):
    """The languages of the pages."""

    SV = "sv"
    NB = "nb"
    EN = "en"


class Direction(StrEnum):
    """Whether more of the indicator is better."""

    HIGHER = "higher_better"
    LOWER = "lower_better"
    CONTEXT = "context"


ALL = "all"
"""the group that holds every pupil"""
GIRLS, BOYS = "girls", "boys"

Texts = dict[str, str]
"""the same text in each language: ``{"sv": …, "nb": …, "en": …}``"""

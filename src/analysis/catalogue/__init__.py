"""What exists: indicators, levels, sources, what each page shows, and what became of closed units.

All of it is data in the TOML files beside this module, and only this room knows that it is TOML.
Nothing here imports pandas, so that a mistyped name is answered at once.
"""

from __future__ import annotations

from analysis.catalogue.annual_wheel import WHEELS, WheelEvent, turning, wheel_events
from analysis.catalogue.disclosure import AUDIENCES, Limit, kind_of, levels_for, limit
from analysis.catalogue.indicator_list import indicator, indicators
from analysis.catalogue.level_list import level, levels
from analysis.catalogue.lineage_list import Lineage, lineage
from analysis.catalogue.question_bank import RequiredQuestion, may_answer, required_questions
from analysis.catalogue.reading import catalogue_bytes
from analysis.catalogue.report_kinds import (
    COMPARISONS,
    UNDER,
    USUAL,
    VIEWS,
    ReportKind,
    Unfilled,
    report_kind,
    report_kinds,
    unfilled,
)
from analysis.catalogue.reports import questions, shown
from analysis.catalogue.source_list import source, sources
from analysis.catalogue.surveys import Survey, survey, survey_of, surveys

__all__ = [
    "AUDIENCES",
    "COMPARISONS",
    "UNDER",
    "USUAL",
    "VIEWS",
    "WHEELS",
    "Limit",
    "Lineage",
    "ReportKind",
    "RequiredQuestion",
    "Survey",
    "Unfilled",
    "WheelEvent",
    "catalogue_bytes",
    "indicator",
    "indicators",
    "kind_of",
    "level",
    "levels",
    "levels_for",
    "limit",
    "lineage",
    "may_answer",
    "questions",
    "report_kind",
    "report_kinds",
    "required_questions",
    "shown",
    "source",
    "sources",
    "survey",
    "survey_of",
    "surveys",
    "turning",
    "unfilled",
    "wheel_events",
]

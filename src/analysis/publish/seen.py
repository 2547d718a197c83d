"""The unit, year and language that a page is about, and the figures it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.analyses import ANALYSES, analysis
from analysis.catalogue import (
    AUDIENCES,
    COMPARISONS,
    USUAL,
    ReportKind,
    kind_of,
    levels,
    levels_for,
    limit,
    report_kind,
    report_kinds,
)
from analysis.errors import ParameterError, UsageError
from analysis.model import Finding, SchoolYear, by_unit
from analysis.model.observations import PUPIL_COLUMNS, Observations, Result
from analysis.publish.disclosure.decision import Decision, decide, within

WRITTEN = ("commitments", "accounts", "interventions")
"""the tables of a snapshot that hold what units have written"""


@dataclass(frozen=True)
class Run:
    """What a page knows of the run it belongs to: which pages exist, and what made them.

    ``pages`` maps unit ids to paths inside the run; it is empty in a notebook opened alone, which then
    has no links. ``made_from`` maps unit ids to a hash of the figures that their page shows: so a page is the same
    page after figures that it does not show have changed.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    archive: tuple[Mapping[str, str], ...] = ()
    """the reports made before, as `analysis.publish.archiving.archived` reads them"""
    made_from: Mapping[str, str] = field(default_factory=dict)


class Figures:
    """Every question's answer for every unit, measured once and read by every page of one audience.

    What the audience may not see is withheld here, before anything is measured. Intervals, models, comparisons and
    charts are functions of the rows that are shown, so nothing more than those rows can be learnt from them; what is
    counted from pupils is withheld by the same decision (``Observations.hidden``).
    `school` is the school that an audience of one school belongs to: it sees more of itself and of nobody else.
    """

    def __init__(self, snapshot: Any, run: Run | None = None, audience: str = "public", school: str = "") -> None:
        self.snapshot = snapshot
        self.run = run or Run()
        self.audience, self.school = audience, school
        self.units: pd.DataFrame = snapshot.units()
        self._observations: dict[str, Observations] = {}
        self._written: dict[str, pd.DataFrame] = {}
        self._results: dict[tuple[str, str, str, int], Result] = {}

    def observations(self, indicator: str) -> Observations:
        """The rows of one indicator, of which nothing is left that may not be seen."""
        if indicator not in self._observations:
            self._observations[indicator] = self._seen_of(self.snapshot.observations(indicator))
            by_unit.remember(self._observations[indicator].rows)
        return self._observations[indicator]

    @cached_property
    def decision(self) -> Decision:
        """What this audience may see; a school sees of other schools what everybody does.

        Of made-up figures that are not protected everybody sees everything, and nothing is decided.
        """
        if not self.snapshot.is_protected:
            return Decision.of_nothing(self.audience)
        if self.audience != "school":
            return decide(self.snapshot, self.audience)
        if self.school not in self.units.index or self.units.at[self.school, "level"] != "school":
            raise UsageError(f"the audience school is one school's: its unit id is needed, got: {self.school!r}")
        nearer = decide(self.snapshot, "school")
        return decide(self.snapshot, "public").joined(nearer, within(self.units, self.school))

    @cached_property
    def is_closed(self) -> bool:
        """Whether any of the figures is not openly published by an authority and is protected."""
        return bool(self.snapshot.is_protected) and len(self.decision.rows) > 0

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels of which this audience sees figures, lowest first."""
        return levels_for(self.audience) if self.snapshot.is_protected else tuple(levels())

    def written(self, table: str) -> pd.DataFrame:
        """What units have written (one of `WRITTEN`), of those whose pages this audience may see."""
        if table not in self._written:
            collected: pd.DataFrame = getattr(self.snapshot, table)()
            self._written[table] = collected[collected["unit_id"].isin(self._told_of())]
        return self._written[table].copy()

    def _told_of(self) -> pd.Index:
        """The units of which this audience is told: of another school than its own, a school is not told of classes."""
        units = self.units
        if not self.snapshot.is_protected:
            return units.index
        told = units["level"].isin(self.levels)
        if self.audience == "school":
            told &= units["level"].isin(levels_for("public")) | units.index.isin(list(within(units, self.school)))
        return units.index[told]

    def _seen_of(self, collected: Observations) -> Observations:
        """The observations without what may not be seen: rows, who the pupils are, and what pupils are counted in.

        Pupils come in the order of their results, so that the last digit of a sum does not tell which unit they are in.
        """
        if not self.snapshot.is_protected:
            return collected
        measure, decision = collected.indicator, self.decision
        context = collected.context
        for name in context.columns.drop(["unit_id", "year"]):
            if name == "prior_value":
                context = decision.without_hidden(context, measure.prior[0], ["prior_value", "prior_n"], later=1)
            elif name != "prior_n":
                context = decision.without_hidden(context, str(name), [str(name)])
        kind = kind_of(measure.id)
        return replace(
            collected,
            rows=decision.applied(measure.id, collected.rows),
            context=context,
            pupils=_in_order(collected.pupils),
            hidden=decision.hidden(measure.id),
            smallest_cell=1 if kind is None else limit(self.audience, kind).smallest_cell,
        )

    def result(self, question: str, indicator: str, level: str, year: int) -> Result:
        """The question's answer for every unit of the level."""
        key = (question, indicator, level, year)
        if key not in self._results:
            self._results[key] = analysis(question).measure(self.observations(indicator), level, year)
            by_unit.remember(self._results[key].series)
        return self._results[key]

    def forget_workings(self) -> None:
        """Let go of what was worked out on the way to the answers: pages read the answers and the rows only."""
        for each in self._observations.values():
            each.derived.clear()

    def measured(self) -> tuple[dict[str, Observations], dict[tuple[str, str, str, int], Result]]:
        """The rows and answers that have been asked for so far, for pages that are made on another machine."""
        return dict(self._observations), dict(self._results)


def _in_order(pupils: pd.DataFrame) -> pd.DataFrame:
    """The pupils by year, result and answers, and then by all else that is known of them; units come last."""
    results = ["year", "value", "prior", *(str(name) for name in pupils if name not in PUPIL_COLUMNS)]
    units = [name for name in PUPIL_COLUMNS if name.endswith("_id")]
    alike = [name for name in PUPIL_COLUMNS if name not in (*results, *units)]
    return pupils.sort_values([*results, *alike, *units], kind="stable", ignore_index=True)


_opened: list[Figures] = []


def use(figures: Figures) -> None:
    """Let every page made in this process read these figures."""
    _opened[:] = [figures]


def opened() -> Figures:
    """The figures of this process: those given with `use`, else the workspace's current snapshot."""
    if not _opened:
        from analysis.catalogue.workspace import Workspace
        from analysis.store import current

        use(Figures(current(Workspace.find())))
    return _opened[0]


@dataclass(frozen=True)
class Seen:
    """A page in the making. ``pieces`` counts what has gone through the door, ``findings`` what each question said."""

    unit_id: str
    unit: Mapping[str, Any] = field(hash=False)
    year: SchoolYear
    lang: str
    audience: str
    figures: Figures = field(hash=False)
    report: str = USUAL
    compare_with: str = ""
    pieces: list[dict[str, Any]] = field(default_factory=list, hash=False, compare=False)
    findings: dict[str, list[Finding]] = field(default_factory=dict, hash=False, compare=False)
    lower: list[Seen] = field(default_factory=list, hash=False, compare=False)
    """the units that a compilation is of (`analysis.publish.cards.under`), so that each is worded once for a page"""

    @property
    def kind(self) -> ReportKind:
        """The kind of report that the page is."""
        return report_kind(self.report)

    @property
    def about(self) -> tuple[str, ...]:
        """The questions that the page's summary and dialogue speak of."""
        return self.kind.about or tuple(ANALYSES)

    @property
    def name(self) -> str:
        """The unit's name."""
        return str(self.unit["name"])

    @property
    def level(self) -> str:
        """The unit's level."""
        return str(self.unit["level"])

    @property
    def country(self) -> str:
        """The unit's country, se or no."""
        return str(self.unit["country"])

    def link(self, unit_id: str) -> str | None:
        """The address of another unit's page, seen from this one, if the run has it."""
        path = self.figures.run.pages.get(unit_id)
        return f"../{path}" if path else None

    def above(self) -> list[str]:
        """The ids of the units above, highest first."""
        found: list[str] = []
        parent = self.unit["parent_id"]
        while isinstance(parent, str) and parent in self.figures.units.index:
            found.insert(0, parent)
            parent = self.figures.units.at[parent, "parent_id"]
        return found

    def below(self) -> pd.DataFrame:
        """The units directly below, by name."""
        units = self.figures.units
        return units[units["parent_id"] == self.unit_id].sort_values(["name", "code"], kind="stable")

    def seen_below(self) -> pd.DataFrame:
        """The units directly below of which this audience sees figures, by name."""
        units = self.below()
        return units[units["level"].isin(self.figures.levels)]


def open_page(
    *,
    unit: str,
    school_year: str,
    lang: str,
    audience: str,
    level: str = "",
    report: str = USUAL,
    compare_with: str = "",
) -> Seen:
    """Open the page of one unit and school year, as one kind of report.

    Raises ParameterError when the unit is not in the figures or not at the level, the year cannot be read, or the
    language, audience, report or comparison is unknown: a page about something else is never made.
    """
    figures = opened()
    if unit not in figures.units.index:
        raise ParameterError(f"unit: a unit id of the snapshot is needed, got: {unit!r}")
    if lang not in ("sv", "nb", "en"):
        raise ParameterError(f"lang: one of sv, nb, en is needed, got: {lang!r}")
    if audience not in AUDIENCES:
        raise ParameterError(f"audience: one of {', '.join(AUDIENCES)} is needed, got: {audience!r}")
    if audience != figures.audience:
        raise ParameterError(f"audience: these figures are for {figures.audience}, got: {audience!r}")
    try:
        year = SchoolYear.parse(school_year)
    except ValueError as error:
        raise ParameterError(f"school_year: {error}") from None
    row = {str(key): value for key, value in figures.units.loc[unit].items()}
    if level not in ("", row["level"]):
        raise ParameterError(f"level: the unit's own level {row['level']!r} is needed, or none, got: {level!r}")
    if report not in report_kinds() or row["level"] not in report_kind(report).levels:
        raise ParameterError(f"report: a kind of report that is made for the level {row['level']}, got: {report!r}")
    if compare_with not in ("", *COMPARISONS):
        raise ParameterError(f"compare_with: one of {', '.join(COMPARISONS)} or none, got: {compare_with!r}")
    return Seen(unit, row, year, lang, audience, figures, report, compare_with)

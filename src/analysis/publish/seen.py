"""The unit, year and language that a page is about, and the figures it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.analyses import analysis
from analysis.errors import ParameterError
from analysis.model import SchoolYear
from analysis.model.observations import Observations, Result


@dataclass(frozen=True)
class Run:
    """What a page knows of the run it belongs to: which pages exist, and what made them.

    ``pages`` maps unit ids to paths inside the run; it is empty in a notebook opened alone, which then
    has no links.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    code: str = ""


class Figures:
    """Every question's answer for every unit, measured once and read by every page."""

    def __init__(self, snapshot: Any, run: Run | None = None) -> None:
        self.snapshot = snapshot
        self.run = run or Run()
        self.units: pd.DataFrame = snapshot.units()
        self._observations: dict[str, Observations] = {}
        self._results: dict[tuple[str, str, str, int], Result] = {}

    def observations(self, indicator: str) -> Observations:
        """The rows of one indicator; what may not be seen was withheld when they were collected."""
        if indicator not in self._observations:
            self._observations[indicator] = self.snapshot.observations(indicator)
        return self._observations[indicator]

    def result(self, question: str, indicator: str, level: str, year: int) -> Result:
        """The question's answer for every unit of the level."""
        key = (question, indicator, level, year)
        if key not in self._results:
            self._results[key] = analysis(question).measure(self.observations(indicator), level, year)
        return self._results[key]


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
    """A page in the making. ``pieces`` counts what has gone through the door."""

    unit_id: str
    unit: Mapping[str, Any] = field(hash=False)
    year: SchoolYear
    lang: str
    audience: str
    figures: Figures = field(hash=False)
    pieces: list[dict[str, Any]] = field(default_factory=list, hash=False, compare=False)

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


def open_page(*, unit: str, school_year: str, lang: str, audience: str) -> Seen:
    """Open the page of one unit and school year.

    Raises ParameterError when the unit is not in the figures, the year cannot be read, or the language
    or audience is unknown: a page about something else is never made.
    """
    figures = opened()
    if unit not in figures.units.index:
        raise ParameterError(f"unit: a unit id of the snapshot is needed, got: {unit!r}")
    if lang not in ("sv", "nb", "en"):
        raise ParameterError(f"lang: one of sv, nb, en is needed, got: {lang!r}")
    if audience != "public":
        raise ParameterError(f"audience: public is needed, got: {audience!r}")
    try:
        year = SchoolYear.parse(school_year)
    except ValueError as error:
        raise ParameterError(f"school_year: {error}") from None
    row = {str(key): value for key, value in figures.units.loc[unit].items()}
    return Seen(unit, row, year, lang, audience, figures)

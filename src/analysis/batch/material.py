"""What a run is made from: a snapshot with its figures, as the readers may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis import catalogue
from analysis.analyses import ANALYSES
from analysis.batch.plan import program
from analysis.batch.selection import BELOW_SCHOOL, LANGUAGE, Selection, Tell, school_of
from analysis.catalogue.workspace import Workspace
from analysis.errors import UsageError
from analysis.model import SchoolYear, Status
from analysis.publish.seen import Figures, Run
from analysis.store import Snapshot, collect, names


@dataclass(frozen=True)
class Prepared:
    """A snapshot with its figures, and which schools they speak of."""

    snapshot: Snapshot
    figures: Figures
    workspace: Workspace

    @cached_property
    def schools(self) -> frozenset[str]:
        """Schools with a row, given or withheld, of one of the workspace's ``having`` indicators."""
        found: set[str] = set()
        for name in self.workspace.having:
            rows = self.figures.observations(name).at("school")
            found |= set(rows.loc[rows["status"].isin([Status.GIVEN, Status.WITHHELD]), "unit_id"])
        if self.workspace.having:
            return frozenset(found)
        units = self.figures.units
        return frozenset(units.index[units["level"] == "school"])

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels that the readers may see pages of, lowest first."""
        return self.figures.levels

    @cached_property
    def by_sex(self) -> frozenset[str]:
        """Schools with figures for girls and boys in an indicator the equity question shows."""
        found: set[str] = set()
        for country in LANGUAGE:
            for name in catalogue.shown("equity", country, "school"):
                rows = self.figures.observations(name).at("school", "girls")
                found |= set(rows.loc[rows["status"] == Status.GIVEN, "unit_id"])
        return frozenset(found)

    def years(self, country: str) -> list[int]:
        """The school years with a given headline value of a school in the country, oldest first.

        Raises UsageError when there is none.
        """
        if country not in self._years:
            years: set[int] = set()
            for name in catalogue.shown("level", country, "school")[:1]:
                rows = self.figures.observations(name).at("school")
                years |= {int(year) for year in rows.loc[rows["status"] == Status.GIVEN, "year"].unique()}
            self._years[country] = sorted(years)
        if not self._years[country]:
            raise UsageError(f"the snapshot holds no headline figures for the country {country!r}")
        return self._years[country]

    @cached_property
    def _years(self) -> dict[str, list[int]]:
        """The years of each country that has been asked about: the same for all of its pages."""
        return {}

    def year(self, country: str, asked: str | None) -> SchoolYear:
        """The school year asked for, or the newest. Raises UsageError for one without figures."""
        years = self.years(country)
        if asked is None:
            return SchoolYear(years[-1])
        found = SchoolYear.parse(asked)
        if found.start not in years:
            held = ", ".join(str(SchoolYear(year)) for year in years)
            raise UsageError(
                f"--year: there are no figures for {found} about {country}\n  found: {held}\n"
                "  mend:  choose one of these, or choose units of the other country with --only or --within"
            )
        return found

    def without_ended(self, units: Sequence[dict[str, Any]], selection: Selection) -> list[dict[str, Any]]:
        """The units without classes and teams that have no row, given or withheld, in the school year of the pages.

        A class that has left the school keeps its figures, and a page when it is asked for by name.
        """
        lower = [unit for unit in units if unit["level"] in BELOW_SCHOOL]
        if not lower or (selection.only and selection.audience != "school"):
            return list(units)
        present: set[str] = set()
        for country, level in sorted({(str(unit["country"]), str(unit["level"])) for unit in lower}):
            year = self.year(country, selection.year).start
            for name in sorted({name for question in ANALYSES for name in catalogue.shown(question, country, level)}):
                rows = self.figures.observations(name).at(level)
                now = (rows["year"] == year) & rows["status"].isin([Status.GIVEN, Status.WITHHELD])
                present |= set(rows.loc[now, "unit_id"])
        return [unit for unit in units if unit["level"] not in BELOW_SCHOOL or unit["unit_id"] in present]


def prepared(workspace: Workspace, tell: Tell, selection: Selection | None = None) -> Prepared:
    """The workspace's figures, collected anew if any file has changed, as the readers of the selection may see them."""
    snapshot = collect(workspace, tell)
    chosen_for = selection or Selection()
    school = school_of(chosen_for, names.unit_list(snapshot.path))
    figures = Figures(snapshot, Run(code=program()), chosen_for.audience, school)
    return Prepared(snapshot, figures, workspace)

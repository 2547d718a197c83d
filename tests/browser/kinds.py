"""Every kind of report in three languages, and those of open figures in two countries, as files to be opened."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.publish.conftest import UNITS as TOWN

from analysis.batch import Selection
from analysis.batch.run import build_units, page_request, prepared
from analysis.catalogue.workspace import Workspace
from analysis.publish import seen
from analysis.publish.archiving import archived
from analysis.report import page as report
from analysis.store import names

LANGUAGES = ("sv", "nb", "en")
LEVELS = {
    "quality_report": "school",
    "plan": "team",
    "team_account": "team",
    "group_page": "group",
    "area_compilation": "area",
    "year_report": "municipality",
    "board_brief": "municipality",
    "scorecard": "area",
    "dialogue_pack": "school",
    "owner_analysis": "municipality",
    "survey_report": "school",
    "resource_report": "municipality",
    "programme_report": "municipality",
    "annual_wheel": "school",
    "archive_index": "school",
}
"""the level at which each kind is opened; the archive comes last, and lists the others"""


@dataclass(frozen=True, order=True)
class Made:
    """One page that is to be made: which kind, about whom, in which language."""

    kind: str
    unit: str
    lang: str

    @property
    def name(self) -> str:
        """Its name among the tests."""
        return f"{self.kind}-{self.unit.split(':')[0]}-{self.lang}"

    def file(self, reports: Path) -> Path:
        """Where it lies."""
        made = self.unit.replace(":", "-") + ("" if self.kind == "quality_report" else f"_{self.kind}")
        return reports / f"{self.kind}-{self.lang}" / self.unit.split(":")[1] / f"{made}.html"


EVERY = tuple(Made(kind, TOWN[level], lang) for kind, level in LEVELS.items() for lang in LANGUAGES)
OPEN = (
    Made("quality_report", "no:school:874611492", "nb"),
    Made("scorecard", "no:school:874611492", "nb"),
    Made("dialogue_pack", "no:school:874611492", "nb"),
    Made("survey_report", "no:municipality:1103", "nb"),
    Made("resource_report", "se:school:15594566", "sv"),
    Made("plan", "se:school:15594566", "sv"),
)
"""pages of open figures, of which much is missing"""
ALL = (*EVERY, *OPEN)


def make(workspace: Workspace, wanted: Iterable[Made]) -> None:
    """Make the pages of a workspace from figures that are measured once; the first is a run, for the archive."""
    material = prepared(workspace, lambda line: None)
    units = {unit["unit_id"]: unit for unit in names.unit_list(material.snapshot.path)}
    seen.use(material.figures)
    for place, each in enumerate(wanted):
        out = workspace.reports / f"{each.kind}-{each.lang}"
        selection = Selection(only=(each.unit,), lang=each.lang, report=each.kind, out=out)
        if place == 0:
            assert build_units(workspace, material, [units[each.unit]], selection, lambda line: None).made == 1
            material.figures.run = dataclasses.replace(material.figures.run, archive=archived(workspace.reports))
            continue
        request = page_request(workspace, material, units[each.unit], selection)
        material.figures.run = dataclasses.replace(material.figures.run, pages={each.unit: request.path})
        record = report.make(request, out, workspace.reports / ".work")
        assert record.state == "made", record.reason

"""Real pages from the sample that the project ships."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.batch import RunSummary, Selection, build
from analysis.batch.demonstration import MADE_UP
from analysis.batch.run import prepared
from analysis.catalogue.workspace import Workspace
from analysis.model.observations import Result
from analysis.publish import Figures
from analysis.synthetic import Truth, made, truth
from analysis.synthetic.plan import LAST_YEAR, USUAL_PUPILS

ROOT = Path(__file__).parents[2]
CLOSED = "se:school:99990109"
"""a school of the made-up municipality that is no more"""
ONLY_WITHHELD = "se:school:73075913"
PAGES = (
    "se:school:15594566",
    "se:school:21969379",
    "se:school:35561766",
    "se:school:12275851",
    "se:school:25730446",
    "se:school:26666728",
    "se:school:28006480",
    "se:municipality:0180",
    "se:region:03",
    "no:school:974611473",
    "no:school:874611492",
    "no:school:974611341",
    "no:municipality:1103",
    "no:municipality:0301",
    "no:nation:0000",
)


@dataclass(frozen=True)
class Site:
    """A finished run."""

    summary: RunSummary

    def page(self, unit_id: str) -> BeautifulSoup:
        """The page of a unit, parsed."""
        path = self.summary.out / unit_id.split(":")[1] / f"{unit_id.replace(':', '-')}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the project's own data and notebooks, and a store of its own."""
    folder = tmp_path_factory.mktemp("workspace")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("store", "own"))
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copy(ROOT / "arshjul.toml", folder)
    return Workspace.read(folder)


def site_of(workspace: Workspace, name: str, only: tuple[str, ...], jobs: int) -> Site:
    """A run of the named pages."""
    selection = Selection(only=only, jobs=jobs, out=workspace.reports / name)
    return Site(build(workspace, selection, lambda line: None))


@pytest.fixture(scope="session")
def site(workspace: Workspace) -> Site:
    """Ten and more pages on every level, in both countries, and one school with withheld values only."""
    return site_of(workspace, "one", (*PAGES, ONLY_WITHHELD), 1)


@dataclass(frozen=True)
class Town:
    """A made-up municipality that has been collected, and what is true of it."""

    workspace: Workspace
    figures: Figures
    truth: Truth

    def result(self, question: str, indicator: str, level: str, year: int = LAST_YEAR) -> Result:
        """The question's answer for every unit of the level."""
        return self.figures.result(question, indicator, level, year)


def town_of(folder: Path, pupils: int) -> Town:
    """A made-up municipality of about so many pupils, made and collected in a folder.

    Everybody sees everything of it, so that what is found can be compared with what is true.
    """
    workspace = Workspace.read(made(folder, pupils=pupils, notebooks=ROOT / "notebooks", protected=False))
    return Town(workspace, prepared(workspace, lambda line: None).figures, truth(folder))


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A made-up municipality with few pupils."""
    return town_of(tmp_path_factory.mktemp("town") / "small", 1000)


@pytest.fixture(scope="session")
def town_pages(small_town: Town) -> Site:
    """The pages that the demonstration makes of it, and that of a school which is closed."""
    return site_of(small_town.workspace, "pages", (*MADE_UP, CLOSED), 2)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A made-up municipality of the usual size."""
    return town_of(tmp_path_factory.mktemp("town") / "usual", USUAL_PUPILS)


@pytest.fixture(scope="session")
def usual_pages(town: Town) -> Site:
    """The pages that the demonstration makes of it."""
    return site_of(town.workspace, "pages", MADE_UP, 2)

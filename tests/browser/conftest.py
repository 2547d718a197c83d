"""Runs with a page of every level between them, in three languages, and one tab to open them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.acceptance.conftest import ROOT
from tests.browser import kinds
from tests.browser.chromium import Page, started

from analysis.batch import Selection, build
from analysis.catalogue.workspace import Workspace
from analysis.publish import seen
from analysis.report import site
from analysis.report.page import PageRecord
from analysis.synthetic import made

REAL = ("se:school:15594566", "no:school:874611492", "se:region:01", "no:nation:0000")
"""pages in Swedish and Norwegian"""
MADE_UP = ("se:group:99990102-2022-7a", "se:team:99990102-79", "se:area:9901-3", "se:municipality:9901")
"""pages in English"""
SITE = ("index.html", "methods.html", "glossary.html", "not-shown.html")
SMALL = 1000
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><circle cx="10" cy="10" r="9" fill="#5b2a86"/></svg>'
)
COLOURS = 'primary = "#5b2a86"\naccent = "#00877a"\n'


@dataclass(frozen=True)
class Folders:
    """Where the runs lie: of open figures in Swedish, made up in English, and one in Norwegian whose page failed."""

    real: Path
    made_up: Path
    failed: Path

    def file(self, name: str) -> Path:
        """A page by its unit's id, or one of a site by its run's name and its own: ``failed/index.html``."""
        if name.endswith(".html"):
            run, _, path = name.partition("/")
            return {"real": self.real, "made-up": self.made_up, "failed": self.failed}[run] / path
        folder = self.made_up if name in MADE_UP else self.real
        return folder / name.split(":")[1] / f"{name.replace(':', '-')}.html"


ABSENT = "failed/school/no-school-1.html"
SITES = tuple(f"{run}/{each}" for run in ("real", "made-up", "failed") for each in SITE)
PAGES = (*REAL, *MADE_UP, *SITES, ABSENT)


def run_of(workspace: Workspace, only: tuple[str, ...], lang: str | None) -> Path:
    """The folder of a run in which every page was made."""
    summary = build(
        workspace, Selection(only=only, jobs=2, lang=lang, out=workspace.reports / "run"), lambda line: None
    )
    assert summary.failed == ()
    return summary.out


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of the open figures that the project ships."""
    workspace = tmp_path_factory.mktemp("workspace")
    for name in ("notebooks", "arshjul.toml"):
        (workspace / name).symlink_to(ROOT / name)
    (workspace / "data").mkdir()
    for name in ("sweden", "norway"):
        (workspace / "data" / name).symlink_to(ROOT / "data" / name)
    return Workspace.read(workspace)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A made-up municipality with a look of its own."""
    town = made(tmp_path_factory.mktemp("town") / "small", pupils=SMALL, notebooks=ROOT / "notebooks", protected=False)
    (town / "look").mkdir()
    (town / "look" / "logo.svg").write_text(LOGO, encoding="utf-8")
    (town / "look" / "colours.toml").write_text(COLOURS, encoding="utf-8")
    return Workspace.read(town)


@pytest.fixture(scope="session")
def folders(real: Workspace, town: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The runs of quality reports, and a site whose only page failed."""
    failed = tmp_path_factory.mktemp("failed")
    record = PageRecord("no:school:1", "school", "school/no-school-1.html", "failed", reason="its time was up")
    unit = {"unit_id": "no:school:1", "level": "school", "name": "Åsen skole", "code": "1", "parent_id": None}
    site.write(failed, [record], [unit], lang="nb", school_year="2024/25", made_up=False)
    return Folders(run_of(real, REAL, None), run_of(town, MADE_UP, "en"), failed)


@pytest.fixture(scope="session")
def reports(real: Workspace, town: Workspace) -> Iterator[dict[str, Path]]:
    """Where the pages of every kind lie, by the name of each."""
    before = list(seen._opened)
    kinds.make(town, kinds.EVERY)
    kinds.make(real, kinds.OPEN)
    yield {each.name: each.file((town if each in kinds.EVERY else real).reports) for each in kinds.ALL}
    seen._opened[:] = before


@pytest.fixture(scope="session")
def page(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as tab:
        yield tab

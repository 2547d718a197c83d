"""Two runs with a page of every level between them, in three languages, and one tab to open them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.acceptance.conftest import ROOT
from tests.browser.chromium import Page, started

from analysis.batch import Selection, build
from analysis.catalogue.workspace import Workspace
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
    """Where the two runs lie."""

    real: Path
    made_up: Path

    def file(self, name: str) -> Path:
        """A page by its unit's id, a page of the real run's site, or one of the made-up one's (``made-up/…``)."""
        if name.endswith(".html"):
            return self.made_up / name.removeprefix("made-up/") if name.startswith("made-up/") else self.real / name
        folder = self.made_up if name in MADE_UP else self.real
        return folder / name.split(":")[1] / f"{name.replace(':', '-')}.html"


ABSENT = "made-up/school/se-school-99990102.html"
PAGES = (*REAL, *MADE_UP, *SITE, *(f"made-up/{each}" for each in SITE), ABSENT)


def run_of(workspace: Workspace, only: tuple[str, ...], lang: str | None) -> Path:
    """The folder of a run in which every page was made."""
    summary = build(
        workspace, Selection(only=only, jobs=2, lang=lang, out=workspace.reports / "run"), lambda line: None
    )
    assert summary.failed == ()
    return summary.out


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Both runs; the made-up one has a look of its own."""
    workspace = tmp_path_factory.mktemp("workspace")
    for name in ("notebooks", "arshjul.toml"):
        (workspace / name).symlink_to(ROOT / name)
    (workspace / "data").mkdir()
    for name in ("sweden", "norway"):
        (workspace / "data" / name).symlink_to(ROOT / "data" / name)
    town = made(tmp_path_factory.mktemp("town") / "small", pupils=SMALL, notebooks=ROOT / "notebooks", protected=False)
    (town / "look").mkdir()
    (town / "look" / "logo.svg").write_text(LOGO, encoding="utf-8")
    (town / "look" / "colours.toml").write_text(COLOURS, encoding="utf-8")
    return Folders(run_of(Workspace.read(workspace), REAL, None), run_of(Workspace.read(town), MADE_UP, "en"))


@pytest.fixture(scope="session")
def page(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as tab:
        yield tab

"""A town whose names, reasons and comments are attacks, built once into pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.browser.chromium import Page, started
from tests.store.conftest import town_in
from tests.store.town import FILES

from analysis.batch import RunSummary, Selection, build
from analysis.catalogue.workspace import Workspace
from analysis.report import leaks
from analysis.report.known import known_of

ROOT = Path(__file__).parents[2]
HIT = "window.hit=1"
NAMES = {
    "99": f"<script>{HIT}</script>",
    "9901": f'"><img src=x onerror={HIT}>',
    "norr": f"<svg onload={HIT}>",
    "99000001": f"</title></style><script>{HIT}</script>",
    "99000002": f"javascript:{HIT}",
    "99000003": f"' onmouseover='{HIT}' x='",
    "99000004": "$\\frac{1}{0}$ _a^b",
    "99000005": "{{ 7*7 }}{% raw %}{# a #}${7*7}",
    "lag-1": "../../../../tmp/utanför",
    "a9": f"<a href=javascript:{HIT}>klicka</a>",
    "b9": "=HYPERLINK('a';'b')",
    "c9": "@SUM(A1:A9)",
    "d9": "_gömd %s %(a)s {unit} {0.__class__}",
    "e9": f"('a', <iframe srcdoc='<script>{HIT}</script>'>)",
    "e6": "]]>--><!-- \u202eomvänt",
}
PAGES = (
    "se:municipality:9901", "se:area:norr", "se:school:99000003", "se:school:99000005", "se:group:e9",
    "se:team:lag-1", "se:region:99", "se:group:b9", "se:school:99000002",
)  # fmt: skip


def changed(name: str, column: str, texts: dict[str, str] | str) -> str:
    """A file of the town with other texts in a column: by the first column's cell, or the same in every row."""
    rows = list(csv.reader(io.StringIO(FILES[name]), delimiter=";"))
    place = rows[0].index(column)
    for row in rows[1:]:
        row[place] = texts if isinstance(texts, str) else texts[row[0]]
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
    return out.getvalue()


def town_of(folder: Path, settings: str = "synthetic = true\n", **files: str | None) -> Workspace:
    """A made-up town with the project's notebooks."""
    workspace = town_in(folder, settings, "", dict(files))
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    return workspace


@dataclass(frozen=True)
class Built:
    """A run, its folder and the workspace it was made in."""

    workspace: Workspace
    summary: RunSummary

    @property
    def out(self) -> Path:
        """The folder of the run."""
        return self.summary.out

    def pages(self) -> list[Path]:
        """Every page of the run, the index too."""
        return sorted(self.out.rglob("*.html"))


def built(workspace: Workspace, only: tuple[str, ...]) -> Built:
    """The pages of some units, with the leak scan told what to look for."""
    leaks.use(known_of(workspace))
    selection = Selection(only=only, jobs=2, out=workspace.reports / "run")
    return Built(workspace, build(workspace, selection, lambda line: None))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Pages of the town in which every name and every free text is an attack."""
    attack = " ".join(NAMES.values())
    files = {"units": changed("units", "name", NAMES)}
    files["targets"] = changed("targets", "why", attack)
    files["commitments"] = changed("commitments", "what", attack)
    everybody_sees_all = "[synthetic]\nprotected = false\n"
    return built(town_of(tmp_path_factory.mktemp("hostile"), everybody_sees_all, **files), PAGES)


@pytest.fixture(scope="session")
def tab(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as page:
        yield page

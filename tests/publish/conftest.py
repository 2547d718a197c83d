"""A small made-up municipality, and every kind of report about it as the door displays it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import IPython.display
import pytest
from bs4 import BeautifulSoup

from analysis import catalogue, publish
from analysis.batch.run import prepared
from analysis.catalogue.workspace import Workspace
from analysis.publish import Figures, open_page, use
from analysis.publish.seen import Seen, _opened
from analysis.synthetic import made

UNITS = {
    "group": "se:group:99990102-2022-7a",
    "team": "se:team:99990102-79",
    "school": "se:school:99990102",
    "area": "se:area:9901-3",
    "municipality": "se:municipality:9901",
    "region": "se:region:99",
}
"""a unit of each level, one above the other except the region"""
Displayed = Callable[..., BeautifulSoup]


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """The figures of a made-up municipality with few pupils, of which everybody sees everything."""
    folder = made(tmp_path_factory.mktemp("town") / "small", pupils=1000, protected=False)
    return prepared(Workspace.read(Path(folder)), lambda line: None).figures


@pytest.fixture
def opened(figures: Figures) -> Any:
    """Open a unit's page as a kind of report; the figures of the process are put back afterwards."""
    before = list(_opened)
    use(figures)

    def page(level: str, report: str = catalogue.USUAL, lang: str = "sv", **more: str) -> Seen:
        asked = {"unit": UNITS[level], "school_year": "2024/25", "lang": lang, "audience": "public"} | more
        return open_page(**asked, report=report)

    yield page
    _opened[:] = before


@pytest.fixture(scope="session")
def already() -> dict[object, str]:
    """What has been displayed before: the same figures give the same page."""
    return {}


@pytest.fixture
def displayed(opened: Callable[..., Seen], already: dict[object, str], monkeypatch: pytest.MonkeyPatch) -> Displayed:
    """What a kind of report displays about the unit of a level: its own parts, without the questions' figures."""

    def pieces(level: str, report: str, lang: str = "sv", parts: tuple[str, ...] = (), **more: str) -> BeautifulSoup:
        asked = (level, report, lang, parts, *sorted(more.items()))
        if asked not in already:
            already[asked] = html(level, report, lang, parts, **more)
        return BeautifulSoup(already[asked], "html.parser")

    def html(level: str, report: str, lang: str, parts: tuple[str, ...], **more: str) -> str:
        seen, shown = opened(level, report, lang, **more), []
        monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: shown.append(bundle["text/html"]))
        for part in parts or seen.kind.parts:
            if not part.startswith("show ") and part not in ("coverage", "methods"):
                getattr(publish, part)(seen)
        return "\n".join(shown)

    return pieces

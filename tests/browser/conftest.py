"""One run with a page of every kind, and one tab to open them in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import ROOT, site_of
from tests.browser.chromium import Page, started

from analysis.catalogue.workspace import Workspace

UNITS = ("se:school:15594566", "no:school:874611492", "se:municipality:0380", "se:region:01", "no:nation:0000")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a page of every kind."""
    workspace = tmp_path_factory.mktemp("workspace")
    for name in ("notebooks", "arshjul.toml"):
        (workspace / name).symlink_to(ROOT / name)
    (workspace / "data").mkdir()
    for name in ("sweden", "norway"):
        (workspace / "data" / name).symlink_to(ROOT / "data" / name)
    return site_of(Workspace.read(workspace), "browser", UNITS, 2).summary.out


@pytest.fixture(scope="session")
def page(chromium: str) -> Iterator[Page]:
    """A tab of a headless Chromium."""
    with started(chromium) as tab:
        yield tab


def file_of(folder: Path, unit_id: str) -> Path:
    """The page of a unit in the run's folder."""
    return folder / unit_id.split(":")[1] / f"{unit_id.replace(':', '-')}.html"

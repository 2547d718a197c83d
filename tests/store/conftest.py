"""The shipped data, collected once for all tests of the store."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.store.town import FILES

from analysis.catalogue.workspace import Workspace
from analysis.store import Snapshot, collect

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def real_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("real")
    shutil.copy(ROOT / "arshjul.toml", folder)
    for country in ("sweden", "norway"):
        shutil.copytree(ROOT / "data" / country, folder / "data" / country)
    return Workspace.find(folder)


@pytest.fixture(scope="session")
def real(real_workspace: Workspace) -> Snapshot:
    return collect(real_workspace, tell=lambda _: None)


def town_in(folder: Path, settings: str, figures: str, changed: dict[str, str | None]) -> Workspace:
    """The made-up town's workspace in a folder; files given by name are other than usual, None leaves one out."""
    (folder / "arshjul.toml").write_text(settings, encoding="utf-8")
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data" / "local").mkdir(parents=True)
    for name, text in {**FILES, **changed}.items():
        if text is not None:
            (folder / "data" / "local" / f"{name}.csv").write_text(text, encoding="utf-8")
    if figures:
        (folder / "data" / "own").mkdir()
        (folder / "data" / "own" / "figures.csv").write_text(figures, encoding="utf-8")
    return Workspace.find(folder)


@pytest.fixture(scope="session")
def whole_town(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return collect(town_in(tmp_path_factory.mktemp("town"), "synthetic = true\n", "", {}), tell=lambda _: None)


@pytest.fixture
def collected(whole_town: Snapshot, tmp_path: Path) -> Callable[..., Snapshot]:
    """A function that collects the made-up town, with some files other than usual; without any, it is there already."""

    def make(*, settings: str = "synthetic = true\n", figures: str = "", **changed: str | None) -> Snapshot:
        if (settings, figures, changed) == ("synthetic = true\n", "", {}):
            return whole_town
        return collect(town_in(tmp_path, settings, figures, changed), tell=lambda _: None)

    return make

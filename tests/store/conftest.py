"""The shipped data, collected once for all tests of the store."""

import shutil
from pathlib import Path

import pytest

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

"""A small made-up municipality in a folder, and a full-sized one in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.synthetic import Truth, made, truth
from analysis.synthetic.municipality import Municipality, municipality, stream
from analysis.synthetic.neighbours import Neighbours, neighbours
from analysis.synthetic.plan import planned

SMALL, SEED = 1200, 3


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small made-up municipality with its files."""
    return made(tmp_path_factory.mktemp("synthetic") / "small", seed=SEED, pupils=SMALL)


@pytest.fixture(scope="session")
def known(folder: Path) -> Truth:
    """What is true of it."""
    return truth(folder)


@pytest.fixture(scope="session")
def town() -> Municipality:
    """A municipality of the usual size, not written anywhere."""
    return municipality(planned(), SEED)


@pytest.fixture(scope="session")
def beside() -> Neighbours:
    """Its neighbours."""
    return neighbours(stream(SEED, "neighbours"))

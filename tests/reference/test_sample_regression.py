"""The sample data give the regression that statsmodels gave once on the same rows."""

import shutil
from pathlib import Path

import pytest

from analysis.analyses.adjusted.measure import measure
from analysis.catalogue.workspace import Workspace
from analysis.store import collect


@pytest.mark.slow
def test_merit_value_on_background_is_the_reference(repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "arshjul.toml", tmp_path)
    shutil.copytree(repository / "data" / "sweden", tmp_path / "data" / "sweden")
    shutil.copytree(repository / "data" / "norway", tmp_path / "data" / "norway")
    snapshot = collect(Workspace.find(tmp_path), tell=lambda _: None)
    found = measure(snapshot.observations("merit_value"), "school", 2023).details["fit"]
    assert isinstance(found, dict)
    known = {"parents_education": (1.4081, 0.0614), "foreign_background": (0.1720, 0.0460), "girls": (1.0511, 0.2516)}
    for name, (coefficient, se) in known.items():
        assert found["coefficients"][name] == pytest.approx(coefficient, abs=1e-3)
        assert found["se"][name] == pytest.approx(se, abs=1e-3)
    assert found["n"] == 1943 and found["r2"] == pytest.approx(0.5827, abs=1e-3)

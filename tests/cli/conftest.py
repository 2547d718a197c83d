"""The commands as a user runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def arshjul(repository: Path) -> Run:
    """Run `arshjul` in a process of its own, or Python with `code`, and give what it wrote and its exit code."""
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONPATH": str(repository / "src")}

    def run(
        *arguments: str | Path, folder: Path | None = None, code: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        start = ["-m", "analysis.cli"] if code is None else ["-c", code]
        command = [sys.executable, *start, *map(str, arguments)]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    return run


@pytest.fixture(scope="session")
def small_workspace(repository: Path, tmp_path_factory: pytest.TempPathFactory, arshjul: Run) -> Path:
    """A collected workspace with the Swedish sample data of the county of Uppsala."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "arshjul.toml").write_text('[scope]\nse = ["03"]\nno = ["11"]\n', encoding="utf-8")
    shutil.copytree(repository / "data", folder / "data", ignore=shutil.ignore_patterns("store", "own"))
    found = arshjul("collect", folder=folder)
    assert found.returncode == 0, found.stderr
    return folder

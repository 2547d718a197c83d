from __future__ import annotations

import subprocess

import pytest

from analysis.cli import main
from analysis.cli.laboratory import QUIET


@pytest.fixture
def commands(monkeypatch) -> list[list[str]]:
    """The commands that would have been started."""
    started: list[list[str]] = []

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        started.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return started


def test_the_notebooks_open_on_this_machine_only_and_ask_the_network_nothing(commands, repository) -> None:
    with pytest.raises(SystemExit):
        main(["-C", str(repository), "lab", "--port", "8890", "--no-browser"])
    (command,) = commands
    assert f"--ServerApp.root_dir={repository / 'notebooks'}" in command
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--ServerApp.port=8890" in command
    assert set(QUIET) <= set(command)
    assert "--no-browser" in command


def test_a_workspace_without_notebooks_says_how_to_get_them(commands, tmp_path, capsys) -> None:
    (tmp_path / "arshjul.toml").touch()
    with pytest.raises(SystemExit) as end:
        main(["-C", str(tmp_path), "lab"])
    assert end.value.code == 2
    assert "mend:  arshjul init DIR" in capsys.readouterr().err
    assert commands == []

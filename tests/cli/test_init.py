from __future__ import annotations

from analysis.catalogue.workspace import Workspace


def test_a_new_workspace_has_everything_to_begin_with(arshjul, tmp_path, repository) -> None:
    folder = tmp_path / "my schools"
    found = arshjul("init", folder)
    assert found.returncode == 0, found.stderr
    workspace = Workspace.find(folder)
    assert workspace.within
    assert (workspace.data / "own").is_dir()
    assert workspace.reports.is_dir()
    assert not workspace.store.exists()
    known = sorted(path.relative_to(repository) for path in (repository / "notebooks").rglob("*.ipynb"))
    assert [path for path in known if ".ipynb_checkpoints" not in path.parts] == sorted(
        path.relative_to(folder) for path in workspace.notebooks.rglob("*.ipynb")
    )
    assert "next:\n  cd " in found.stdout


def test_a_folder_with_something_in_it_is_left_alone(arshjul, tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    found = arshjul("init", tmp_path)
    assert found.returncode == 2
    assert "is already there and not empty" in found.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_every_setting_is_explained_where_it_stands(repository) -> None:
    lines = (repository / "src/analysis/cli/workspace.toml").read_text(encoding="utf-8").splitlines()
    settings = [place for place, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert len(settings) == 4
    for place in settings:
        above = [line for line in lines[:place][::-1]]
        first_other = next(line for line in above if " = " not in line or line.startswith("#"))
        assert first_other.startswith("#"), lines[place]

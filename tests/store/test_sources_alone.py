"""A workspace with the files of one source only, and the files that a source reads."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.catalogue import indicators, sources
from analysis.catalogue.workspace import Workspace
from analysis.cli import premises
from analysis.cli.doctor import State
from analysis.errors import InputRefused
from analysis.model.observations import ROW_COLUMNS
from analysis.store import collect
from analysis.store.sources.places import OWN_FOLDERS, files_of, refuse_unknown_own

PUBLISHED = [source for source in sources().values() if source.id not in OWN_FOLDERS]


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    (tmp_path / "arshjul.toml").write_text("", encoding="utf-8")
    (tmp_path / "data" / "own").mkdir(parents=True)
    return Workspace.find(tmp_path)


@pytest.mark.parametrize("source", [source.id for source in PUBLISHED])
def test_each_source_alone_is_enough(real_workspace: Workspace, empty: Workspace, source: str) -> None:
    for file in files_of(sources()[source], real_workspace.data)[:2]:
        there = empty.data / file.relative_to(real_workspace.data)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, there)
    found = collect(empty, tell=lambda _: None)
    with_rows = {name for name in indicators() if len(found.observations(name).rows)}
    assert with_rows and {indicators()[name].source for name in with_rows} <= {source, "udir_wide", "udir_long"}
    for name in indicators():
        assert list(found.observations(name).rows.columns) == list(ROW_COLUMNS)
    absent = [note["text"].split(":")[0] for note in found.notes() if note["kind"] == "source absent"]
    assert sorted(absent) == sorted(each.id for each in PUBLISHED if each.id != source)
    assert premises.data_files(empty).state is State.NOTE


def test_suffixes_fit_whatever_their_letters_and_hidden_files_do_not(empty: Workspace) -> None:
    for name in ("mine.CSV", "b.Xlsx", "a.csv", ".hidden.csv", "~$b.xlsx", "notes.md"):
        (empty.data / "own" / name).touch()
    found = files_of(sources()["own"], empty.data)
    assert [path.name for path in found] == ["a.csv", "b.Xlsx", "mine.CSV"]


def test_every_shipped_file_is_read_by_one_source(real_workspace: Workspace) -> None:
    read = [path for source in sources().values() for path in files_of(source, real_workspace.data)]
    shipped = [
        path for path in real_workspace.data.rglob("*") if path.is_file() and path.suffix in (".csv", ".parquet")
    ]
    assert sorted(read) == sorted(path for path in shipped if real_workspace.store not in path.parents)


@pytest.mark.parametrize("folder", OWN_FOLDERS)
@pytest.mark.parametrize("name", ["mine.xls", "mine.txt", "mine", "2024/mine.csv", "~$mine.xlsx"])
def test_a_file_of_ones_own_that_is_not_read_is_refused(empty: Workspace, folder: str, name: str) -> None:
    (empty.data / folder / name).parent.mkdir(exist_ok=True, parents=True)
    (empty.data / folder / name).touch()
    with pytest.raises(InputRefused, match="a file of one's own figures fits") as refused:
        refuse_unknown_own(empty.data, sources()[folder])
    assert refused.value.file == f"{folder}/{name}"
    assert premises.data_files(empty).state is State.WRONG
    assert f"{folder}/{name}" in premises.data_files(empty).found


def test_a_made_up_workspace_needs_no_publishers_files(empty: Workspace) -> None:
    (empty.data / "local").mkdir()
    (empty.data / "local" / "units.csv").touch()
    assert premises.data_files(empty).state is State.WRONG
    assert premises.data_files(replace(empty, synthetic=True)).state is State.OK


def test_notes_for_people_and_hidden_files_may_stand_beside_ones_own_figures(empty: Workspace) -> None:
    for name in ("mine.CSV", "README.md", ".DS_Store"):
        (empty.data / "own" / name).touch()
    refuse_unknown_own(empty.data, sources()["own"])


def test_the_newest_file_is_one_that_some_source_reads(empty: Workspace) -> None:
    (empty.data / "own" / "mine.CSV").touch()
    for name in ("README.md", "own/README.md", "own/.DS_Store"):
        (empty.data / name).touch()
    assert premises.newest_file(empty) == empty.data / "own" / "mine.CSV"

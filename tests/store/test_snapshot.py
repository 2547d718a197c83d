"""What a snapshot promises when files change, fail or are absent."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from analysis.catalogue.workspace import Workspace
from analysis.errors import InputRefused, UsageError
from analysis.store import collect, current

FILE = "norway/nasjonale_prover/2024-25_20260224-1156_Nasjonale_proever_ungdomstrinn.csv"


@pytest.fixture
def small(real_workspace: Workspace, tmp_path: Path) -> Workspace:
    (tmp_path / "arshjul.toml").write_text("", encoding="utf-8")
    (tmp_path / "data" / FILE).parent.mkdir(parents=True)
    shutil.copy(real_workspace.data / FILE, tmp_path / "data" / FILE)
    return Workspace.find(tmp_path)


def test_nothing_collected_says_how_to_collect(small: Workspace) -> None:
    with pytest.raises(UsageError, match="arshjul collect"):
        current(small)


def test_a_changed_file_gives_another_snapshot_and_both_are_kept(small: Workspace) -> None:
    first = collect(small, tell=lambda _: None)
    file = small.data / FILE
    text = file.read_bytes().decode("utf-16-le")
    file.write_bytes(text.replace("60 594", "60 595").encode("utf-16-le"))
    second = collect(small, tell=lambda _: None)
    assert first.hash != second.hash and first.path.is_dir()
    assert current(small) == second
    nation = second.observations("np8_english").rows.query("unit_id == 'no:nation:0000'")
    assert list(nation["n"]) == [60595.0]


def test_another_scope_is_another_snapshot(small: Workspace) -> None:
    whole = collect(small, tell=lambda _: None)
    part = collect(dataclasses.replace(small, scope={"no": ("11",)}), tell=lambda _: None)
    assert whole.hash != part.hash
    assert set(part.units()["region_id"]) == {"no:region:11", ""}
    assert set(part.units().query("region_id == ''")["level"]) == {"nation"}


def test_the_same_files_give_the_same_bytes(small: Workspace) -> None:
    first = collect(small, tell=lambda _: None)
    before = {file.name: file.read_bytes() for file in first.path.iterdir()}
    shutil.rmtree(small.store)
    second = collect(small, tell=lambda _: None)
    assert {file.name: file.read_bytes() for file in second.path.iterdir()} == before


def test_a_refused_file_leaves_the_last_snapshot_in_place(small: Workspace) -> None:
    first = collect(small, tell=lambda _: None)
    (small.data / FILE).write_bytes(b"nothing of the kind")
    with pytest.raises(InputRefused):
        collect(small, tell=lambda _: None)
    assert current(small) == first
    assert sorted(path.name for path in small.store.iterdir()) == sorted([first.path.name, "current"])


def test_observations_handed_out_cannot_change_the_snapshot(small: Workspace) -> None:
    found = collect(small, tell=lambda _: None)
    rows, units = found.observations("np8_reading").rows, found.units()
    rows["value"], units["name"] = 0.0, ""
    assert found.observations("np8_reading").rows["value"].max() > 0
    assert found.units().loc["no:nation:0000", "name"] == "Norge"


def test_an_unknown_indicator_gets_the_nearest_name(small: Workspace) -> None:
    with pytest.raises(UsageError, match="Did you mean 'np8_reading'"):
        collect(small, tell=lambda _: None).observations("np8_readin")

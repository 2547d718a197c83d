"""A changed figure makes those pages anew that show something of it, and the others are taken over as they are."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import RunSummary, Selection, build
from analysis.catalogue.workspace import Workspace

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
COUNTY, FAR = "se:region:03", ("no:school:974611473", "no:municipality:1103")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the sample data of the county of Uppsala and of Rogaland."""
    folder = tmp_path_factory.mktemp("rows")
    (folder / "arshjul.toml").write_text('[scope]\nse = ["03"]\nno = ["11"]\n', encoding="utf-8")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("store", "own"))
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return Workspace.read(folder)


def pages(summary: RunSummary) -> dict[str, str]:
    return {path.stem: sha256(path.read_bytes()).hexdigest() for path in summary.out.glob("*/*.html")}


def changed_row(workspace: Workspace) -> str:
    """The code of a school whose newest merit value is another one from now on."""
    file = next((workspace.data / "sweden/skolverket").glob("*.parquet"))
    raw = pd.read_parquet(file)
    of_county = raw["Kommunkod"].str.startswith("03") & (raw["variable"] == "averageGradesMeritRating9thGrade")
    rows = raw[of_county & (raw["type"] == "gr") & (raw["valueType"] == "EXISTS")]
    where = rows.sort_values(["timePeriod", "Skolenhetskod"]).index[-1]
    raw.loc[where, "value"] -= 5
    raw.to_parquet(file, index=False)
    return str(raw.loc[where, "Skolenhetskod"])


def test_a_changed_row_makes_its_school_and_those_above_anew_and_takes_over_what_shows_nothing_of_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    copy = tmp_path / "data"
    shutil.copytree(workspace.data, copy, ignore=shutil.ignore_patterns("store"))
    code = changed_row(Workspace(tmp_path))
    only = (f"se:school:{code}", COUNTY, *FAR)
    before = build(workspace, Selection(only=only, jobs=2), lambda line: None)
    assert before.made == len(only)
    shutil.copytree(copy, workspace.data, dirs_exist_ok=True)
    said: list[str] = []
    after = build(workspace, Selection(only=only, jobs=2), said.append)
    assert after.out != before.out, "another snapshot, another folder"
    assert (after.made, after.kept, after.failed) == (2, 2, ())
    assert {unit for unit, _, _ in after.why} == set(only[:2])
    why = {unit: reasons for unit, _, reasons in after.why}
    assert (
        "the unit's own figures have changed" in why[only[0]] and "the unit's own figures have changed" in why[COUNTY]
    )
    fresh = build(workspace, Selection(only=only, jobs=2, out=workspace.reports / "fresh", force=True), said.append)
    assert pages(fresh) == pages(after)
    assert {name for name, found in pages(before).items() if pages(after)[name] == found} == {
        each.replace(":", "-") for each in FAR
    }
    manifest = json.loads((after.out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == json.loads((fresh.out / "manifest.json").read_text(encoding="utf-8"))

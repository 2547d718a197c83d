"""A protected municipality whose figures are corrected after they were released: each release is made, none leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from tests.acceptance.conftest import ROOT

from analysis.batch import RunSummary, Selection, build
from analysis.catalogue.workspace import Workspace
from analysis.publish.disclosure.ledger import Ledger
from analysis.publish.disclosure.material import Material
from analysis.store import Snapshot, collect
from analysis.synthetic import made

pytestmark = pytest.mark.slow
PAGES = ("se:school:99990102", "se:municipality:9901")
YEAR = "2024/25"
TIMES, OTHERWISE, GONE = 2, 6, 3
"""how often, and how many results each time, are corrected and taken away"""


@dataclass(frozen=True)
class Released:
    """One release: the run, what it told, and which figures it was decided that everybody may see."""

    summary: RunSummary
    told: str
    snapshot: Snapshot


def corrected(results: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Other results for a few pupils, and none for fewer."""
    chance = np.random.default_rng(seed)
    passed = results.index[(results["school_year"] == YEAR) & results["value"].isin(["0", "1"])]
    changed = chance.choice(passed, OTHERWISE, replace=False)
    found = results.copy()
    found.loc[changed, "value"] = found.loc[changed, "value"].map({"0": "1", "1": "0"})
    return found.drop(chance.choice(passed.difference(changed), GONE, replace=False))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Released]:
    """Pages for everybody, and the same once more after each correction."""
    folder = made(tmp_path_factory.mktemp("corrected") / "town", pupils=1000, notebooks=ROOT / "notebooks")
    for other in ("local/answers.csv", "own/figures.csv"):
        (folder / "data" / other).unlink()
    file = folder / "data" / "local" / "results.csv"
    results = pd.read_csv(file, sep=";", dtype=str)
    results = results[results["school_year"] == YEAR]
    workspace, found = Workspace.read(folder), []
    for time in range(TIMES + 1):
        results = corrected(results, time) if time else results
        results.to_csv(file, sep=";", index=False)
        snapshot = collect(workspace, tell=lambda _: None)
        said: list[str] = []
        out = folder / "reports" / f"release-{time}"
        summary = build(workspace, Selection(only=PAGES, jobs=2, out=out), said.append)
        found.append(Released(summary, "\n".join(said), snapshot))
    return found


def test_every_release_is_made_and_none_is_stopped(releases: list[Released]) -> None:
    assert [(each.summary.made, each.summary.failed) for each in releases] == [(len(PAGES), ())] * (TIMES + 1)
    assert len({each.snapshot.hash for each in releases}) == TIMES + 1


def test_no_small_group_is_given_up_because_of_what_was_shown_before(releases: list[Released]) -> None:
    for each in releases:
        assert "known more closely" not in each.told
        assert "can in no way be true" not in each.told
        assert "audit " in each.told


def test_the_corrections_are_about_figures_that_were_released(releases: list[Released]) -> None:
    known = Ledger.of(releases[-1].snapshot.path).known("public")
    key = ["indicator", "unit_id", "group", "year"]
    several = known.dropna(subset="value").groupby(key)["value"].nunique()
    assert (several > 1).sum() >= 5
    assert known["release"].nunique() == TIMES + 1


def test_what_was_shown_and_is_as_it_was_is_shown_again(releases: list[Released]) -> None:
    """That others were corrected hides nothing that everybody has seen."""
    known = Ledger.of(releases[-1].snapshot.path).known("public")
    key, numbers = ["indicator", "unit_id", "group", "year"], ["value", "n"]
    rounds = [known.loc[known["release"] == each, [*key, *numbers]] for each in known["release"].unique()]
    for before, after, now in zip(rounds[:-1], rounds[1:], releases[1:], strict=True):
        observed = Material(now.snapshot).observed.dropna(subset="value")
        both = before.dropna(subset="value").merge(observed, on=key, suffixes=("", "_now"))
        as_it_was = both[np.isclose(both["value"], both["value_now"]) & np.isclose(both["n"], both["n_now"])]
        assert len(as_it_was) > 1000
        lost = as_it_was.merge(after[key], on=key, how="left", indicator=True).query("_merge == 'left_only'")
        assert lost[key].to_numpy().tolist() == []

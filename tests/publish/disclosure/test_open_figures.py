"""Figures that authorities have published are shown as they are published."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.catalogue.workspace import Workspace
from analysis.errors import ParameterError, UsageError
from analysis.publish.seen import Figures, open_page, use
from analysis.store import Snapshot, collect

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("open")
    shutil.copy(ROOT / "arshjul.toml", folder)
    for country in ("sweden", "norway"):
        shutil.copytree(ROOT / "data" / country, folder / "data" / country)
    return collect(Workspace.find(folder), tell=lambda _: None)


def test_every_open_figure_is_shown_as_it_is_published(real: Snapshot) -> None:
    figures = Figures(real)
    given = 0
    for name in ("merit_value", "eligible_vocational", "parents_education", "np5_reading", "np9_numeracy"):
        found, published = figures.observations(name), real.observations(name)
        pd.testing.assert_frame_equal(found.rows, published.rows)
        pd.testing.assert_frame_equal(found.context, published.context)
        assert found.hidden.empty
        given += int((found.rows["status"] == "given").sum())
    assert given > 1000
    assert figures.decision.hash == ""


def test_nothing_private_is_kept_of_open_figures(real: Snapshot) -> None:
    assert not (real.path / "private.parquet").exists()


def test_a_page_is_opened_for_the_readers_its_figures_are_for(real: Snapshot) -> None:
    use(Figures(real, audience="board"))
    asked = {"unit": "se:region:03", "school_year": "2023/24", "lang": "sv"}
    assert open_page(**asked, audience="board").audience == "board"
    with pytest.raises(ParameterError, match="these figures are for board, got: 'public'"):
        open_page(**asked, audience="public")
    with pytest.raises(ParameterError, match="one of public, board, owner, school is needed, got: 'all'"):
        open_page(**asked, audience="all")


def test_the_audience_of_a_school_names_the_school(real: Snapshot) -> None:
    with pytest.raises(UsageError, match="one school's: its unit id is needed, got: ''"):
        Figures(real, audience="school").observations("merit_value")

"""What the form in JupyterLab does, and what a selection on the command line means."""

from __future__ import annotations

import nbformat
import pytest

from analysis.batch import Selection
from analysis.batch.choosing import notebook_of, page_of
from analysis.batch.run import build, prepared
from analysis.batch.selection import chosen
from analysis.errors import UsageError
from analysis.store import names

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def material(workspace):
    """The sample's figures."""
    return prepared(workspace, lambda line: None)


@pytest.fixture(scope="module")
def units(material):
    """The sample's units."""
    return names.unit_list(material.snapshot.path)


def _ids(selection, workspace, units, material):
    return [unit["unit_id"] for unit in chosen(selection, workspace, units, material.schools)]


def test_every_school_with_a_merit_value_gets_a_page_by_default(workspace, units, material):
    ids = set(_ids(Selection(levels=("school",)), workspace, units, material))
    rows = material.figures.observations("merit_value").at("school")
    with_value = set(rows.loc[rows["status"] == "given", "unit_id"])
    withheld = set(rows.loc[rows["status"] == "withheld", "unit_id"])
    assert len(with_value) == 441
    assert with_value | withheld <= ids
    assert {each for each in ids if each.startswith("se:")} == with_value | withheld
    assert all(units_of["municipality_id"] == "no:municipality:1103" for units_of in units if units_of["unit_id"] in ids
               and units_of["country"] == "no")  # fmt: skip


def test_a_choice_within_a_municipality_makes_it_its_schools_and_all_above(workspace, units, material):
    ids = _ids(Selection(within=("0380",)), workspace, units, material)
    assert ids[-2:] == ["se:municipality:0380", "se:region:03"]
    assert len(ids) > 30 and all(each.startswith("se:") for each in ids)


def test_a_named_unit_gets_its_page_whatever_the_workspace_says(workspace, units, material):
    assert _ids(Selection(only=("0301",)), workspace, units, material) == ["no:municipality:0301"]


def test_classes_that_have_ended_get_no_page_unless_they_are_named(small_town):
    material = prepared(small_town.workspace, lambda line: None)
    units = names.unit_list(material.snapshot.path)
    every = [unit for unit in units if unit["level"] == "group"]
    kept = material.without_ended(every, Selection())
    rows = material.figures.observations("survey_safety").at("group")
    now = set(rows.loc[rows["year"] == rows["year"].max(), "unit_id"])
    assert now <= {unit["unit_id"] for unit in kept}
    ended = [unit for unit in every if unit not in kept]
    assert ended
    assert not {unit["unit_id"] for unit in ended} & now
    assert material.without_ended(ended[:1], Selection(only=(ended[0]["unit_id"],))) == ended[:1]


def test_a_year_without_figures_is_refused_before_a_page_is_made(workspace):
    selection = Selection(only=("se:municipality:0180",), year="2031/32", out=workspace.reports / "never")
    with pytest.raises(UsageError, match="there are no figures for 2031/32 about se"):
        build(workspace, selection, lambda line: None)
    assert not (workspace.reports / "never").exists()


def test_an_earlier_year_has_a_page_of_its_own(workspace, material):
    page = page_of(workspace, material, "se:school:15594566", "2021/22", "en").read_text(encoding="utf-8")
    assert "<h1>Äppelviksskolan 2021/22</h1>" in page
    assert "2022/23" not in page and "2023/24" not in page


def test_the_notebook_behind_a_page_is_ones_own_and_never_written_over(workspace, material):
    arguments = (workspace, material, "se:school:15594566", "2023/24", "sv")
    first = notebook_of(*arguments)
    first.write_text("my own work", encoding="utf-8")
    second = notebook_of(*arguments)
    assert first.read_text(encoding="utf-8") == "my own work"
    source = "\n".join(cell.source for cell in nbformat.read(second, as_version=4).cells)
    assert 'unit = "se:school:15594566"' in source and 'school_year = "2023/24"' in source
    assert second.parent == workspace.root / "work"

from __future__ import annotations

from analysis.catalogue.workspace import Workspace
from analysis.synthetic import truth


def test_a_made_up_workspace_has_everything_to_begin_with(arshjul, tmp_path, repository) -> None:
    folder = tmp_path / "almvik"
    found = arshjul("synth", folder, "--pupils", "1000", "--seed", "5")
    assert found.returncode == 0, found.stderr
    workspace = Workspace.find(folder)
    assert workspace.synthetic
    assert workspace.within == ("9901",)
    assert workspace.reports.is_dir()
    known = sorted(path.relative_to(repository) for path in (repository / "notebooks").rglob("*.ipynb"))
    assert [path for path in known if ".ipynb_checkpoints" not in path.parts] == sorted(
        path.relative_to(folder) for path in workspace.notebooks.rglob("*.ipynb")
    )
    assert truth(folder).seed == 5
    assert "everything in it is made up" in found.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["almvik"]


def test_a_made_up_workspace_is_not_put_on_top_of_another(arshjul, tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    found = arshjul("synth", tmp_path)
    assert found.returncode == 2
    assert "is already there and not empty" in found.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_too_few_pupils_are_refused_before_anything_is_written(arshjul, tmp_path) -> None:
    found = arshjul("synth", tmp_path / "new", "--pupils", "10")
    assert found.returncode == 2
    assert "the number of pupils is from 1000 to 20000, found: 10" in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_made_up_workspace_is_collected_and_holds_what_is_true(arshjul, tmp_path) -> None:
    from analysis.store import current

    folder = tmp_path / "almvik"
    arshjul("synth", folder, "--pupils", "1000")
    found = arshjul("collect", folder=folder)
    assert found.returncode == 0, found.stderr
    snapshot = current(Workspace.find(folder))
    assert snapshot.is_made_up
    known = truth(folder)
    for indicator in ("merit_value", "national_test_swedish_6", "all_subjects_passed_9"):
        observed = snapshot.observations(indicator)
        true = known.values[known.values["indicator"] == indicator]
        both = observed.rows.merge(
            true, left_on=["unit_id", "year", "group"], right_on=["unit_id", "school_year", "group"]
        )
        given = both[both["value"].notna()]
        assert len(given) > 500
        assert (given["value"] - given["observed"]).abs().max() < 0.0501
        assert (given["n_x"] == given["n_y"]).all()
        assert len(observed.pupils) > 800
        assert len(observed.targets) >= 1

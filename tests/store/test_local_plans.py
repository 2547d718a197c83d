"""Targets, commitments and interventions of one's own, as a page asks for them."""

from collections.abc import Callable

import pandas as pd

from analysis.model.observations import TARGET_COLUMNS
from analysis.store import Snapshot

Collected = Callable[..., Snapshot]
NONE = dict.fromkeys(("targets", "commitments", "accounts", "interventions"))


def test_targets_follow_their_indicator_and_the_units_code_of_today(collected: Collected) -> None:
    found = collected().observations("merit_value").targets
    assert list(found.columns) == list(TARGET_COLUMNS)
    assert found.to_dict("records") == [
        {"target_id": "m-1", "unit_id": "se:municipality:9901", "kind": "goal", "value": 235.0, "due_year": 2024,
         "set_by": "council"},
        {"target_id": "m-2", "unit_id": "se:school:99000005", "kind": "improvement", "value": 10.0, "due_year": 2024,
         "set_by": "school"},
    ]  # fmt: skip
    assert collected().observations("eligible_arts").targets.empty


def test_commitments_are_kept_as_they_are_written(collected: Collected) -> None:
    found = collected().commitments().iloc[0]
    assert list(found[["unit_id", "year", "status", "outcome"]]) == ["se:school:99000003", 2023, "ongoing", ""]
    assert list(found[["why", "what", "expected"]]) == ["Läsningen.", "Läslust.", "Högre betyg."]
    assert list(found[["indicators", "responsible_role", "follow_up_on"]]) == [
        "merit_value eligible_vocational", "rektor", "2024-06-01",
    ]  # fmt: skip


def test_an_answer_is_of_a_unit_a_school_year_and_a_question(collected: Collected) -> None:
    found = collected().accounts().set_index("unit_id")
    assert found.loc["se:school:99000003"].to_dict() == {
        "year": 2023,
        "question": "results_and_why",
        "text": "Fler läser hemma.",
        "written_by_role": "rektor",
        "written_on": "2024-08-20",
    }
    assert found.at["se:municipality:9901", "question"] == "causes"


def test_interventions_know_when_a_unit_began_ended_and_was_chosen(collected: Collected) -> None:
    found = collected().interventions().sort_values("wave", ignore_index=True)
    assert list(found["unit_id"]) == ["se:school:99000005", "se:school:99000003"]
    assert list(found["adoption_year"]) == [2021, 2022] and list(found["selected_on"]) == ["merit_value", ""]
    assert list(found["exit_year"].fillna(0)) == [0, 2023] and list(found["selection_year"].fillna(0)) == [2020, 0]


def test_a_snapshot_without_plans_gives_tables_without_rows(collected: Collected) -> None:
    with_all, without = collected(), None
    columns = [[*each.columns] for each in (with_all.commitments(), with_all.accounts(), with_all.interventions())]
    without = collected(**NONE)
    found = (without.commitments(), without.accounts(), without.interventions())
    assert [[*each.columns] for each in found] == columns
    assert without.commitments().empty and without.observations("merit_value").targets.empty


def test_what_is_handed_out_cannot_change_the_snapshot(collected: Collected) -> None:
    found = collected()
    mine, targets = found.commitments(), found.observations("merit_value").targets
    mine["what"], targets["value"] = "", 0.0
    pd.testing.assert_series_equal(found.commitments()["what"], pd.Series(["Läslust."], name="what"))
    assert found.observations("merit_value").targets["value"].min() == 10

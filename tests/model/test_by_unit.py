"""A unit's rows are those a comparison of every row would give, in the same order."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd

from analysis.model import by_unit
from analysis.model.by_unit import of_unit


def _frame(units: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": units, "value": np.arange(float(len(units)))}, index=range(10, 10 + len(units)))


def test_rows_that_stand_together_and_rows_that_stand_apart_are_found() -> None:
    for units in (["a", "a", "b", "c", "c"], ["a", "b", "a", "c", "b", "a"]):
        frame = _frame(units)
        for unit in ("a", "b", "c", "not there"):
            pd.testing.assert_frame_equal(of_unit(frame, unit), frame[frame["unit_id"] == unit])


def test_a_frame_without_rows_has_none_of_any_unit() -> None:
    assert of_unit(_frame([]), "a").empty


def test_changing_what_was_found_changes_nothing_in_the_frame() -> None:
    frame = _frame(["a", "a", "b"])
    mine = of_unit(frame, "a")
    mine.loc[10, "value"] = 99.0
    assert mine["value"].tolist() == [99.0, 1.0]
    assert frame["value"].tolist() == [0.0, 1.0, 2.0]


def test_a_frame_that_is_gone_is_forgotten() -> None:
    frame = _frame(["a", "b"])
    of_unit(frame, "a")
    number = id(frame)
    assert number in by_unit._known
    del frame
    gc.collect()
    assert number not in by_unit._known

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.cli.writing import as_json, write_table


def test_a_missing_number_is_null() -> None:
    assert json.loads(as_json([float("nan"), float("inf"), np.float64("nan"), 1.5])) == [None, None, None, 1.5]


def test_numpy_and_pandas_become_plain_json() -> None:
    value = {
        "integer": np.int64(3),
        "truth": np.bool_(True),
        "array": np.array([1.0, np.nan]),
        "single": np.array([1.0]),
        "series": pd.Series({"a": 1.0}),
        "table": pd.DataFrame({"a": [1, 2]}),
    }
    assert json.loads(as_json(value)) == {
        "integer": 3,
        "truth": True,
        "array": [1.0, None],
        "single": [1.0],
        "series": {"a": 1.0},
        "table": [{"a": 1}, {"a": 2}],
    }


def test_what_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be written as JSON: object"):
        as_json(object())


def test_letters_stay_letters() -> None:
    assert as_json("Årshjul") == '"Årshjul"'


def test_a_table_is_aligned_under_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    write_table([{"code": "0180", "name": "Stockholm"}, {"code": "03", "name": None}], ("code", "name"))
    write_table([{"value": 244.12048417}], ("value",))
    assert capsys.readouterr().out == "code  name\n0180  Stockholm\n03\nvalue\n244.12\n"


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    write_table([], ("code",))
    assert capsys.readouterr().out == "none\n"

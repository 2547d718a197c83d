"""What must hold for the answer to every question, of whatever small town it is asked."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.properties.changes import FRAMES, doubled, mixed, moved, renamed, renaming, with_a_silent_town
from tests.properties.claims import CLAIMS, COUNTED, DOUBLED, ERRORS, FURTHER_OUT, NOT_HIGHER, NOT_LOWER, OTHER, SAME
from tests.properties.worlds import World

from analysis.analyses import ANALYSES, analysis
from analysis.model.observations import ESTIMATE_COLUMNS, Result

Numbers = npt.NDArray[np.float64]
SILENT = ("", "too_few", "withheld", "missing", "refused", "no_target", "no_groups", "described", "too_low_response")
"""verdicts that say nothing of a number"""
KEYS = ("unit_id", "year", "group", "pair", "measure", "statement", "option", "target_id", "school")
PLACE = "index"
"""where among all targets one stands, which follows the ids"""
IDS = ("similar_units", "target_unit")
"""columns of text that name units"""
few = settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
seeds, sizes = st.integers(0, 10_000), st.integers(12, 15)
every_question = pytest.mark.parametrize("name", list(CLAIMS))


def of_few_towns(test: Callable[..., None]) -> Callable[..., None]:
    """The test of every question, of a few small towns."""
    return few(given(seed=seeds, size=sizes)(every_question(test)))


@lru_cache(maxsize=64)
def known(name: str, seed: int, size: int) -> tuple[World, Result]:
    """The town as it is, and the answer for every unit of the level, which changes no input and warns of nothing."""
    world = CLAIMS[name].make(seed, size)
    before = {each: getattr(world.observations, each).copy(deep=True) for each in FRAMES}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = ask(world)
    for each, frame in before.items():
        pd.testing.assert_frame_equal(getattr(world.observations, each), frame, check_exact=True)
    return world, result


def ask(world: World) -> Result:
    """The answer for every unit of the level."""
    return analysis(world.question).measure(world.observations, world.level, world.year)


def before_and_after(
    name: str, seed: int, size: int, change: Callable[[World], World]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The estimates of the town as it is and of the changed one, unit by unit."""
    world, result = known(name, seed, size)
    return result.estimates, ask(change(world)).estimates.reindex(result.estimates.index)


def numbers(frame: pd.DataFrame) -> list[str]:
    """The columns that hold numbers."""
    return [str(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]


def same(first: Numbers, found: Numbers, what: str, close: float) -> None:
    """Both are equal, NaN where the other is NaN."""
    np.testing.assert_allclose(found, first, rtol=close, atol=close, err_msg=what)


def tables(result: Result) -> dict[str, pd.DataFrame]:
    """The estimates, the rows beside them and the tables of the method, each in an order of its own making."""
    named = {"estimates": result.estimates.rename_axis("unit_id").reset_index(), "series": result.series}
    frames = {name: each for name, each in result.details.items() if isinstance(each, pd.DataFrame)}
    named |= {name: each for name, each in frames.items() if "unit_id" in each.columns}
    keyed = {name: [key for key in KEYS if key in frame.columns] for name, frame in named.items()}
    ordered = {name: frame.astype(dict.fromkeys(keyed[name], str)) for name, frame in named.items()}
    found = {name: each.drop(columns=[PLACE], errors="ignore") for name, each in ordered.items() if len(each)}
    return {n: each.sort_values([*keyed[n], *numbers(each)], ignore_index=True) for n, each in found.items()}


def alike(first: dict[str, pd.DataFrame], found: dict[str, pd.DataFrame], close: float) -> None:
    """Every table says the same of the same units."""
    assert found.keys() == first.keys()
    for name, frame in first.items():
        other = found[name]
        assert list(other.columns) == list(frame.columns) and len(other) == len(frame)
        for column in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[column]):
                same(frame[column].to_numpy(float), other[column].to_numpy(float), f"{name}: {column}", close)
            else:
                assert other[column].astype(str).tolist() == frame[column].astype(str).tolist(), f"{name}: {column}"


def test_every_question_has_a_claim() -> None:
    asked = {claim.make(0, 12).question for claim in CLAIMS.values()}
    assert asked == set(ANALYSES)


@every_question
def test_what_does_not_hold_is_about_a_column_there_is_and_says_why(name: str) -> None:
    claim = CLAIMS[name]
    columns = set(known(name, 0, 12)[1].estimates.columns)
    relations = {**claim.not_moved, **claim.not_doubled}
    assert {*relations, *claim.moved, *claim.rests_on} <= columns <= set(ESTIMATE_COLUMNS)
    assert not set(claim.moved) & set(claim.not_moved)
    assert all(len(why) > 20 for _, why in relations.values())


@of_few_towns
def test_the_order_of_rows_does_not_matter(name: str, seed: int, size: int) -> None:
    world, result = known(name, seed, size)
    alike(tables(result), tables(ask(mixed(world, seed))), CLAIMS[name].close)


@of_few_towns
def test_a_permutation_of_ids_permutes_the_answers(name: str, seed: int, size: int) -> None:
    world, before = known(name, seed, size)
    new = renaming(world, seed)
    back = {name: old for old, name in new.items()}
    result = ask(renamed(world, new))
    texts = [column for column in IDS if column in result.estimates.columns]
    named = {column: result.estimates[column].map(lambda each: _each_id(each, back)) for column in texts}
    estimates = result.estimates.assign(**named).rename(index=back)
    details = {key: _of_units(each, back) for key, each in result.details.items()}
    again = Result(
        result.question, result.indicator, result.level, result.year, estimates, _of_units(result.series, back),
        result.units, details,
    )  # fmt: skip
    alike(tables(before), tables(again), CLAIMS[name].close)


def _each_id(text: object, back: dict[str, str]) -> str:
    return " ".join(back.get(each, each) for each in str(text).split(" "))


def _of_units(table: Any, back: dict[str, str]) -> Any:
    """The table with its units' ids put back; anything else as it is."""
    if not isinstance(table, pd.DataFrame):
        return table
    columns = [name for name in ("unit_id", "school", "target_unit") if name in table.columns]
    return table.assign(**{name: table[name].map(lambda each: back.get(each, each)) for name in columns})


@of_few_towns
def test_moving_every_value_moves_levels_and_leaves_the_rest(name: str, seed: int, size: int) -> None:
    claim = CLAIMS[name]
    before, after = before_and_after(name, seed, size, lambda world: moved(world, claim.by))
    for column in numbers(before):
        if claim.not_moved.get(column, (SAME, ""))[0] != OTHER:
            higher = claim.by if column in claim.moved else 0.0
            same(before[column].to_numpy(float) + higher, after[column].to_numpy(float), column, claim.close)
    if not set(claim.rests_on) & set(claim.not_moved):
        assert after["verdict"].tolist() == before["verdict"].tolist()


@of_few_towns
def test_twice_the_pupils_give_the_same_values_and_no_wider_intervals(name: str, seed: int, size: int) -> None:
    claim = CLAIMS[name]
    before, after = before_and_after(name, seed, size, doubled)
    pairs = _pairs(before)
    for column in numbers(before):
        first, found = before[column].to_numpy(float), after[column].to_numpy(float)
        given = np.isfinite(first)
        assert np.isfinite(found[given]).all(), f"{column}: what had an answer has none"
        default = SAME if column not in {each for pair in pairs for each in pair} else OTHER
        relation = claim.not_doubled.get(column, (_usual(column, default), ""))[0]
        _holds(relation, first[given], found[given], column, claim.close)
    for low, high in pairs:
        if not {low, high} & set(claim.not_doubled):
            _not_wider(before, after, low, high, claim.close)


def _usual(column: str, default: str) -> str:
    """What doubling does to a column of which nothing is said."""
    if column in COUNTED:
        return DOUBLED
    if column == "df":
        return NOT_LOWER
    return NOT_HIGHER if column in ERRORS else default


def _holds(relation: str, first: Numbers, found: Numbers, column: str, close: float) -> None:
    """The column has become what it should."""
    slack = close * (1 + np.abs(first))
    if relation in (SAME, DOUBLED):
        same(first * (2 if relation == DOUBLED else 1), found, column, close)
    if relation == NOT_LOWER:
        assert (found >= first - slack).all(), column
    if relation == NOT_HIGHER:
        assert (found <= first + slack).all(), column
    if relation == FURTHER_OUT:
        assert (np.sign(found) == np.sign(first)).all() and (np.abs(found) >= np.abs(first) - slack).all(), column


def _pairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """The columns that are the two ends of an interval."""
    ends = [(name, name.replace("low", "high")) for name in numbers(frame) if "low" in name]
    return [(low, high) for low, high in ends if high in frame.columns and low not in ("lowest",)]


def _not_wider(before: pd.DataFrame, after: pd.DataFrame, low: str, high: str, close: float) -> None:
    given = (before[low].notna() & before[high].notna()).to_numpy(bool)
    first, second = ((each[high] - each[low]).to_numpy(float)[given] for each in (before, after))
    assert (second <= first + close * (1 + np.abs(first))).all(), f"{low} to {high} has become wider"


@settings(few, max_examples=1)
@given(seed=seeds, size=sizes)
@every_question
def test_measuring_changes_no_input_and_warns_of_nothing(name: str, seed: int, size: int) -> None:
    assert len(known(name, seed, size)[1].estimates)


@of_few_towns
def test_a_verdict_rests_on_numbers_and_on_no_unit_without_any(name: str, seed: int, size: int) -> None:
    claim = CLAIMS[name]
    world, result = known(name, seed, size)
    before, more = result.estimates, ask(with_a_silent_town(world)).estimates
    spoken = ~before["verdict"].isin(SILENT)
    assert before["verdict"].notna().all() and (before["verdict"] != "").all() and spoken.any()
    assert np.isfinite(before.loc[spoken, list(claim.rests_on)].to_numpy(float)).all()
    assert more.loc[~more.index.isin(before.index), "verdict"].isin(SILENT).all()
    assert len(more) == len(before) + 1
    alike({"estimates": before}, {"estimates": more.loc[before.index]}, claim.close)

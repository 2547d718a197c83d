"""Gaps, shares and concentration against what base R gave: the scripts and their output lie beside this file."""

from pathlib import Path

import numpy as np
import pytest

from analysis.statistics.between_share import between_share
from analysis.statistics.concentration import bounded_concentration, concentration
from analysis.statistics.gap_change import gap_changes
from analysis.statistics.gap_index import Means, gap_in_points, gap_index, relative_gap
from analysis.statistics.multiple import p_values

HERE = Path(__file__).parent
GIRLS = [230, 245, 210, 260, 275, 240, 255, 225, 280, 265, 250, 235]
BOYS = [205, 240, 190, 225, 215, 250, 180, 230, 220, 235]


def _known(path: str) -> dict[str, list[float]]:
    lines = (HERE / path).read_text("utf-8").splitlines()
    return {name: [float(each) for each in numbers] for name, *numbers in (line.split() for line in lines)}


def test_gaps_are_those_of_r() -> None:
    known, sides = _known("gap_index/gaps.txt"), (Means.of_pupils(GIRLS), Means.of_pupils(BOYS))
    found, ratio = gap_in_points(*sides), relative_gap(*sides)
    p = float(p_values(found.estimate, found.se, found.df))
    assert [float(found.df), float(found.low), float(found.high), p] == pytest.approx(known["welch"], rel=1e-6)
    assert gap_index(GIRLS, BOYS).index == pytest.approx(known["gap_index"][0], abs=1e-6)
    assert [float(ratio.low), float(ratio.high)] == pytest.approx(known["fieller"], abs=1e-5)


def test_the_change_of_a_gap_is_that_of_r() -> None:
    gaps, variances = np.array([24.0, 19, 21, 15, 12, 13]), np.array([9.0, 4, 6, 5, 9, 4])
    found = gap_changes(np.zeros(6, np.int64), np.arange(2018.0, 2024.0), gaps, variances, np.full(6, 50.0), 1)
    assert [float(found.slope[0]), float(found.se[0])] == pytest.approx(_known("gap_index/gaps.txt")["slope"], abs=1e-6)


def test_the_share_between_schools_is_that_of_r() -> None:
    values = np.array([12, 15, 11, 14, 18, 21, 17, 20, 9, 13, 8, 12, 16, 19, 14, 18, 11, 10, 15, 12.0]).reshape(5, 4)
    found = between_share(values.mean(axis=1), np.full(5, 4.0), values.var(axis=1) * 4)
    assert [found.share, found.low, found.high] == pytest.approx(_known("gap_index/gaps.txt")["share"], abs=1e-6)


def test_concentration_is_that_of_r() -> None:
    known = _known("concentration/concentration.txt")
    result, background = [180, 210, 195, 240, 220, 265, 230, 280, 250, 300, 275, 310], np.repeat([1, 2, 3], 4)
    index = concentration(result, background).index
    assert index == pytest.approx(known["index"][0], abs=1e-8) == pytest.approx(known["regression"][0], abs=1e-8)
    assert bounded_concentration(result, background, 0, 340).index == pytest.approx(known["erreygers"][0], abs=1e-8)

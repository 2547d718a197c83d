"""Two measures of the same pupils that withhold different schools, and what they give away together."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.attacks.tiny import MERIT, PASSED, YEAR, Counts, Place, found, release_of, truth_of

from analysis.audit.auditing import audited
from analysis.audit.release import Release
from analysis.audit.same_pupils import learnt
from analysis.audit.truth import Truth

SCHOOLS = {"W": 40, "X": 30, "Y": 8, "Z": 25}
ABOVE = dict.fromkeys(SCHOOLS, "M")
TOTAL = sum(SCHOOLS.values())
NUMBERS = {("M", "all"): TOTAL, **{(school, "all"): n for school, n in SCHOOLS.items()}}
COUNTS: Counts = {place: (n, n // 2) for place, n in NUMBERS.items()}
POINTS: Counts = {place: (n, 200.0 * n) for place, n in NUMBERS.items()}


def both(same: dict[tuple[str, str], dict[Place, int]]) -> Truth:
    """The truth of a share and a mean, and which of their numbers count the very same pupils."""
    parts = [truth_of(COUNTS, ABOVE, PASSED), truth_of(POINTS, ABOVE, MERIT)]
    closed = pd.concat([each.closed for each in parts], ignore_index=True)
    return replace(parts[0], closed=closed, pupils=same)


def together(*hidden: str) -> Release:
    """Both measures in one release; those schools hidden are given for each: ``XY`` and ``YZ``."""
    shown = [
        release_of(counts, [(school, "all") for school in out], indicator=name, divisor=divisor, name="both")
        for (counts, name, divisor), out in zip(((COUNTS, PASSED, 100), (POINTS, MERIT, 1)), hidden, strict=True)
    ]
    return replace(shown[0], figures=pd.concat([each.figures for each in shown], ignore_index=True))


SAME = {(name, YEAR): {place: at + 1 for at, place in enumerate(COUNTS)} for name in (PASSED, MERIT)}
OTHERS = {
    (name, YEAR): {place: 10 * at + way for at, place in enumerate(COUNTS)}
    for way, name in enumerate((PASSED, MERIT), 1)
}


def test_a_measure_that_withholds_another_school_gives_the_small_one_away() -> None:
    leaks = found(both(SAME), together("XY", "YZ"))
    exact = {each.what for each in leaks if each.kind == "exact"}
    assert f"Y, all, {YEAR}, n of {PASSED}" in exact and f"Y, all, {YEAR}, n of {MERIT}" in exact
    told = next(each for each in leaks if each.what == f"Y, all, {YEAR}, n of {PASSED}")
    assert any(f"the pupils of X, all by {MERIT}" in each for each in told.through)
    assert (told.low, told.high) == (8.0, 8.0)


@pytest.mark.parametrize("same", [{}, OTHERS])
def test_pupils_who_are_not_the_same_tell_nothing_of_each_other(same) -> None:
    assert found(both(same), together("XY", "YZ")) == []


def test_measures_that_withhold_the_same_schools_give_nothing_away() -> None:
    assert found(both(SAME), together("XY", "XY")) == []


def test_what_follows_from_the_sums_of_one_measure_is_known_in_the_other() -> None:
    """X stands in no table of the mean either, but is all less the others there."""
    leaks = found(both(SAME), together("XYW", "X"))
    assert any(each.what.startswith("Y, all") and each.kind in ("exact", "narrow") for each in leaks)
    figures = together("XYW", "X").figures
    parts = {(name, YEAR): rows for name, rows in figures.groupby("indicator")}
    known = learnt(parts, both(SAME))[PASSED, YEAR]["X", "all"]
    assert known == (30.0, 30.0, (MERIT,))


def test_a_number_that_was_corrected_is_not_carried_over() -> None:
    figures = together("XY", "YZ").figures
    corrected = figures.assign(
        release="two", value=figures["value"].where(figures["field"] != "n", figures["value"] + 1)
    )
    both_times = pd.concat([figures, corrected], ignore_index=True)
    parts = {(name, YEAR): rows for name, rows in both_times.groupby("indicator")}
    assert learnt(parts, both(SAME)) == {}


def test_what_earlier_releases_gave_away_together_is_told_as_known_already() -> None:
    shown = together("XY", "YZ")
    found_now = audited([shown], both(SAME), "public", [shown.figures.assign(release="before")])
    assert found_now.found == () and any(each.what.startswith("Y, all") for each in found_now.already)
    first_time = audited([shown], both(SAME), "public", [])
    assert first_time.found and first_time.already == ()

"""Figures that no page mentions are asked about all the same: what is not there is the first to be worked out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from tiny import MERIT, PASSED, YEAR, Place, found, release_of, truth_of

from analysis.audit.auditing import audited
from analysis.audit.release import Release
from analysis.audit.truth import Truth

A, B, C, M = "se:school:1", "se:school:2", "se:school:3", "se:municipality:1"
PARENTS = dict.fromkeys((A, B, C), M)


def without(release: Release, *groups: str) -> Release:
    """The release without a row about these groups."""
    return replace(release, figures=release.figures[~release.figures["group"].isin(groups)])


def whats(leaks: list) -> set[tuple[str, ...]]:
    return {tuple(each.what.split(", ")[:2]) for each in leaks}


def test_boys_whom_no_page_mentions_are_all_less_girls() -> None:
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (45, 30), (A, "girls"): (40, 27), (A, "boys"): (5, 3)}
    leaks = found(truth_of(counts, {}), without(release_of(counts, ()), "boys"))
    assert (A, "boys") in whats(leaks)


def test_a_background_group_whom_no_page_mentions_is_all_less_the_others() -> None:
    counts: dict[Place, tuple[int, float]] = {
        (A, "all"): (45, 30), (A, "origin:domestic"): (20, 14), (A, "origin:foreign_born"): (22, 14),
        (A, "origin:unknown"): (3, 2),
    }  # fmt: skip
    leaks = found(truth_of(counts, {}), without(release_of(counts, ()), "origin:unknown"))
    assert (A, "origin:unknown") in whats(leaks)


def test_pupils_whose_sex_is_not_known_are_all_less_girls_and_boys() -> None:
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (45, 30), (A, "girls"): (22, 14), (A, "boys"): (22, 15)}
    leaks = found(truth_of(counts, {}), release_of(counts, ()))
    assert (A, "unknown") in whats(leaks)


def both(first: Truth, second: Truth) -> Truth:
    return replace(first, closed=pd.concat([first.closed, second.closed], ignore_index=True))


def together(first: Release, second: Release) -> Release:
    return replace(first, figures=pd.concat([first.figures, second.figures], ignore_index=True))


COUNTS: dict[Place, tuple[int, float]] = {
    (A, "all"): (8, 5), (B, "all"): (60, 42), (C, "all"): (55, 30), (M, "all"): (123, 77),
}  # fmt: skip
POINTS = {place: (n, 200.0 * n) for place, (n, _) in COUNTS.items()}


def test_one_measure_s_number_of_pupils_is_another_s_of_the_same_pupils() -> None:
    truth = both(truth_of(COUNTS, PARENTS), truth_of(POINTS, PARENTS, MERIT))
    passed = release_of(COUNTS, {(A, "all"), (B, "all")})
    merit = release_of(POINTS, {(A, "all"), (C, "all")}, indicator=MERIT, divisor=1)
    assert found(truth, passed) == [] and found(truth, merit) == []
    leaks = audited([together(passed, merit)], truth, "public").found
    assert f"{A}, all, {YEAR}, n of {PASSED}" in {each.what for each in leaks}
    same = release_of(POINTS, {(A, "all"), (B, "all")}, indicator=MERIT, divisor=1)
    assert audited([together(passed, same)], truth, "public").found == ()


def test_another_number_of_pupils_is_of_others_and_tells_nothing() -> None:
    other = {**POINTS, (B, "all"): (61, 12200.0), (C, "all"): (56, 11200.0), (M, "all"): (125, 25000.0)}
    truth = both(truth_of(COUNTS, PARENTS), truth_of(other, PARENTS, MERIT))
    passed = release_of(COUNTS, {(A, "all"), (B, "all")})
    merit = release_of(other, {(A, "all"), (C, "all")}, indicator=MERIT, divisor=1)
    assert audited([together(passed, merit)], truth, "public").found == ()


def test_two_pupils_who_alone_did_not_pass_know_that_the_others_did_when_all_are_counted_elsewhere() -> None:
    counts: dict[Place, tuple[int, float]] = {
        (A, "all"): (40, 38), (B, "all"): (60, 42), (C, "all"): (55, 30), (M, "all"): (155, 110),
    }  # fmt: skip
    points = {place: (n, 200.0 * n) for place, (n, _) in counts.items()}
    truth = both(truth_of(counts, PARENTS), truth_of(points, PARENTS, MERIT))
    passed = release_of(counts, {(A, "all"), (B, "all")})
    merit = release_of(points, (), indicator=MERIT, divisor=1)
    assert audited([together(passed, merit)], truth, "public").found == ()
    alone = release_of(counts, {(A, "all")})
    found_here = audited([together(alone, merit)], truth, "public").found
    assert f"{A}, all, {YEAR}, rest of {PASSED}" in {each.what for each in found_here}

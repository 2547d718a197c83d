"""Figures that no page mentions are asked about all the same: what is not there is the first to be worked out."""

from __future__ import annotations

from dataclasses import replace

from tiny import Place, found, release_of, truth_of

from analysis.audit.release import Release

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

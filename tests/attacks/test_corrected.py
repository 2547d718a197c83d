"""Figures that were corrected after they were released: earlier pages and new ones together."""

from __future__ import annotations

from dataclasses import replace

from tiny import PASSED, Counts, Place, release_of, truth_of

from analysis.audit.auditing import Audit, Found, audited
from analysis.audit.report import apart_said

A, B, C, D, M = (*(f"se:school:{each}" for each in "1234"), "se:municipality:1")
PARENTS = dict.fromkeys((A, B, C, D), M)
BEFORE: Counts = {(A, "all"): (8, 5), (B, "all"): (60, 42), (C, "all"): (55, 30), (M, "all"): (123, 77)}
NOW: Counts = {**BEFORE, (C, "all"): (55, 31), (M, "all"): (123, 78)}
"""one pupil more of the third school passed"""


def together(then: Counts, then_hidden: set[Place], now: Counts, hidden: set[Place]) -> Audit:
    """The audit of figures as they are now, together with what was released before."""
    earlier = release_of(then, then_hidden, name="earlier").figures
    return audited([release_of(now, hidden, name="now")], truth_of(now, PARENTS), "public", [earlier])


def about(found: tuple[Found, ...], unit: str) -> list[tuple[str, float, float]]:
    return [(each.what.split(", ")[3].split()[0], each.low, each.high) for each in found if each.what.startswith(unit)]


def test_a_correction_that_gives_nothing_away_stops_no_run() -> None:
    audit = together(BEFORE, {(A, "all"), (B, "all")}, NOW, {(A, "all"), (B, "all")})
    assert (audit.found, audit.already, audit.apart) == ((), (), ())
    assert audit.asked > 0


def test_what_earlier_pages_and_corrected_ones_give_away_together_is_found() -> None:
    """The total and the third school of before, and the second school of now, leave the eight pupils of the first."""
    then_hidden, hidden = {(A, "all"), (B, "all")}, {(A, "all"), (C, "all")}
    assert together({}, set(), NOW, hidden).found == ()
    audit = together(BEFORE, then_hidden, NOW, hidden)
    leaks = about(audit.found, A)
    assert ("n", 8, 8) in leaks
    assert ("k", 4, 6) in leaks  # 78 - 42 less 31 as it was or is, and one was corrected


def halves(girls: int, boys: int) -> Counts:
    return {**BEFORE, (B, "girls"): (girls, 20), (B, "boys"): (boys, 22)}


def test_pupils_that_were_moved_where_no_figure_shows_it_are_no_contradiction() -> None:
    """Thirty boys of sixty pupils before, and thirty-two girls of sixty now: two were counted as boys."""
    kept = {(A, "all"), (C, "all")}
    audit = together(halves(30, 30), {(B, "girls"), *kept}, halves(32, 28), {(B, "boys"), *kept})
    assert (audit.apart, [each for each in audit.found if each.kind == "contradiction"]) == ((), [])


def test_earlier_figures_that_can_never_have_been_true_are_left_aside_and_named() -> None:
    wrong = {**halves(30, 30), (B, "boys"): (40, 22)}
    audit = together(wrong, {(A, "all"), (C, "all")}, halves(32, 28), {(A, "all"), (C, "all")})
    assert audit.found == ()
    assert audit.apart == (f"{PASSED}, 2023",)
    assert [line.endswith(f"left aside: {PASSED}, 2023") for line in apart_said(audit)] == [True]


def test_a_release_and_its_own_record_are_never_taken_for_a_correction() -> None:
    kept = {(A, "all"), (C, "all")}
    record = release_of(halves(30, 30), {(B, "girls"), *kept}, name="record").figures
    now = replace(release_of(halves(32, 28), {(B, "boys"), *kept}, name="now"), record="record")
    audit = audited([now], truth_of(halves(32, 28), PARENTS), "public", [record])
    assert [each.kind for each in audit.found] == ["contradiction"]


def test_figures_of_now_that_cannot_all_be_true_are_found_whatever_was_released_before() -> None:
    wrong = {**halves(30, 30), (B, "boys"): (40, 22)}
    audit = together(halves(30, 30), {(A, "all")}, wrong, {(A, "all")})
    assert [each.kind for each in audit.found] == ["contradiction"]
    assert audit.apart == ()


def test_what_became_open_with_another_number_later_leaves_the_earlier_release_in_the_attack() -> None:
    """An authority counts 62 where 60 were shown: the 63 that were left then, less 55 now, are six to ten."""
    then = {**BEFORE, (C, "all"): (55, 31), (M, "all"): (123, 78)}
    earlier = release_of(then, {(A, "all"), (C, "all")}, name="earlier").figures
    closed = {(A, "all"): (8, 5), (C, "all"): (55, 31), (M, "all"): (125, 79)}
    truth = truth_of(closed, PARENTS, opened={(B, "all"): (62, 43)})
    now = release_of(closed, {(A, "all"), (M, "all")}, name="now")
    assert audited([now], truth, "public").found == ()
    audit = audited([now], truth, "public", [earlier])
    assert audit.apart == ()
    assert ("n", 6, 10) in about(audit.found, A)

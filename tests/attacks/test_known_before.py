"""What open figures and earlier releases tell by themselves is told and not failed; what a release adds fails."""

from __future__ import annotations

from dataclasses import replace

from tiny import Place, release_of, truth_of

from analysis.audit.auditing import Audit, Found, audited

A, B, C, M = "se:school:1", "se:school:2", "se:school:3", "se:municipality:1"
PARENTS = dict.fromkeys((A, B, C), M)


def whats(leaks: tuple[Found, ...]) -> set[tuple[str, ...]]:
    return {tuple(each.what.split(", ")[:2]) for each in leaks}


def test_a_small_school_that_open_figures_alone_give_away_does_not_stop_a_run_that_adds_nothing() -> None:
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (8, 5)}
    truth = truth_of(counts, PARENTS, opened={(M, "all"): (68, 47), (B, "all"): (60, 42)})
    audit = audited([release_of(counts, {(A, "all")})], truth, "public")
    assert audit.found == ()
    assert whats(audit.already) == {(A, "all")}
    assert ("n of" in " ".join(each.what for each in audit.already)) and {each.kind for each in audit.already} >= {
        "exact"
    }


def test_the_same_school_stops_the_run_when_a_closed_figure_is_needed_to_give_it_away() -> None:
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (8, 5), (B, "all"): (60, 42)}
    truth = truth_of(counts, PARENTS, opened={(M, "all"): (68, 47)})
    audit = audited([release_of(counts, {(A, "all")})], truth, "public")
    assert (A, "all") in whats(audit.found)
    assert audit.already == ()


def between(hidden: set[Place]) -> Audit:
    """Two schools that open figures leave four pupils together."""
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (2, 1), (C, "all"): (2, 1)}
    truth = truth_of(counts, PARENTS, opened={(M, "all"): (64, 44), (B, "all"): (60, 42)})
    return audited([release_of(counts, hidden)], truth, "public")


def test_a_range_that_open_figures_leave_is_told_and_one_that_the_release_narrows_further_fails() -> None:
    kept = between({(A, "all"), (C, "all")})
    of_n = [each for each in kept.already if each.what.startswith(f"{A}, all, 2023, n of")]
    assert kept.found == ()
    assert [(each.low, each.high, each.kind) for each in of_n] == [(0, 4, "narrow")]
    shown = between({(A, "all")})
    narrowed = [each for each in shown.found if each.what.startswith(f"{A}, all, 2023, n of")]
    assert [(each.low, each.high, each.kind) for each in narrowed] == [(2, 2, "exact")]


def test_what_an_earlier_release_gave_away_is_told_unless_it_is_the_record_of_this_very_release() -> None:
    counts: dict[Place, tuple[int, float]] = {
        (A, "all"): (8, 5), (B, "all"): (60, 42), (C, "all"): (55, 30), (M, "all"): (123, 77),
    }  # fmt: skip
    truth = truth_of(counts, PARENTS)
    now = release_of(counts, {(A, "all"), (B, "all")})
    earlier = release_of(counts, (), name="earlier").figures
    assert audited([now], truth, "public").found == ()
    again = audited([now], truth, "public", [earlier])
    assert again.found == () and (A, "all") in whats(again.already)
    itself = audited([replace(now, record="earlier")], truth, "public", [earlier])
    assert (A, "all") in whats(itself.found) and itself.already == ()


def test_a_pupil_who_knew_it_from_open_figures_is_no_reason_to_stop_a_run() -> None:
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (1, 1), (C, "all"): (8, 4)}
    opened = {(M, "all"): (69, 47), (B, "all"): (60, 42)}
    audit = audited([release_of(counts, {(A, "all"), (C, "all")})], truth_of(counts, PARENTS, opened=opened), "public")
    assert audit.found == ()
    assert {"one pupil"} <= {each.who for each in audit.already}
    closed = {**counts, (B, "all"): (60, 42)}
    truth = truth_of(closed, PARENTS, opened={(M, "all"): (69, 47)})
    audit = audited([release_of(closed, {(A, "all"), (C, "all")})], truth, "public")
    assert {each.who for each in audit.found} >= {"one pupil"} and audit.already == ()


def test_what_pages_for_everybody_tell_together_with_a_school_s_own_is_found_and_what_they_tell_alone_is_not() -> None:
    """Everybody's own audit asks what everybody's pages tell alone; of the schools' readers is asked what they add."""
    counts = {(A, "all"): (4, 2), (B, "all"): (60, 42), (C, "all"): (55, 30), (M, "all"): (119, 74)}
    truth = truth_of(counts, PARENTS)
    theirs = release_of({(B, "all"): counts[B, "all"]}, set(), name="theirs").figures

    def audit(*hidden: str) -> Audit:
        now = release_of(counts, {(each, "all") for each in hidden})
        return audited([now], truth, "school", [theirs], only_theirs=["theirs"])

    both = audit(A, B)
    assert {each.low for each in both.found if f"{A}, all, 2023, n " in each.what} == {4.0}
    alone = audit(A)
    assert alone.found == ()
    assert {each.low for each in alone.already if f"{A}, all, 2023, n " in each.what} == {4.0}

"""Attacks by pupils who know their own result: alone in a group, or two together."""

from __future__ import annotations

from tiny import found, guarded, municipality, release_of, truth_of

PAIRED = {(unit, group) for unit in "AB" for group in ("girls", "boys")}


def who(leaks: list) -> set[str]:
    return {each.who for each in leaks}


def test_a15_the_one_girl_of_a_school_learns_what_the_girls_of_another_did() -> None:
    counts, parents = municipality(
        {"A": ((1, 1), (40, 25)), "B": ((11, 4), (45, 25)), "C": ((40, 24), (38, 22)), "D": ((37, 20), (44, 30))}
    )
    truth = truth_of(counts, parents)
    leaks = found(truth, release_of(counts, PAIRED))
    assert "one pupil" in who(leaks) and "outsider" not in who(leaks)
    alone = [each for each in leaks if each.who == "one pupil" and each.what.startswith("B, girls, 2023, k")]
    assert (alone[0].low, alone[0].high) == (4, 4)
    assert found(truth, release_of(counts, guarded(truth))) == []


def test_a16_two_girls_together_learn_what_neither_knows_alone() -> None:
    counts, parents = municipality(
        {"A": ((2, 2), (40, 25)), "B": ((11, 4), (45, 25)), "C": ((40, 24), (38, 22)), "D": ((37, 20), (44, 30))}
    )
    truth = truth_of(counts, parents)
    leaks = found(truth, release_of(counts, PAIRED))
    assert who(leaks) == {"two pupils"}
    together = [each for each in leaks if each.what.startswith("B, girls, 2023, k")]
    assert (together[0].low, together[0].high) == (4, 4)
    margins = {place for place in counts if place[1] != "all"}
    assert found(truth, release_of(counts, margins)) == []
    hidden = guarded(truth)
    assert hidden >= PAIRED and len(hidden) < len(counts)
    assert found(truth, release_of(counts, hidden)) == []

"""Background groups between units: shown by rule and not by the linear programme, and attacked like everything else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tiny import PASSED, Place, found, guarded, release_of, truth_of

from analysis.catalogue import limit
from analysis.publish.disclosure.backgrounds import groups_given
from analysis.store.private import WHOLE
from analysis.store.sources.places import LOCAL_FOLDER

TOWN = "se:municipality:1"
SCHOOLS = tuple(f"se:school:{number}" for number in range(1, 6))
GROUPS = ("origin:domestic", "origin:foreign_background", "origin:newly_arrived")
PARENTS = dict.fromkeys(SCHOOLS, TOWN)


def town(*schools: tuple[tuple[int, int], ...]) -> dict[Place, tuple[int, float]]:
    """Counts (n, k) by group of each school, with all pupils and the municipality."""
    counts: dict[Place, tuple[int, float]] = {}
    for unit, groups in zip(SCHOOLS, schools, strict=False):
        counts |= {(unit, group): each for group, each in zip(GROUPS, groups, strict=True)}
        counts[unit, "all"] = (sum(n for n, _ in groups), sum(k for _, k in groups))
    units = sorted({unit for unit, _ in counts})
    for group in ("all", *GROUPS):
        mine = [counts[unit, group] for unit in units]
        counts[TOWN, group] = (sum(n for n, _ in mine), sum(k for _, k in mine))
    return counts


def withheld(counts: dict[Place, tuple[int, float]]) -> set[Place]:
    """What is not shown: all pupils by the protector, groups by background by the rule."""
    everybody = {place: each for place, each in counts.items() if place[1] == "all"}
    hidden = guarded(truth_of(everybody, PARENTS))
    rows = pd.DataFrame(
        [(unit, group, WHOLE, LOCAL_FOLDER, float(n), float(k)) for (unit, group), (n, k) in counts.items()],
        columns=["unit_id", "group", "part", "source", "n", "numerator"],
    )
    given = frozenset(unit for unit, _ in everybody if (unit, "all") not in hidden)
    shown = groups_given(rows, PASSED, limit("public", "results"), {**PARENTS, TOWN: ""}, given)
    return hidden | {place for place in counts if place[1] != "all" and place not in shown}


SMALL = town(((40, 30), (30, 20), (20, 12)), ((35, 25), (7, 4), (22, 13)), ((50, 40), (33, 20), (15, 9)))


def test_a_small_group_of_one_school_is_the_municipality_s_less_the_others() -> None:
    only_small = {(SCHOOLS[1], GROUPS[1]), (SCHOOLS[1], GROUPS[0])}
    leaks = found(truth_of(SMALL, PARENTS), release_of(SMALL, only_small))
    assert {each.what.split(", ")[1] for each in leaks} >= {GROUPS[1]}
    assert {each.kind for each in leaks} >= {"exact"}
    assert found(truth_of(SMALL, PARENTS), release_of(SMALL, withheld(SMALL))) == []
    assert withheld(SMALL) == {(unit, group) for unit in SCHOOLS[:3] for group in GROUPS}


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_worked_out_of_made_up_towns_whose_groups_are_shown_by_the_rule(seed: int) -> None:
    random = np.random.default_rng(seed)
    schools = []
    for _ in SCHOOLS:
        sizes = random.integers((30, 12 - seed % 3, 10 - seed % 4), (80, 40, 30))
        schools.append(tuple((int(n), int(random.binomial(n, 0.6))) for n in sizes))
    counts = town(*schools)
    hidden = withheld(counts)
    assert found(truth_of(counts, PARENTS), release_of(counts, hidden)) == []
    small = {place for place, (n, _) in counts.items() if 0 < n < 10}
    assert small <= hidden


def test_the_groups_of_all_schools_are_shown_where_none_is_small() -> None:
    counts = town(*([((40, 30), (30, 20), (20, 12))] * 3))
    assert withheld(counts) == set()
    assert found(truth_of(counts, PARENTS), release_of(counts, ())) == []

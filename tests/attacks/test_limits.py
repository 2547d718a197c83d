"""A share given as a limit says that one to four are short of all: as much as the exact share would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny import PASSED, YEAR, Place, found, guarded, release_of, small, truth_of

from analysis.audit.auditing import audited
from analysis.audit.frame import attackers_rows
from analysis.audit.release import LIMIT, Release, ledger
from analysis.audit.truth import LIMIT_OFF
from analysis.publish.disclosure.ledger import COLUMNS, Ledger

A, B, C, M = "se:school:1", "se:school:2", "se:school:3", "se:municipality:1"
PARENTS = dict.fromkeys((A, B, C), M)
COUNTS: dict[Place, tuple[int, float]] = {
    (A, "all"): (100, 100 - LIMIT_OFF), (B, "all"): (60, 42), (C, "all"): (55, 30), (M, "all"): (215, 169.5),
}  # fmt: skip


def with_limit(release: Release, *units: str) -> Release:
    """The release with the limit in the place of these units' shares."""
    figures = release.figures.copy()
    mine = figures["unit_id"].isin(units) & (figures["field"] == "value")
    figures.loc[mine, ["text", "value"]] = [LIMIT, np.nan]
    return replace(release, figures=figures)


def rough() -> dict[tuple[str, str], dict[str, float]]:
    return {(PASSED, YEAR): {A: 0.0, B: 0.0, C: 0.0, M: LIMIT_OFF}}


def test_a_limit_of_one_s_own_says_how_few_are_short_of_all_and_fails_the_audit() -> None:
    truth = replace(truth_of(COUNTS, PARENTS), rough=rough())
    leaks = [each for each in found(truth, with_limit(release_of(COUNTS, ()), A)) if each.what.startswith(A)]
    assert [(each.low, each.high) for each in leaks if ", rest of" in each.what] == [(1, 4)]


def test_a_limit_that_is_withheld_with_another_school_gives_nothing_away() -> None:
    truth = replace(truth_of(COUNTS, PARENTS), rough=rough())
    assert (A, "all") in small(truth)
    hidden = guarded(truth)
    assert hidden > {(A, "all")}
    assert found(truth, release_of(COUNTS, hidden)) == []


def test_the_girls_short_of_all_are_not_an_exact_number_less_a_limit() -> None:
    counts: dict[Place, tuple[int, float]] = {(A, "all"): (100, 97), (A, "girls"): (48, 48 - LIMIT_OFF),
                                              (A, "boys"): (52, 50)}  # fmt: skip
    truth = replace(truth_of(counts, {}), rough={(PASSED, YEAR): {A: 0.0}})
    leaks = found(truth, with_limit(release_of(counts, {(A, "boys")}), A))
    assert {(A, "girls"), (A, "boys")} & {tuple(each.what.split(", ")[:2]) for each in leaks}


def test_an_authority_s_open_limit_is_known_to_whoever_adds_up() -> None:
    closed: dict[Place, tuple[int, float]] = {(B, "all"): (60, 42), (C, "all"): (55, 30)}
    truth = truth_of(closed, PARENTS, opened={(A, "all"): (100, np.nan)})
    release = release_of(closed, ())
    rows = attackers_rows(release.figures, truth.block(PASSED, YEAR, frozenset()))
    mine = rows[(rows["unit_id"] == A) & (rows["part"] == "rest")]
    assert mine[["low", "high"]].to_numpy().tolist() == [[1.0, 4.0]]
    assert found(truth, release) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_limit_that_was_released_before_is_known_and_does_not_stop_a_run(tmp_path, known: bool) -> None:
    record = Ledger(tmp_path / "released.sqlite")
    shown = [(PASSED, unit, "all", int(YEAR), np.nan if unit == A else 100 * k / n, float(n))
             for (unit, _), (n, k) in COUNTS.items()]  # fmt: skip
    if known:
        record.record("earlier", "public", pd.DataFrame(shown, columns=list(COLUMNS)))
    truth = replace(truth_of(COUNTS, PARENTS), rough=rough())
    audit = audited([with_limit(release_of(COUNTS, ()), A)], truth, "public", [ledger(record.file, "public")])
    of_rest = [f"{A}, all, {YEAR}, rest of {PASSED}"]
    places = audit.already if known else audit.found
    assert [each.what.partition(" in release")[0] for each in places if ", rest of" in each.what][:1] == of_rest
    assert bool(audit.found) is not known

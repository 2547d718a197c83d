"""What whoever makes pages is told of small groups that open figures confine by themselves."""

from __future__ import annotations

import pandas as pd

from analysis.audit.auditing import Audit, Found
from analysis.audit.command import refuse_leaks, told_of
from analysis.publish.disclosure.decision import Decision


def test_the_groups_that_are_known_anyway_are_counted_once_and_the_closest_room_of_each_is_named() -> None:
    bare = [("merit_value", 2023, f"se:school:{each}", "all", 3.0) for each in range(7)]
    bare.append(("merit_value", 2023, "se:school:0", "all", 1.0))
    said = Decision("public", "one", pd.DataFrame(), tuple(bare)).bare_said
    assert said[0].startswith("7 small groups are known more closely than the limit from open figures")
    assert said[1] == "  se:school:0, all, 2023/24, merit_value: within 1"
    assert len(said) == 7 and said[-1] == "  and 2 more"
    assert Decision("public", "one", pd.DataFrame()).bare_said == []


def test_totals_that_are_no_sums_are_counted_and_the_first_are_named() -> None:
    apart = tuple(("merit_value", 2023, f"se:municipality:{each}", "all") for each in range(7))
    said = Decision("public", "one", pd.DataFrame(), (), apart).apart_said
    assert said[0] == "7 totals do not agree with their parts as they are written and are no sums here"
    assert said[1] == "  se:municipality:0, all, 2023/24, merit_value"
    assert len(said) == 7 and said[-1] == "  and 2 more"
    assert Decision("public", "one", pd.DataFrame()).apart_said == []


def test_what_was_known_before_is_told_and_stops_no_run() -> None:
    known = Found("exact", "outsider", "se:school:1, all, 2023, n of merit_value", 8, 8)
    audit = Audit("public", 1, 10, 2, 1, 0.1, already=(known,))
    refuse_leaks(audit)
    assert told_of(audit) == [
        "already known from open figures or earlier releases: se:school:1, all, 2023, n of merit_value: 8 exactly"
    ]

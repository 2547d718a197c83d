"""What a compilation says of a unit below is that unit's own, whatever has been said of the page's unit before."""

from __future__ import annotations

from analysis.publish.answers import findings_of
from analysis.publish.cards import STANDING_OUT, under


def test_every_school_of_a_municipality_has_findings_of_its_own(opened) -> None:
    town = opened("municipality", "area_compilation")
    for question in STANDING_OUT:
        findings_of(question, town)
    for each in under(town):
        alone = opened("municipality", "area_compilation")
        (mine,) = (unit for unit in under(alone) if unit.unit_id == each.unit_id)
        for question in STANDING_OUT:
            assert findings_of(question, each) == findings_of(question, mine)
    said = [tuple(finding.sentence for finding in findings_of("trend", each)) for each in (town, *under(town))]
    assert len(set(said)) > 1


def test_what_is_found_about_one_school_is_not_kept_for_the_next(opened) -> None:
    first, second, *_ = under(opened("municipality", "area_compilation"))
    findings_of("trend", first)
    assert "trend" not in second.findings


def test_each_unit_below_is_worded_once_for_a_page(opened) -> None:
    town = opened("municipality", "area_compilation")
    once, again = under(town), under(town)
    assert len(once) > 1 and all(one is other for one, other in zip(once, again, strict=True))

"""Every kind of report says whose it is, when it comes and what stands in it."""

from __future__ import annotations

import pytest

from analysis import catalogue, publish
from analysis.catalogue import COMPARISONS, UNDER, VIEWS, report_kind, report_kinds
from analysis.errors import UsageError

KINDS = list(report_kinds().values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_part_of_a_kind_is_one_that_the_door_can_show(kind) -> None:
    for part in kind.parts:
        name, _, question = part.partition(" ")
        assert name in publish.__all__
        assert (name == "show") is (question in catalogue.questions())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_comes_in_some_month_at_every_level_it_is_made_for(kind) -> None:
    if kind.id in ("archive_index", "annual_wheel"):
        assert not kind.months
        return
    for level in kind.levels:
        for country in ("se", "no"):
            assert kind.when(level, country), level


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_views_begin_with_parts_that_the_page_has_in_the_order_of_the_views(kind) -> None:
    assert set(kind.views) <= set(VIEWS)
    begun = [view for part in kind.parts if (view := kind.view_of(part)) in VIEWS]
    assert list(dict.fromkeys(begun)) == [view for view in VIEWS if view in kind.views]


def test_every_account_has_the_three_views() -> None:
    accounts = ("quality_report", "team_account", "area_compilation", "year_report", "owner_analysis")
    assert all(set(report_kind(each).views) == set(VIEWS) for each in accounts)


def test_a_mistyped_kind_gets_a_suggestion() -> None:
    with pytest.raises(UsageError) as error:
        report_kind("board_breif")
    assert str(error.value).startswith("unknown report 'board_breif': the reports are quality_report, plan, ")
    assert str(error.value).endswith("Did you mean 'board_brief'?")


def test_the_owner_s_report_comes_when_the_country_s_council_meets() -> None:
    kind = report_kind("owner_analysis")
    assert kind.when("municipality", "se") == (1, 2) and kind.when("municipality", "no") == (11, 12)


def test_a_compilation_is_of_a_lower_level() -> None:
    order = list(catalogue.levels())
    assert all(order.index(below) < order.index(level) for level, below in UNDER.items())


def test_what_no_figures_fill_belongs_to_a_kind_that_says_so() -> None:
    told = {kind.id for kind in KINDS if "unfilled" in kind.parts}
    assert told == {kind.id for kind in KINDS if catalogue.unfilled(kind.id)}


def test_what_a_unit_is_compared_with_is_a_comparison_of_the_question_level() -> None:
    from analysis.analyses.level.figure import COMPARED

    assert set(COMPARISONS.values()) <= set(COMPARED)


def test_a_report_that_the_wheel_names_comes_in_one_of_the_event_s_months() -> None:
    for level in catalogue.levels():
        for country in ("se", "no"):
            for wheel in catalogue.WHEELS:
                for event in catalogue.wheel_events(level, country, wheel):
                    for report in event.reports:
                        when = report_kind(report).when(level, country)
                        assert not when or set(when) & set(event.months), (level, report, event.text["en"])

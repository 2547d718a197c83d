"""The annual wheel can be read: every mark stands in the table, every month in its place."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from analysis import catalogue
from analysis.drawing.address import drawn
from analysis.publish.year_wheel import CHIP, DARK, OUTER, PHASES, SIZE, wheel_svg

LEVELS = ("group", "team", "school", "area", "municipality", "region")


def drawings(page: object) -> list[ElementTree.Element]:
    """The wheels of a page, parsed."""
    sources = [each["src"] for each in page.select("figure img")]  # type: ignore[attr-defined]
    return [ElementTree.fromstring(drawn(each) or "") for each in sources]


def marks(drawing: ElementTree.Element) -> list[str]:
    """The numbers and letters that the wheel shows."""
    texts = [each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    return [text for text in texts if re.fullmatch(r"[A-Z]|\d{1,2}", text)]


@pytest.mark.parametrize("country", ["se", "no"])
@pytest.mark.parametrize("level", LEVELS)
def test_no_month_of_a_wheel_has_more_marks_than_there_is_room_for(level, country) -> None:
    for name in catalogue.WHEELS:
        events = catalogue.wheel_events(level, country, name)
        for month in range(1, 13):
            assert sum(month in each.months for each in events) <= 4, (level, country, month)


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
@pytest.mark.parametrize("level", LEVELS)
def test_every_mark_of_a_wheel_stands_in_the_table_under_it(displayed, level, lang) -> None:
    page = displayed(level, "annual_wheel", lang)
    cells = [line for cell in page.select("#wheel tbody td") for line in cell.get_text().split("\n")]
    written = [line.partition(" ")[0] for line in cells if line != "–"]
    drawn = [mark for each in drawings(page) for mark in marks(each)]
    assert sorted(drawn) == sorted(written)


def test_the_months_of_the_report_are_dark_and_said(displayed) -> None:
    page = displayed("school", "plan")
    (drawing,) = drawings(page)
    dark = [each for each in drawing.iter("{http://www.w3.org/2000/svg}path") if each.get("fill") == DARK]
    assert len(dark) == 1
    assert "september" in page.select_one("#wheel .lead").get_text()
    assert "september" in page.select_one("#wheel img")["alt"]


def test_the_wheel_itself_belongs_to_no_month(displayed) -> None:
    page = displayed("school", "annual_wheel")
    assert len(drawings(page)) == 2
    for drawing in drawings(page):
        assert not [each for each in drawing.iter("{http://www.w3.org/2000/svg}path") if each.get("fill") == DARK]


def test_the_school_year_begins_in_august_and_the_budget_year_in_january() -> None:
    assert catalogue.turning("school")[:2] == (8, 9) and catalogue.turning("school")[-1] == 7
    assert catalogue.turning("budget") == tuple(range(1, 13))


@pytest.mark.parametrize("name", sorted(PHASES))
def test_the_phases_of_a_wheel_fill_its_year_once(name) -> None:
    months = [(first - 1 + step) % 12 for _, first, length in PHASES[name] for step in range(length)]
    assert sorted(months) == list(range(12))


@pytest.mark.parametrize("level", LEVELS)
def test_no_two_marks_of_a_wheel_lie_upon_each_other_and_none_leaves_it(opened, level) -> None:
    seen = opened(level, "annual_wheel")
    for name in catalogue.WHEELS:
        events = catalogue.wheel_events(level, "se", name)
        drawing = ElementTree.fromstring(wheel_svg(seen, name, events, (9,)))
        chips = [
            (float(each.get("cx")), float(each.get("cy")))
            for each in drawing.iter("{http://www.w3.org/2000/svg}circle")
        ]
        for place, (x, y) in enumerate(chips):
            assert (x * x + y * y) ** 0.5 + CHIP <= OUTER + 1
            for other_x, other_y in chips[:place]:
                assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 >= 2 * CHIP - 0.5
        assert float(drawing.get("width")) == SIZE


def test_the_same_page_gives_the_same_wheel_to_the_byte(opened) -> None:
    seen = opened("school", "plan")
    events = catalogue.wheel_events("school", "se", "school")
    assert wheel_svg(seen, "school", events, (9,)) == wheel_svg(seen, "school", events, (9,))

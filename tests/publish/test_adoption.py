"""The page about programmes says who takes part and how they were chosen, and nothing of what came of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.evaluations.chosen import Chosen, Names, Series, draw, with_values
from analysis.model import ALL, SchoolYear
from analysis.publish import adoption
from analysis.publish.seen import Seen

CITY, SCHOOL, TEAM, OTHER = "se:municipality:1", "se:school:1", "se:team:1-79", "se:school:2"
UNITS = pd.DataFrame(
    {
        "name": ["Staden", "Alskolan", "Lag 7–9", "Granskolan"],
        "level": ["municipality", "school", "team", "school"],
        "municipality_id": [CITY, CITY, CITY, "se:municipality:2"],
    },
    index=pd.Index([CITY, SCHOOL, TEAM, OTHER], name="unit_id"),
)
NAMES = Names("Enheten", "Staden", "Vald", "Börjar")


def taken(unit: str, name: str = "Läsprogrammet", began: int = 2020, **more: Any) -> dict[str, Any]:
    return {
        "intervention": name, "name": name, "unit_id": unit, "adoption_year": began, "exit_year": pd.NA, "wave": 1,
        "selected_on": "", "selection_year": pd.NA,
    } | more  # fmt: skip


def page(*rows: dict[str, Any], values: pd.DataFrame | None = None, lang: str = "sv") -> Seen:
    """The page of a town whose units take part as the rows say."""
    columns = list(taken(SCHOOL))
    figures = SimpleNamespace(
        written={"interventions": pd.DataFrame(list(rows), columns=columns)}.__getitem__,
        units=UNITS,
        observations=lambda name: SimpleNamespace(rows=values),
    )
    unit = {"name": "Staden", "level": "municipality", "country": "se"}
    return Seen(CITY, unit, SchoolYear(2023), lang, "public", figures, "programme_report")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The part that a function of the door displays."""

    def part(name: str, seen: Seen) -> Any:
        parts: list[Any] = []
        monkeypatch.setattr(adoption, "display_part", lambda seen, part: parts.append(part))
        getattr(adoption, name)(seen)
        return parts[0] if parts else None

    return part


def values(status: str = "given") -> pd.DataFrame:
    """Ten years of a school and its town; the school's year of choice has the status."""
    rows = [
        (unit, year, ALL, 200.0 + place, 40.0, status if (unit, year) == (SCHOOL, 2019) else "given", "")
        for unit in (CITY, SCHOOL)
        for place, year in enumerate(range(2015, 2025))
    ]
    return pd.DataFrame(rows, columns=["unit_id", "year", "group", "value", "n", "status", "mark"])


CHOSEN = taken(SCHOOL, selected_on="merit_value", selection_year=2019)


def test_every_unit_under_the_town_takes_part_in_its_programmes_and_no_other_town_s() -> None:
    found = adoption.taking_part(page(taken(OTHER), taken(TEAM), taken(SCHOOL), taken(CITY)))
    assert list(found["unit"]) == ["Alskolan", "Lag 7–9", "Staden"]


def test_a_programme_that_has_not_begun_by_the_page_s_school_year_is_left_out() -> None:
    assert list(adoption.taking_part(page(taken(SCHOOL, began=2024), taken(TEAM)))["unit_id"]) == [TEAM]


def test_the_summary_counts_units_by_level_waves_choice_and_those_that_have_ended(shown) -> None:
    rows = (CHOSEN, taken(TEAM, began=2022, exit_year=2022), taken(CITY, name="Mattelyft", exit_year=2023))
    (_, lines), *_ = shown("programmes_in_short", page(*rows)).lists
    assert [text for _, text in lines] == [
        "Läsprogrammet: 1 skola och 1 arbetslag deltar, från läsåren 2020/21 och 2022/23. "
        "Valda efter en siffra: 1 av 2. Har slutat: 1.",
        "Mattelyft: 1 kommun deltar, från läsåret 2020/21. Valda efter en siffra: 0 av 1.",
    ]


def test_where_nothing_is_on_record_the_page_says_so_and_which_file_fills_it(shown) -> None:
    assert shown("programmes_in_short", page()).lists[0][1] == (("", "Inga insatser finns i underlaget."),)
    assert shown("programmes", page()).empty[0][1] == "data/local/interventions.csv"
    assert shown("chosen", page(taken(SCHOOL))) is None


def test_the_year_of_choice_the_first_year_and_the_page_s_year_stand_side_by_side(shown) -> None:
    table = shown("chosen", page(CHOSEN, values=values())).tables[0]
    assert [row[1:] for row in table.rows] == [
        ("2019/20", "enheten valdes", 204.0, 40.0),
        ("2020/21", "insatsen började", 205.0, 40.0),
        ("2023/24", "rapportens läsår", 208.0, 40.0),
    ]
    assert table.about[0] == ("merit_value", SCHOOL, ALL, "2019")


@pytest.mark.parametrize("status", ["withheld", "missing", "rounded"])
def test_a_value_that_is_not_given_is_neither_in_the_table_the_drawing_nor_its_text(shown, status) -> None:
    part = shown("chosen", page(CHOSEN, values=values(status)))
    assert not isinstance(part.tables[0].rows[0][3], float)
    rows = values(status)
    rows.loc[(rows["unit_id"] == SCHOOL) & (rows["year"] == 2019), "value"] = 99.0
    assert shown("chosen", page(CHOSEN, values=rows)).drawings[0] == part.drawings[0]


def test_the_text_of_the_drawing_gives_the_first_and_last_value_of_each_unit(shown) -> None:
    drawing = shown("chosen", page(CHOSEN, values=values())).drawings[0]
    assert "Alskolan: 200,0 poäng läsåret 2015/16 och 208,0 poäng läsåret 2023/24; vald" in drawing.alt
    assert drawing.look == "chart" and str(drawing.image).startswith("data:image/svg+xml")


def unit(name: str, low: float) -> Chosen:
    years = np.arange(2015.0, 2024.0)
    series = Series(years, low + np.arange(9.0), np.zeros(9))
    return Chosen(name, series, 2017, 2018, replace(series, values=series.values + 3))


def test_at_most_six_units_are_drawn_and_all_on_the_same_axis() -> None:
    units = [unit(f"Skola {number}", 10.0 * number) for number in range(8)]
    drawn = draw(units, NAMES, "sv")
    assert drawn is not None and len(drawn.panels) == 6
    assert len({panel.ends("y") for panel in drawn.panels}) == 1
    assert [panel.title for panel in drawn.panels] == [f"Skola {number}" for number in range(6)]


def test_a_unit_without_a_value_has_no_panel_and_nothing_to_draw_is_no_drawing() -> None:
    empty = unit("Tom", float("nan"))
    assert with_values([empty, unit("Full", 1.0)])[0].name == "Full"
    assert draw([empty], NAMES, "sv") is None


def test_the_page_says_when_not_every_unit_is_drawn(shown, monkeypatch) -> None:
    names = [f"se:school:{number}" for number in range(8)]
    units = pd.DataFrame(
        {"name": names, "level": "school", "municipality_id": CITY}, index=pd.Index(names, name="unit_id")
    )
    monkeypatch.setattr("tests.publish.test_adoption.UNITS", pd.concat([UNITS.loc[[CITY]], units]))
    rows = pd.concat([values()] + [values().replace({SCHOOL: each}).query(f"unit_id == '{each}'") for each in names])
    seen = page(*(CHOSEN | {"unit_id": each} for each in names), values=rows)
    part = shown("chosen", seen)
    assert part.drawings[0].caption.endswith("6 av 8 enheter är ritade; alla står i tabellen.")
    assert len(part.tables[0].rows) == 24

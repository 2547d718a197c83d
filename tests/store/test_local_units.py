"""One's own units: where they are placed, what they are called and what became of them."""

from collections.abc import Callable

import pandas as pd
from tests.store.town import UNITS

from analysis.model.observations import UNIT_COLUMNS
from analysis.store import Snapshot
from analysis.store.local.units import local_units
from analysis.store.units import in_order

Collected = Callable[..., Snapshot]
NO_PUPILS: dict[str, object] = dict.fromkeys(("pupils", "results", "answers"))
LINE = "unit_code;level;indicator;school_year;group;value;n\n"


def table(text: str) -> pd.DataFrame:
    lines = [line.split(";") for line in text.splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype="str").assign(row=range(2, len(lines) + 1))
    frame.attrs["file"] = "local/units.csv"
    return frame


def test_a_class_knows_everything_it_belongs_to(collected: Collected) -> None:
    found = collected().units().loc["se:group:a9"]
    assert list(found[["level", "name", "country", "code", "parent_id"]]) == [
        "group",
        "9 A",
        "se",
        "a9",
        "se:team:lag-1",
    ]
    assert list(found[["team_id", "school_id", "area_id"]]) == ["se:team:lag-1", "se:school:99000001", "se:area:norr"]
    assert list(found[["municipality_id", "region_id", "nation_id"]]) == ["se:municipality:9901", "se:region:99", ""]


def test_steps_that_are_lacking_are_empty_and_those_below_too(collected: Collected) -> None:
    units = collected().units()
    assert list(units.loc["se:group:b9", ["team_id", "parent_id"]]) == ["", "se:school:99000002"]
    assert list(units.loc["se:school:99000005", ["team_id", "area_id"]]) == ["", ""]
    assert units.loc["se:area:norr", "area_id"] == "se:area:norr" and units.loc["se:area:norr", "school_id"] == ""
    assert list(units.columns) == list(UNIT_COLUMNS)
    assert list(dict.fromkeys(units["level"])) == ["region", "municipality", "area", "school", "team", "group"]


def test_a_school_with_a_new_code_is_one_school_and_its_classes_and_figures_follow(collected: Collected) -> None:
    figures = (
        LINE
        + "99000004;school;certified_teachers;2021/22;all;80;50\n99000005;school;certified_teachers;2023/24;all;85;50\n"
    )
    found = collected(figures=figures)
    units = found.units()
    assert "se:school:99000004" not in units.index and "se:group:d9" not in units.index
    assert units.loc["se:group:e9", "school_id"] == "se:school:99000005"
    mine = found.observations("certified_teachers").at("school")
    assert list(zip(mine["unit_id"], mine["year"], mine["value"], strict=True)) == [
        ("se:school:99000005", 2021, 80.0),
        ("se:school:99000005", 2023, 85.0),
    ]
    said = [note["text"] for note in found.notes() if note["kind"] == "code carried"]
    assert said == ["se school 99000004 is today 99000005, the series is carried on"]


def test_merged_schools_stay_units_of_their_own(collected: Collected) -> None:
    units = collected().units()
    assert {"se:school:99000001", "se:school:99000002", "se:school:99000003"} <= set(units.index)


def test_a_chain_of_successors_is_followed_to_its_end() -> None:
    text = UNITS.replace(
        "99000003;school;Bäckskolan;norr;se;2022/23;;", "99000003;school;Bäckskolan;norr;se;2022/23;2023/24;99000006"
    )
    text += "99000006;school;Sjöskolan;norr;se;2024/25;;\n"
    found = local_units(in_order(pd.DataFrame(columns=list(UNIT_COLUMNS))), table(text))
    assert found.renamed["se:school:99000003"] == "se:school:99000006"
    assert found.carried_by == dict.fromkeys(("se:school:99000001", "se:school:99000002"), ("se:school:99000006",))
    assert found.years["se:school:99000006"] == (2022, 9999)


def test_a_school_taken_up_by_one_that_was_there_is_merged_and_not_renamed() -> None:
    text = UNITS.replace(
        "99000004;school;Dalskolan;9901;se;;2022/23;99000005", "99000004;school;Dalskolan;9901;se;;2022/23;99000003"
    )
    found = local_units(in_order(pd.DataFrame(columns=list(UNIT_COLUMNS))), table(text))
    assert "se:school:99000004" not in found.renamed
    assert found.carried_by["se:school:99000004"] == ("se:school:99000003",)


def test_a_publishers_school_keeps_its_name_and_gets_an_area() -> None:
    official = pd.DataFrame(
        [
            ("se:municipality:9901", "municipality", "Hittestad", "", "se:municipality:9901"),
            ("se:school:99000007", "school", "Publicerad skola", "se:municipality:9901", "se:municipality:9901"),
        ],
        columns=["unit_id", "level", "name", "parent_id", "municipality_id"],
    ).set_index("unit_id")
    official = official.assign(country="se", code="99000007")
    official = official.assign(**dict.fromkeys(("team_id", "area_id", "school_id", "region_id", "nation_id"), ""))
    text = "\n".join(UNITS.splitlines()[:1]) + "\nnorr;area;Norra;9901;se;;;\n99000007;school;Annat namn;norr;se;;;\n"
    found = local_units(in_order(official), table(text)).units.loc["se:school:99000007"]
    assert list(found[["name", "area_id", "parent_id"]]) == ["Publicerad skola", "se:area:norr", "se:area:norr"]


def test_without_a_file_of_units_the_publishers_units_are_as_they_were() -> None:
    official = in_order(pd.DataFrame(columns=list(UNIT_COLUMNS)))
    found = local_units(official, None)
    assert found.units is official and not found.renamed and not found.carried_by


def test_figures_about_a_class_and_an_area_are_read(collected: Collected) -> None:
    figures = LINE + "c9;group;merit_value;2022/23;all;231,5;30\nnorr;area;merit_value;2022/23;all;235,5;30\n"
    rows = collected(figures=figures, **NO_PUPILS).observations("merit_value").rows
    assert list(rows["unit_id"]) == ["se:area:norr", "se:group:c9"]
    assert list(rows["value"]) == [235.5, 231.5] and set(rows["origin"]) == {"official"}


def test_schools_are_lifted_to_their_area_too(collected: Collected) -> None:
    lines = ["99000001;school;merit_value;2020/21;all;200;30", "99000002;school;merit_value;2020/21;all;240;10"]
    rows = collected(figures=LINE + "\n".join(lines) + "\n", **NO_PUPILS).observations("merit_value").at("area")
    assert list(rows["value"]) == [210.0] and list(rows["origin"]) == ["computed"] and list(rows["source"]) == ["own"]


def test_only_units_of_the_counties_in_the_scope_are_kept(collected: Collected) -> None:
    found = collected(settings='synthetic = true\n[scope]\nse = ["98"]\n')
    assert found.units().empty and found.observations("merit_value").pupils.empty
    outside = {note["file"]: note["count"] for note in found.notes() if note["kind"] == "outside the scope"}
    assert outside["local/pupils.csv"] == 174 and outside["local/targets"] == 2

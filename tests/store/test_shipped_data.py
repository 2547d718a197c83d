"""What the shipped files become: counted against the files themselves, read a second way."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from analysis.catalogue.workspace import Workspace
from analysis.store import Snapshot, collect, current

NORWAY = "norway/nasjonale_prover/2024-25_20260224-1157_Nasjonale_proever_5._trinn.csv"
SWEDEN = "sweden/skolverket/Grundskolan - Antal elever per årskurs 2023 Skolenhet.csv"


def stored(snapshot: Snapshot) -> pd.DataFrame:
    return pd.read_parquet(snapshot.path / "observations.parquet")


def one(rows: pd.DataFrame, **wanted: object) -> pd.Series:
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_codes_keep_their_leading_zeros(real: Snapshot) -> None:
    units = real.units()
    assert units.loc["se:municipality:0180", "name"] == "Stockholm"
    assert units.loc["no:municipality:0301", "name"] == "Oslo"
    assert units.loc["se:region:01", "name"] == "Stockholms län"


def test_every_unit_belongs_to_a_unit_that_is_there(real: Snapshot) -> None:
    units = real.units()
    for column in ("parent_id", "municipality_id", "region_id", "nation_id"):
        assert set(units[column]) - {""} <= set(units.index)
    assert set(units.loc[units["parent_id"] == "", "level"]) == {"region", "nation"}
    assert set(units.loc[units["level"] == "school", "parent_id"].map(units["level"])) == {"municipality"}


def test_only_the_counties_in_the_scope_are_stored_and_the_others_are_counted(real: Snapshot) -> None:
    units = real.units()
    assert set(units.loc[units["country"] == "se", "region_id"]) == {"se:region:01", "se:region:03"}
    outside = [note for note in real.notes() if note["kind"] == "outside the scope" and note["file"] == SWEDEN]
    kept = (stored(real)["file"] == SWEDEN).sum()
    assert outside[0]["count"] + kept == 4665 * 6


def test_a_norwegian_file_has_as_many_cells_of_each_status_as_the_store(real: Snapshot) -> None:
    text = (real.path.parents[1] / NORWAY).read_bytes().decode("utf-16-le")
    lines = [line.split("\t") for line in text.splitlines()[2:]]
    cells = Counter((line[score], line[score + 2]) for line in lines for score in (9, 12, 15))
    known = Counter()
    for (score, pupils), count in cells.items():
        hidden = "*" in (score, pupils)
        known["withheld" if hidden else "missing" if score == "" else "given"] += count
    found = stored(real)
    found = found[found["file"] == NORWAY]["status"].value_counts().to_dict()
    assert found == dict(known)


def test_a_swedish_file_has_as_many_marks_as_the_store(real_workspace: Workspace, real: Snapshot) -> None:
    text = (real_workspace.data / SWEDEN).read_text(encoding="utf-8-sig")
    lines = [line for line in csv.reader(text.splitlines()[6:], delimiter=";") if len(line) == 23]
    inside = [line for line in lines if line[3][:2] in ("01", "03")]
    known = Counter(mark for line in inside for mark in (line[11], line[12]) if mark in ("..", ".", "~100"))
    rows = stored(real)
    rows = rows[(rows["file"] == SWEDEN) & rows["indicator"].isin(["foreign_background", "parents_education"])]
    found = rows.loc[rows["status"] != "given", "mark"].value_counts().to_dict()
    assert found == dict(known)


def test_a_withheld_cell_keeps_its_mark_and_has_no_number(real: Snapshot) -> None:
    rows = stored(real)
    official = rows[(rows["status"] == "withheld") & (rows["origin"] == "official")]
    assert set(official["mark"]) == {"..", "*"}
    assert rows.loc[rows["status"] != "given", "value"].isna().all()
    assert rows.loc[rows["status"] == "given", "value"].notna().all()


def test_nearly_all_eligible_is_a_mark_and_not_a_hundred(real: Snapshot) -> None:
    rows = real.observations("eligible_vocational").rows
    rounded = rows[rows["status"] == "rounded"]
    assert len(rounded) == 638
    assert set(rounded["mark"]) == {"~100"} and rounded["value"].isna().all()


def test_teachers_who_need_no_certificate_are_not_applicable(real: Snapshot) -> None:
    rows = real.observations("certified_teachers").rows
    assert (rows["status"] == "not_applicable").sum() == 304


def test_a_cell_stands_once_per_unit_year_group_and_origin(real: Snapshot) -> None:
    assert not stored(real).duplicated(["indicator", "unit_id", "year", "group", "origin"]).any()


def test_merit_values_with_their_backgrounds_are_1943_school_years(real: Snapshot) -> None:
    merit = real.observations("merit_value")
    given = merit.at("school").query("status == 'given'")
    assert (len(given), given["unit_id"].nunique()) == (2032, 441)
    joined = given.merge(merit.context, on=["unit_id", "year"])
    whole = joined.dropna(subset=["parents_education", "foreign_background", "girls"])
    assert len(whole) == 1943


def test_the_number_of_pupils_comes_from_the_table_of_grades(real: Snapshot) -> None:
    merit = real.observations("merit_value").at("school")
    pupils = real.observations("pupils_grade_9").at("school")
    both = merit.merge(pupils, on=["unit_id", "year"], suffixes=("", "_grade"))
    both = both[both["status_grade"] == "given"]
    assert len(both) > 2000
    assert (both["n"] == both["value_grade"]).all()


def test_the_standard_error_is_the_published_half_width_over_1_96(real: Snapshot) -> None:
    nation = one(real.observations("np5_reading").rows, unit_id="no:nation:0000", year=2024)
    assert (nation["value"], nation["n"], nation["origin"]) == (49.0, 56155.0, "official")
    assert nation["se"] == pytest.approx(0.1 / 1.96)


def test_the_old_scale_is_an_indicator_of_its_own(real: Snapshot) -> None:
    old, new = real.observations("np5_reading_2007"), real.observations("np5_reading")
    assert set(old.rows["year"]) == set(range(2007, 2014))
    assert set(old.rows["status"]) == {"missing"}
    assert new.rows["year"].min() == 2014
    assert new.indicator.segment(2021) != new.indicator.segment(2022)


def test_stavangers_schools_continue_under_their_organisation_numbers(real: Snapshot) -> None:
    rows = real.observations("np5_reading").rows
    auglend = rows[(rows["unit_id"] == "no:school:974611473") & (rows["group"] == "all")]
    assert list(auglend["year"]) == [*range(2014, 2021), 2022, 2023, 2024]
    assert auglend.loc[auglend["year"] < 2021, "n"].isna().all()
    girls = rows[(rows["unit_id"] == "no:school:974611473") & (rows["group"] == "girls")]
    assert list(girls["year"]) == list(range(2014, 2021))
    closed = [unit for unit in real.units().index if unit.startswith("no:school:1103-")]
    assert closed == ["no:school:1103-amoy-skole", "no:school:1103-lenden-skole-og-ressurssenter"]


def test_akershus_is_computed_for_the_years_before_it_was_there(real: Snapshot) -> None:
    rows = stored(real)
    rows = rows[(rows["unit_id"] == "no:region:32") & (rows["indicator"] == "np5_reading")]
    official, computed = (rows[rows["origin"] == origin] for origin in ("official", "computed"))
    assert set(official["year"]) == {2024}
    shown = real.observations("np5_reading").rows
    shown = shown[shown["unit_id"] == "no:region:32"]
    assert set(shown["origin"]) == {"computed"} and list(shown["year"]) == [2022, 2023, 2024]
    assert set(computed.loc[computed["status"] == "given", "year"]) == {2022, 2023, 2024}
    viken = real.observations("np5_reading").rows.query("unit_id == 'no:region:30'")
    assert list(viken["year"]) == [2022, 2023] and set(viken["origin"]) == {"official"}


def test_a_municipality_with_a_new_code_keeps_its_series_and_a_divided_one_does_not(real: Snapshot) -> None:
    rows = real.observations("np5_reading").rows
    assert list(rows[rows["unit_id"] == "no:municipality:3201"]["year"]) == [2022, 2023, 2024]
    assert "no:municipality:3024" not in real.units().index
    assert list(rows[rows["unit_id"] == "no:municipality:1507"]["year"]) == [2022, 2023]
    assert real.units().loc["no:municipality:1507", "name"] == "Ålesund (2020–2023)"
    said = {note["text"] for note in real.notes() if note["kind"].startswith("code ")}
    assert "no: 3024 is today 3201, the series is carried on" in said
    assert "no: 1507 was divided into 1508, 1580, the series ends and is not joined" in said


def test_official_and_computed_figures_agree_but_for_rounding_and_withheld_schools(real: Snapshot) -> None:
    found = real.reconciliation()
    assert len(found) > 4000
    assert (found["difference"] == found["computed"] - found["official"]).all()
    assert found["within"].mean() > 0.99
    assert found.loc[found["unit_id"] == "no:nation:0000", "difference"].abs().max() < 1


def test_everything_left_out_of_the_measures_is_counted(real: Snapshot) -> None:
    rows = stored(real)
    stands = rows["file"].str.endswith(".parquet").sum()
    kinds = ("no municipality", "other school form", "not used", "no period")
    left_out = [note for note in real.notes() if note["file"].endswith(".parquet") and note["kind"] in kinds]
    assert len(left_out) == 4
    assert stands + sum(note["count"] for note in left_out) == 61372


def test_collecting_again_finds_the_same_snapshot(real_workspace: Workspace, real: Snapshot) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in real.path.iterdir()}
    assert collect(real_workspace, tell=lambda _: None) == real == current(real_workspace)
    assert {file.name: file.stat().st_mtime_ns for file in real.path.iterdir()} == before


def test_provenance_gives_the_right_checksum_of_every_shipped_file() -> None:
    data = Path(__file__).parents[2] / "data"
    for folder in ("sweden/skolverket", "norway/nasjonale_prover", "norway/stavanger"):
        said = (data / folder / "PROVENANCE.md").read_text(encoding="utf-8")
        files = [file for file in (data / folder).iterdir() if file.name != "PROVENANCE.md"]
        assert files
        for file in files:
            assert f"`{file.name}` | `{hashlib.sha256(file.read_bytes()).hexdigest()}`" in said


def test_rows_are_sorted_and_what_is_hidden_can_be_counted(real: Snapshot) -> None:
    rows = real.observations("np8_reading").rows
    assert rows.equals(rows.sort_values(["unit_id", "group", "year"], ignore_index=True))
    hidden = real.hidden()
    cells = stored(real).query("status == 'withheld' and origin == 'official'")
    assert hidden.loc[hidden["status"] == "withheld", "cells"].sum() == len(cells)

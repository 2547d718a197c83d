"""Attacks on what stands beside the tables: texts, comments, files of a run. Planted: found; left out: nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from analysis.audit.reading import read_page
from analysis.audit.release import read_run, released
from analysis.model import Column, Table
from analysis.publish.door import _environment
from analysis.publish.table import csv_link
from analysis.report.gate import account

UNIT = "se:school:99999999"
MERIT = "merit_value"
TABLE = Table(
    "Meritvärde",
    (Column("Läsår"), Column("Värde", 1, field="value"), Column("Elever", 0, field="n")),
    (("2022/23", "skyddad", "skyddad"), ("2023/24", "skyddad", "skyddad")),
    ((MERIT, UNIT, "all", "2022"), (MERIT, UNIT, "all", "2023")),
)


class Seen:
    """As much of a page as the table's template asks for."""

    unit_id = UNIT


def page(extra: str = "", table: Table = TABLE, sentence: str = "Meritvärdet är skyddat 2023/24.") -> str:
    """A page about a school of which everything is withheld, with `extra` after its table."""
    source = "{% from 'table.html' import data_table with context %}{{ data_table(table, 'sv', 'a.csv') }}"
    html = _environment().from_string(source).render(table=table, seen=Seen(), lang="sv")
    return (
        f'<!doctype html><html lang="sv"><body><section data-unit="{UNIT}"><ul class="findings">'
        f'<li data-indicator="{MERIT}" data-verdict="withheld">{sentence}</li></ul>'
        f"{html}{extra}</section></body></html>"
    )


def faults(html: str) -> list[str]:
    return released([read_page(html, "page")], "one", "one", "public").faults


def drawing(svg: str, alt: str = "Diagram över skolans betyg, utan värden.") -> str:
    source = base64.b64encode(f"<svg xmlns='http://www.w3.org/2000/svg'>{svg}</svg>".encode()).decode()
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{source}">'


def test_the_tables_say_which_figures_are_withheld_and_nothing_else_is_said() -> None:
    read = read_page(page(drawing("<path d='M0 10'/><text>Läsår</text>")), "page")
    assert {(each.indicator, each.unit_id, each.group, each.year) for each in read.figures} == set(TABLE.about)
    assert {each.field for each in read.figures} == {"value", "n"}
    assert faults(page(drawing("<path d='M0 10'/>"))) == []


PLANTED = {
    "A24 code": "<script>var x = 1</script>",
    "A29 text that stands loose": "<div>Meritvärde <b>184,5</b></div>",
    "A29 text that stands loose before a list": "<div>Meritvärde: 184,5<ul><li>Läs mer.</li></ul></div>",
    "A21 alternative text": drawing("", "Meritvärde: 184,5 poäng i ett diagram med punkter."),
    "A21 tooltip": '<p title="Meritvärde: 184,5">Läs mer.</p>',
    "A21 label for those who listen": '<p aria-label="Meritvärde 184,5">Läs mer.</p>',
    "A22 description of a drawing": drawing("<title>184.5</title>"),
    "A22 comment in a drawing": drawing("<!-- y = 184.5 -->"),
    "A22 mark in a drawing": drawing('<g data-value="184.5"/>'),
    "A24 comment": "<!-- merit 184.5 n 4 -->",
    "A24 hidden mark": '<p data-value="184.5">Läs mer.</p>',
    "A26 CSV with another cell": f'<a href="data:text/csv;charset=utf-8,{quote("Läsår;Värde;Elever")}">x</a>',
    "A29 number in a sentence": "<ol><li>Meritvärde: 184,5 poäng.</li></ol>",
    "A29 number in words": "<ol><li>Meritvärde saknas, eftersom bara tre elever har betyg.</li></ol>",
    "A29 headline": "<p><strong>Meritvärde nära 180</strong></p>",
}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_number_planted_beside_the_table_is_found(name: str) -> None:
    assert faults(page()) == []
    assert len(faults(page(PLANTED[name]))) >= 1


def test_a26_rows_left_out_of_the_table_and_not_of_its_csv_are_found() -> None:
    whole = Table(TABLE.caption, TABLE.columns, (*TABLE.rows, ("2021/22", 184.5, 4)), (*TABLE.about, TABLE.about[0]))
    swapped = page().replace(_escaped(csv_link(TABLE, "sv")), _escaped(csv_link(whole, "sv")))
    assert swapped != page()
    assert any("other cells than its table" in each for each in faults(swapped))
    other = Table(TABLE.caption, TABLE.columns, (("2022/23", 184.5, 4), TABLE.rows[1]), TABLE.about)
    assert len(faults(page().replace(_escaped(csv_link(TABLE, "sv")), _escaped(csv_link(other, "sv"))))) == 1


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("'", "&#39;")


def test_what_the_municipality_shows_instead_is_not_a_leak() -> None:
    against = Table(
        TABLE.caption,
        (*TABLE.columns, Column("Kommunen", 1, field="reference")),
        (("2023/24", "skyddad", "skyddad", 228.1),), TABLE.about[:1], ("se:municipality:9999",),
    )  # fmt: skip
    said = "Meritvärdet är skyddat 2023/24; kommunens är {}."
    assert faults(page(table=against, sentence=said.format("228,1"))) == []
    assert len(faults(page(table=against, sentence=said.format("228,4")))) == 1


def run_in(folder: Path, *beside: str) -> Path:
    """A run with one page, and other files beside it."""
    (folder / "school").mkdir(parents=True)
    (folder / "school" / "se-school-99999999.html").write_text(page(), encoding="utf-8")
    (folder / "index.html").write_text("<html lang='sv'></html>", encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"data": "x", "parameters": {"audience": "public"}}))
    for name in beside:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text('{"y": [184.5]}', encoding="utf-8")
    return folder


FILES = {
    "A23 the data of an interactive chart": "chart.vega.json",
    "A25 a notebook with its outputs and parameters": "school/se-school-99999999.ipynb",
    "A26 a workbook": "figures.xlsx",
    "A26 a table that no page shows": "figures.csv",
    "A32 a notebook's checkpoint": "school/.ipynb_checkpoints/a-checkpoint.ipynb",
    "A32 a log": "run.log",
    "A32 a cached part of a page": "school/se-school-99999999.html.part",
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_beside_the_pages_is_found(name: str, tmp_path: Path) -> None:
    assert read_run(run_in(tmp_path / "clean")).faults == []
    assert len(read_run(run_in(tmp_path / "planted", FILES[name])).faults) == 1


def test_a_number_planted_in_the_index_is_found_and_its_list_and_filter_are_not(tmp_path: Path) -> None:
    index = "<html lang='sv'><table><tr><td data-order='3'>Skola</td></tr></table><script>var x = 1;</script>{}</html>"
    for extra, faults_of in (("", 0), ("<!-- n = 4 -->", 1), ("<i data-value='4'></i>", 1), ("<iframe></iframe>", 1)):
        run = run_in(tmp_path / str(len(extra)))
        (run / "index.html").write_text(index.format(extra), encoding="utf-8")
        assert len(read_run(run).faults) == faults_of


def test_a23_a_script_with_the_chart_s_data_closes_the_gate() -> None:
    assert account(page()).forbidden == []
    assert account(page("<script>var chart = [184.5];</script>")).forbidden == ["<script>"]


def test_the_same_figure_with_two_values_in_one_release_is_found() -> None:
    from analysis.audit.release import contradictions

    def shown(value: float) -> str:
        return page(table=Table("T", TABLE.columns, (("2023/24", value, 40),), TABLE.about[:1]))

    two = [read_page(shown(value), f"page {value}") for value in (201.5, 201.7)]
    assert contradictions(released(two[:1], "one", "one", "public").figures) == []
    assert len(contradictions(released(two, "one", "one", "public").figures)) == 1

"""The page holds what the door displayed and nothing else."""

import copy
import re

import nbformat.v4 as v4
import pytest
from jinja2 import UndefinedError

from analysis.errors import GateClosed
from analysis.report.exporter import TEMPLATE, export, exporter, style


def test_the_parts_stand_in_the_order_they_were_displayed(whole) -> None:
    marks = ["<h1>", 'id="in-short"', 'id="trend"', 'id="methods"', "<footer"]
    places = [whole.html.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_list_of_contents_leads_to_every_section(whole) -> None:
    contents = re.search(r'<nav class="contents".*?</nav>', whole.html, re.DOTALL).group()
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>', contents) == [
        ("in-short", "I korthet"),
        ("trend", "Utveckling över tid"),
        ("methods", "Metod"),
    ]


def test_source_code_and_prints_are_never_in_the_page(whole) -> None:
    node = copy.deepcopy(whole.node)
    node.cells[5].outputs.insert(0, v4.new_output("stream", name="stdout", text="printed-secret"))
    node.cells[5].outputs.append(v4.new_output("display_data", data={"text/html": "<b>shown-secret</b>"}))
    node.cells.append(v4.new_markdown_cell("text-secret"))
    html = export(node)
    assert html == whole.html
    assert "open_page" not in html and "secret" not in html


def test_an_error_output_is_never_rendered(whole) -> None:
    node = copy.deepcopy(whole.node)
    node.cells[5].outputs.append(v4.new_output("error", ename="KeyError", evalue="'a'", traceback=[]))
    with pytest.raises(GateClosed, match="cell 5: a page is made from a notebook without errors, got: KeyError"):
        export(node)


def test_a_notebook_without_an_end_is_not_exported(whole) -> None:
    node = copy.deepcopy(whole.node)
    node.cells.pop()
    with pytest.raises(GateClosed, match=r"let the notebook call heading\(seen\) first and close\(seen\) last"):
        export(node)


def test_text_from_the_notebook_is_escaped_in_the_head(whole) -> None:
    node = copy.deepcopy(whole.node)
    node.cells[-1].outputs[0].metadata["arshjul"]["title"] = "</title><script>alert(1)</script>"
    html = export(node, {"data": '"><script>'})
    assert "<script" not in html


def test_the_facts_of_a_run_stand_in_the_head(whole) -> None:
    assert '<meta name="arshjul-data" content="abc">' in export(whole.node, {"data": "abc"})


def test_a_missing_field_stops_the_template() -> None:
    with pytest.raises(UndefinedError):
        exporter().environment.from_string("{{ resources.page.no_such }}").render(resources={"page": {}})


def test_the_exporter_is_made_once() -> None:
    assert exporter() is exporter()


def test_the_same_notebook_gives_the_same_bytes(whole) -> None:
    assert export(whole.node) == export(copy.deepcopy(whole.node)) == whole.html


def test_the_page_runs_no_code_and_fetches_nothing(whole) -> None:
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in whole.html
    assert "<script" not in whole.html
    assert not re.search(r"url\(|@import|https?://", style())


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["ink", "soft", "blue", "plum"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_every_colour_of_text_can_be_read_on_every_ground(name: str, ground: str) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", style()))
    full = {
        key: value if len(value) == 7 else "#" + "".join(2 * sign for sign in value[1:])
        for key, value in colours.items()
    }
    light, dark = sorted((luminance(full[name]), luminance(full[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_only_colours_that_can_be_read_are_used_for_text() -> None:
    used = set(re.findall(r"(?<![\w-])color: ([^;}]+)", style()))
    on_sheets = re.search(r"--soft: (#\w{6});", style())[1]  # the number of a sheet, where no variable reaches
    assert used == {"var(--ink)", "var(--soft)", "var(--blue)", "var(--plum)", "var(--teal)", "inherit", on_sheets}
    teal = re.findall(r"([^{}]+)\{\s*color: var\(--teal\);?\s*\}", style())
    assert [selector.strip() for selector in teal] == [".findings li::marker,.questions li::marker"]


def test_the_template_is_ours_alone() -> None:
    assert "extends" not in (TEMPLATE / "page.html.j2").read_text(encoding="utf-8")

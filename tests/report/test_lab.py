"""In JupyterLab the parts of a page look as they do on the page, and Lab itself looks as it did."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis.report import lab
from analysis.report.engine import run
from analysis.report.exporter import export

sys.path.insert(0, str(Path(__file__).parent))
from small_notebooks import ASKED, CALLS, OPEN, notebook


def test_every_rule_is_held_to_what_cells_display() -> None:
    sheet = lab.sheet()
    assert (
        sheet.startswith(".jp-RenderedHTML {\n& {\n--ink: #1b1b1b;") and ":root" not in sheet and "@page" not in sheet
    )
    assert sheet.count("{") == sheet.count("}")


def test_a_page_made_from_a_styled_notebook_is_the_same(tmp_path: Path) -> None:
    plain = run(notebook(tmp_path, OPEN, *CALLS, name="plain"), ASKED)
    styled = run(notebook(tmp_path, "from analysis.report.lab import styled\nstyled()", OPEN, *CALLS), ASKED)
    assert export(styled) == export(plain)
    assert "jp-RenderedHTML" in str(styled.cells[2].outputs)


@pytest.mark.browser
@pytest.mark.slow
def test_the_parts_are_styled_and_what_stands_beside_them_is_not(whole, tmp_path: Path, chromium: str) -> None:
    from tests.browser.chromium import started

    parts = "".join(
        f'<div class="jp-RenderedHTMLCommon jp-RenderedHTML">{output["data"]["text/html"]}</div>'
        for cell in whole.node.cells
        for output in cell.get("outputs", ())
    )
    before = '<h2 id="lab">Lab</h2><a id="beside" href="#lab">Lab</a>'
    pages = {}
    for name, sheet in (("plain", ""), ("styled", f"<style>{lab.sheet()}</style>")):
        pages[name] = tmp_path / f"{name}.html"
        pages[name].write_text(f"<!DOCTYPE html><body>{before}{sheet}{parts}", encoding="utf-8")
    look = "(each => { const found = getComputedStyle(document.querySelector(each)); "
    look += "return [found.color, found.fontSize]; })"
    with started(chromium) as tab:
        found = {}
        for name, path in pages.items():
            tab.open(path, 1280)
            found[name] = [tab.value(f"{look}('{each}')") for each in ("#lab", "#beside", ".big", ".in-short h2")]
    assert found["styled"][:2] == found["plain"][:2]
    assert found["styled"][2] == ["rgb(18, 67, 109)", "30.4px"] != found["plain"][2]
    assert found["styled"][3] == ["rgb(27, 27, 27)", "23.2px"]

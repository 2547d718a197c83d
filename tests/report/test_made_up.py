"""Pages of made-up figures say so, and no other page does."""

import copy
import json
from pathlib import Path

import pytest
from conftest import Whole, request_for
from nbformat import NotebookNode
from small_notebooks import page_notebook

from analysis.errors import GateClosed
from analysis.report import manifest, site
from analysis.report.exporter import export
from analysis.report.gate import check
from analysis.report.page import PageRecord
from analysis.report.reading import account

NOTICE = '<p class="made-up">Allt på den här sidan är påhittat.</p>'
UNIT = {"unit_id": "se:school:1", "level": "school", "name": "Björkskolan", "code": "1", "parent_id": None}
OTHER = UNIT | {"unit_id": "se:school:2", "name": "Granskolan", "code": "2"}


def marked(whole: Whole, notice: str, mark: object = True) -> NotebookNode:
    """The executed notebook with a notice in its heading and the heading marked as made up."""
    node = copy.deepcopy(whole.node)
    (output,) = [
        output
        for cell in node.cells
        for output in cell.get("outputs", ())
        if output.get("metadata", {}).get("arshjul", {}).get("kind") == "heading"
    ]
    html = output["data"]["text/html"]
    output["data"]["text/html"] = html.replace("</header>", f"{notice}</header>")
    output["metadata"]["arshjul"]["made_up"] = mark
    return node


@pytest.fixture
def asked(tmp_path: Path):
    """A request for a page of made-up figures."""
    return request_for(page_notebook(tmp_path), is_made_up=True)


def test_a_page_of_made_up_figures_that_says_so_passes(whole, asked) -> None:
    node = marked(whole, NOTICE)
    assert check(export(node), node, asked).made_up == ["Allt på den här sidan är påhittat."]


@pytest.mark.parametrize(
    ("notice", "found"),
    [
        ("", "0 notices"),
        (NOTICE + NOTICE, "2 notices"),
        ('<p class="made-up"> </p>', "in words in the heading"),
        ('<p class="made-up">…</p>', "in words in the heading"),
    ],
)
def test_a_page_of_made_up_figures_that_does_not_say_so_is_stopped(whole, asked, notice, found) -> None:
    node = marked(whole, notice)
    with pytest.raises(GateClosed, match=found):
        check(export(node), node, asked)


def test_a_notice_that_was_lost_on_the_way_to_the_page_is_missed(whole, asked) -> None:
    node = marked(whole, NOTICE)
    html = export(node)
    assert NOTICE in html
    with pytest.raises(GateClosed, match="the page says that its figures are made up\n  found: 0 notices"):
        check(html.replace(NOTICE, ""), node, asked)


def test_a_notice_elsewhere_than_in_the_heading_does_not_do(whole, asked) -> None:
    node = marked(whole, NOTICE)
    html = export(node).replace(NOTICE, "").replace("</footer>", f"{NOTICE}</footer>")
    with pytest.raises(GateClosed, match="in words in the heading"):
        check(html, node, asked)


def test_a_page_of_real_figures_that_says_they_are_made_up_is_stopped(whole) -> None:
    node = marked(whole, NOTICE, mark=False)
    with pytest.raises(GateClosed, match="the page says nothing of made-up figures\n  found: 1 notices"):
        check(export(node), node, whole.request)


@pytest.mark.parametrize(("is_made_up", "mark"), [(True, False), (False, True)])
def test_the_heading_and_the_run_agree_on_where_the_figures_are_from(whole, tmp_path, is_made_up, mark) -> None:
    node = marked(whole, NOTICE, mark=mark)
    with pytest.raises(GateClosed, match=f"marked made_up: {mark}"):
        check(export(node), node, request_for(page_notebook(tmp_path), is_made_up=is_made_up))


def test_a_mark_that_is_neither_yes_nor_no_is_stopped(whole, asked) -> None:
    with pytest.raises(GateClosed, match="marked with made_up"):
        export(marked(whole, NOTICE, mark="no"))


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
@pytest.mark.parametrize("made_up", [True, False])
def test_the_index_and_the_pages_that_are_not_there_say_it_too(tmp_path: Path, lang: str, made_up: bool) -> None:
    records = [
        PageRecord("se:school:1", "school", "school/se-school-1.html", "failed", reason="its time was up"),
        PageRecord("se:school:2", "school", "school/se-school-2.html", "withheld"),
    ]
    index = site.write(tmp_path, records, [UNIT, OTHER], lang=lang, school_year="2024/25", made_up=made_up)
    expected = [site.words(lang)["made_up"]] if made_up else []
    pages = [index, *(tmp_path / record.path for record in records)]
    assert [account(page.read_text(encoding="utf-8")).made_up for page in pages] == [expected] * 3


def test_the_title_of_the_index_says_it_where_nothing_else_of_the_page_is_seen(tmp_path: Path) -> None:
    index = site.write(tmp_path, [], [], lang="en", school_year="2024/25", made_up=True)
    assert account(index.read_text(encoding="utf-8")).title == "Made-up quality reports 2024/25"


@pytest.mark.parametrize("made_up", [True, False])
def test_the_manifest_says_whether_the_figures_are_made_up(tmp_path: Path, made_up: bool) -> None:
    path = manifest.write(
        tmp_path,
        [],
        data="d",
        made_by=manifest.Code("c" * 40, False),
        lock="l",
        template="t",
        parameters={},
        made_up=made_up,
    )
    assert json.loads(path.read_text(encoding="utf-8"))["made_up"] is made_up

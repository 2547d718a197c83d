"""The gate closes on every broken page, and says which rule was broken and where."""

import copy
import re
from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from analysis.errors import GateClosed
from analysis.report.exporter import export
from analysis.report.gate import MOST_BYTES, check, check_site_page
from analysis.report.outputs import pieces
from analysis.report.reading import account, account_with_parts
from analysis.report.site.rendering import SCRIPT


def broken(whole, change: Callable[[str], str]) -> str:
    """The page after a change; a change that changes nothing tests nothing."""
    html = change(whole.html)
    assert html != whole.html
    return html


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda html: html.replace(old, new)


def test_a_whole_page_passes_and_is_counted(whole) -> None:
    found = check(whole.html, whole.node, whole.request)
    assert (found.figures, len(found.tables), found.sentences) == (1, 1, 3)


PAGE_FAULTS = {
    "alt removed": (lambda html: re.sub(r' alt="[^"]*"', "", html), "what it shows\n  found: None"),
    "alt empty": (lambda html: re.sub(r' alt="[^"]*"', ' alt=""', html), "what it shows"),
    "alt short": (lambda html: re.sub(r' alt="[^"]*"', ' alt="Linjediagram"', html), "what it shows"),
    "alt dummy": (
        lambda html: re.sub(r' alt="[^"]*"', ' alt="No description has been provided for this image"', html),
        "what it shows",
    ),
    "figure dropped": (lambda html: re.sub(r"<figure>.*?</figure>", "", html), "as many figures in the page"),
    "image dropped": (lambda html: re.sub(r"<img [^>]*>", "", html), "one image for each figure"),
    "table dropped": (lambda html: re.sub(r"<table>.*?</table>", "", html), "as many tables in the page"),
    "sentence dropped": (lambda html: re.sub(r"<li data-ind.*?</li>", "", html), "as many sentences in the page"),
    "caption dropped": (lambda html: re.sub(r"<caption>.*?</caption>", "", html), "every table has a caption"),
    "caption empty": (lambda html: re.sub(r"<caption>.*?</caption>", "<caption> </caption>", html), "has a caption"),
    "scope dropped": (replaced('<th scope="row">', "<th>"), "every header cell has a scope"),
    "other unit": (replaced('data-unit="se:school:16762245"', 'data-unit="se:school:1"'), "data-unit in the page"),
    "no unit": (replaced(' data-unit="se:school:16762245"', ""), "no data-unit"),
    "other name in the heading": (replaced("<h1>Björkskolan", "<h1>Granskolan"), "stands in the h1"),
    "other name in the title": (replaced("<title>Björkskolan", "<title>Granskolan"), "stands in the title"),
    "other school year": (replaced("2023/24", "2022/23"), "school year 2023/24"),
    "other language": (replaced('<html lang="sv">', '<html lang="en">'), "the page's lang is sv"),
    "no language": (replaced('<html lang="sv">', "<html>"), "the page's lang is sv"),
    "two main headings": (replaced("</header>", "<h1>Björkskolan</h1></header>"), "a page has one h1"),
    "no main heading": (lambda html: re.sub(r"<h1>.*?</h1>", "", html), "a page has one h1"),
    "a script": (replaced("</body>", "<script>1</script></body>"), "runs no code"),
    "an outside script": (replaced("</body>", '<script src="https://a.example/a.js"></script></body>'), "no code"),
    "an event": (replaced("<body>", '<body onload="a()">'), "runs no code"),
    "an outside style sheet": (replaced("</head>", '<link rel="stylesheet" href="a.css"></head>'), "loads nothing"),
    "an outside link": (replaced("../index.html", "https://a.example/"), "own run only"),
    "an address without scheme": (replaced("../index.html", "//a.example/a.html"), "own run only"),
    "an absolute path": (replaced("../index.html", "/index.html"), "own run only"),
    "a script link": (replaced("../index.html", "javascript:alert(1)"), "own run only"),
    "a page of data": (replaced("../index.html", "data:text/html,a"), "own run only"),
    "an outside font": (replaced("</style>", "a { src: url(https://a.example/a.woff) }</style>"), "own run only"),
    "a dead link inside": (replaced('href="#trend"', 'href="#trends"'), "leads somewhere"),
    "an id used twice": (replaced('id="methods"', 'id="trend"'), "an id is used once"),
    "nan in a sentence": (replaced("+0,9 poäng", "nan poäng"), "a missing number is words\n  found: 'nan'"),
    "NaN in a cell": (replaced(">201,3<", ">NaN<"), "a missing number is words"),
    "None in a cell": (replaced(">given<", ">None<"), "a missing number is words"),
    "inf in a sentence": (replaced("+2,4", "inf"), "a missing number is words"),
    "nan in an alt text": (replaced('alt="Linjediagram:', 'alt="Linjediagram nan:'), "a missing number is words"),
    "nan in the title": (replaced("<title>Björkskolan", "<title>Björkskolan nan"), "a missing number is words"),
    "a traceback": (replaced("Text.", "Traceback (most recent call last)"), "no error text"),
    "an error": (replaced("Text.", "KeyError: 'a'"), "no error text"),
    "too large": (replaced("Text.", "x" * MOST_BYTES), "at most 1 MB"),
    "empty": (lambda html: "", "no data-unit"),
}


@pytest.mark.parametrize("fault", PAGE_FAULTS)
def test_a_broken_page_is_stopped(whole, fault: str) -> None:
    change, rule = PAGE_FAULTS[fault]
    with pytest.raises(GateClosed, match=re.escape(rule)):
        check(broken(whole, change), whole.node, whole.request)


@pytest.mark.parametrize("word", ["nanometer", "Nansen", "information", "in", "info", "non-nan"])
def test_a_word_that_only_contains_one_is_let_through(whole, word: str) -> None:
    check(broken(whole, replaced("Text.", word)), whole.node, whole.request)


def marks(node: NotebookNode, cell: int) -> NotebookNode:
    return node.cells[cell].outputs[0].metadata["arshjul"]


def _remark(cell: int, **changed: object) -> Callable[[NotebookNode], None]:
    return lambda node: marks(node, cell).update(changed)


NOTEBOOK_FAULTS: dict[str, tuple[Callable[[NotebookNode], object], str]] = {
    "a part of another unit": (_remark(5, unit="se:school:1"), "every part has the unit 'se:school:16762245'"),
    "a part of another year": (_remark(5, school_year="2022/23"), "every part has the school_year"),
    "a part in another language": (_remark(6, lang="en"), "every part has the lang"),
    "a part with another name": (_remark(4, unit_name="Granskolan"), "every part has the unit_name"),
    "a part that claims more figures": (_remark(5, figures=2), "the part has 2 figures"),
    "a part that claims fewer sentences": (_remark(4, sentences=1), "the part has 1 sentences"),
    "totals that differ": (_remark(7, tables=2), "1 displayed, 1 in the page, 2 at the end"),
    "an unknown kind": (_remark(5, kind="figur"), "a part's kind is one of"),
    "a count that is no number": (_remark(5, figures="1"), "a part is marked with figures"),
    "a cell that did not run": (lambda node: node.cells[6].update(execution_count=None), "every code cell has run"),
    "no end": (lambda node: node.cells[7].update(outputs=[]), "a page has one end"),
    "no summary": (lambda node: node.cells[4].update(outputs=[]), "a page has one summary"),
    "no question": (lambda node: node.cells[5].update(outputs=[]), "at least one question"),
    "an end that is not last": (lambda node: node.cells.append(node.cells.pop(6)), "the end last"),
    "nothing displayed": (lambda node: [cell.update(outputs=[]) for cell in node.cells], "a page has one heading"),
    "an error output": (
        lambda node: node.cells[5].outputs.append(
            NotebookNode(output_type="error", ename="KeyError", evalue="a", traceback=[])
        ),
        "no cell ends in an error",
    ),
}


@pytest.mark.parametrize("fault", NOTEBOOK_FAULTS)
def test_a_notebook_with_a_fault_is_stopped(whole, fault: str) -> None:
    change, rule = NOTEBOOK_FAULTS[fault]
    node = copy.deepcopy(whole.node)
    change(node)
    with pytest.raises(GateClosed, match=re.escape(rule)):
        check(whole.html, node, whole.request)


def test_a_drawing_with_a_missing_number_is_stopped(whole) -> None:
    import base64

    old = re.search(r"base64,([^\"]+)", whole.html).group(1)
    drawing = base64.b64decode(old).decode()
    for wrong, rule in (
        (">nan<", "a missing number"),
        ("><image href='https://a.example/a.png'/><", "fetches nothing"),
    ):
        new = base64.b64encode(drawing.replace(">2019/20<", wrong).encode()).decode()
        with pytest.raises(GateClosed, match=rule):
            check(whole.html.replace(old, new), whole.node, whole.request)


def test_a_page_in_norwegian_passes_too(tmp_path) -> None:
    from conftest import request_for
    from small_notebooks import page_notebook

    from analysis.report.engine import run

    request = request_for(page_notebook(tmp_path), lang="nb")
    node = run(request.notebook, request.parameters)
    html = export(node)
    check(html, node, request)
    assert "På denne siden" in html


@pytest.fixture(scope="module")
def site_pages(tmp_path_factory) -> dict[str, str]:
    """The site's own pages over a run without pages."""
    from analysis.report import site

    folder = tmp_path_factory.mktemp("site")
    site.write(folder, [], [], lang="sv", school_year="2023/24", made_up=False)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


SITE_FAULTS = {
    "an outside script": (("<title>", '<script src="https://a.example/a.js"></script><title>'), "runs no code but"),
    "a script inside": (("</body>", "<script>alert(1)</script></body>"), "runs no code but"),
    "a handler": (("<main ", '<main onclick="a()" '), "runs no code and loads nothing"),
    "an outside image": (
        ("<main ", '<img alt="Bild av en skola i Uppsala" src="https://a.example/a.png"><main '),
        "image",
    ),
    "an outside link": (('href="methods.html"', 'href="https://a.example/"'), "links to its own run only"),
    "a weaker policy": (("default-src 'none'", "default-src *"), "policy forbids all"),
    "no policy": (('http-equiv="Content-Security-Policy"', 'name="policy"'), "policy forbids all"),
    "two headings": (("</h1>", "</h1><h1>En till</h1>"), "one h1 and a title"),
    "no title": (("<title>", "<title></title><x>"), "one h1 and a title"),
    "another language": (('<html lang="sv">', '<html lang="xx">'), "language of the run"),
    "a number that is none": (("</main>", "<p>nan</p></main>"), "a missing number is words"),
    "a table without a caption": (("</main>", "<table><tr><td>1</td></tr></table></main>"), "has a caption"),
    "a personal number": (("</main>", "<p>19121212-1212</p></main>"), "nothing that tells of a person"),
}


@pytest.mark.parametrize("fault", SITE_FAULTS)
@pytest.mark.parametrize("name", ["index.html", "methods.html", "glossary.html", "not-shown.html"])
def test_a_page_of_the_site_with_a_fault_is_stopped(site_pages, name: str, fault: str) -> None:
    (old, new), rule = SITE_FAULTS[fault]
    script = SCRIPT if name == "index.html" else ""
    check_site_page(site_pages[name], name, script)
    assert old in site_pages[name]
    with pytest.raises(GateClosed, match=rule):
        check_site_page(site_pages[name].replace(old, new), name, script)


def test_a_page_of_the_site_may_list_a_nation_and_no_more(site_pages) -> None:
    html = site_pages["not-shown.html"]
    listed = html.replace("</main>", "<p>" + "Skolan. " * 200_000 + "</p></main>")
    assert len(check_site_page(listed, "not-shown.html").headings) == 1
    with pytest.raises(GateClosed, match="a page of the site is at most 10 MB"):
        check_site_page(html.replace("</main>", "<p>" + "Skolan. " * 1_300_000 + "</p></main>"), "not-shown.html")


def test_the_script_of_the_index_runs_on_no_other_page(site_pages) -> None:
    with pytest.raises(GateClosed, match="runs no code but"):
        check_site_page(site_pages["index.html"], "index.html")
    with pytest.raises(GateClosed, match="runs no code but"):
        check_site_page(site_pages["index.html"].replace(SCRIPT, SCRIPT + " "), "index.html", SCRIPT)


def test_parts_are_counted_alike_in_the_page_and_by_themselves(whole) -> None:
    parts = [piece.html for piece in pieces(whole.node)]
    assert all(each in whole.html for each in parts)
    read, counts = account_with_parts(whole.html, parts)
    assert counts == [account(each).counts for each in parts] and read.counts == (1, 1, 3)
    assert read == account(whole.html)
    assert account_with_parts(broken(whole, replaced("</section>", "</section >")), parts)[1] == counts

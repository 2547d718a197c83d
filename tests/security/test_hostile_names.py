"""Names and texts that are attacks stand in the pages as text: nothing runs, nothing is loaded, nothing gets out."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from tests.security.conftest import HIT, NAMES, PAGES, Built

from analysis.drawing.address import drawn
from analysis.errors import ParameterError
from analysis.report.parameters import page_path, parameters

pytestmark = pytest.mark.slow
LIVE = {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "audio", "video", "template"}


def parsed(built: Built) -> list[tuple[str, BeautifulSoup]]:
    return [(path.name, BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")) for path in built.pages()]


def test_every_page_is_made(hostile: Built) -> None:
    assert hostile.summary.failed == ()
    assert hostile.summary.made == hostile.summary.planned == len(PAGES)


def test_the_names_stand_in_the_pages_as_they_are_written(hostile: Built) -> None:
    whole = "\n".join(soup.get_text() for _, soup in parsed(hostile))
    shown = [name for name in NAMES.values() if name in whole]
    assert len(shown) >= 10


def test_no_element_or_attribute_of_an_attack_is_live(hostile: Built) -> None:
    for name, soup in parsed(hostile):
        for element in soup.find_all(True):
            if element.name in LIVE:
                assert (name, element.name) == ("index.html", "script"), (name, element)
            assert not [key for key in element.attrs if key.startswith("on") or key in ("srcdoc", "formaction")]
            for key in ("href", "src"):
                value = str(element.get(key, ""))
                assert re.match(r"(?:#|data:(?:text/csv|image/svg)|(?:\.\./)?[\w-]+[/.])|$", value), (name, value[:80])
                assert "javascript:" not in value.lower()[:60]


def test_the_only_script_is_the_index_s_own_and_carries_its_hash(hostile: Built) -> None:
    index = dict(parsed(hostile))["index.html"]
    (script,) = index.find_all("script")
    from analysis.report.exporter import sign

    policy = index.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert f"script-src {sign(script.string)}" in policy and HIT not in script.string


def test_every_page_has_a_policy_that_lets_nothing_in(hostile: Built) -> None:
    for name, soup in parsed(hostile):
        (policy,) = soup.find_all("meta", attrs={"http-equiv": "Content-Security-Policy"})
        rules = dict(rule.strip().split(" ", 1) for rule in policy["content"].split(";"))
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'", name
        assert rules["img-src"] == "data:" and "http" not in policy["content"], name
        assert ("script-src" in rules) == (name == "index.html")
        assert soup.find("meta", attrs={"charset": True}) is not None


def test_no_cell_of_a_table_to_download_is_a_formula(hostile: Built) -> None:
    cells = []
    for _, soup in parsed(hostile):
        for link in soup.find_all("a", href=re.compile(r"^data:text/csv")):
            text = unquote(link["href"].partition(",")[2])
            cells += [cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";") for cell in row]
    assert len(cells) > 200
    wrong = [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell and not re.fullmatch(r"[-+]?[\d,.]+", cell)]
    assert wrong == []


def test_the_drawings_hold_the_names_as_text_only(hostile: Built) -> None:
    drawings = 0
    for _, soup in parsed(hostile):
        for image in soup.find_all("img"):
            drawing = drawn(image["src"])
            assert drawing is not None
            drawings += 1
            for element in ElementTree.fromstring(drawing).iter():
                assert element.tag.rpartition("}")[2] not in LIVE - {"svg"} | {"foreignObject", "image", "a"}
                for key, value in element.attrib.items():
                    assert not key.startswith("on"), (key, value)
                    assert not key.endswith("href") or value.startswith("#"), (key, value)
    assert drawings >= 5


def test_templates_are_not_run_twice(hostile: Built) -> None:
    for name, soup in parsed(hostile):
        assert "49{% raw" not in soup.get_text(), name


def test_the_manifest_is_json_with_the_pages_in_their_own_folders(hostile: Built) -> None:
    manifest = json.loads((hostile.out / "manifest.json").read_text(encoding="utf-8"))
    assert {page["state"] for page in manifest["pages"]} == {"made"}
    for page in manifest["pages"]:
        assert re.fullmatch(r"\w+/[\w-]+\.html", page["path"])


def test_no_file_is_written_outside_the_run_s_folder(hostile: Built) -> None:
    root = hostile.workspace.root
    found = {path.relative_to(root).parts[0] for path in root.rglob("*") if not path.is_symlink()}
    assert found == {"arshjul.toml", "data", "reports"}
    assert {path.name for path in (root / "reports").iterdir()} == {"run", ".work"}
    assert {path.name for path in (root / "reports" / ".work").iterdir()} == {"run", "lock"}
    levels = {"municipality", "area", "school", "group", "team", "region", "index.html", "manifest.json"}
    site = {"methods.html", "glossary.html", "not-shown.html"}
    assert {path.name for path in hostile.out.iterdir()} <= levels | site | {"nation"}


@pytest.mark.browser
def test_nothing_runs_and_nothing_is_loaded_in_a_browser(hostile: Built, tab) -> None:
    for path in hostile.pages():
        tab.open(path, 1000)
        assert tab.value("typeof window.hit") == "undefined", path
        assert tab.value("document.querySelectorAll('main script, svg, iframe, [onload], [onerror]').length") == 0
        assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []
        drawn = tab.value("[...document.images].every(image => image.complete && image.naturalWidth > 100)")
        assert drawn is True, path


@pytest.mark.browser
def test_the_index_s_filter_takes_a_name_as_text(hostile: Built, tab) -> None:
    tab.open(hostile.out / "index.html", 1000)
    assert tab.value("document.getElementById('shown').textContent") != ""
    tab.value("box = document.getElementById('filter'); box.value = '<script>'; box.dispatchEvent(new Event('input'))")
    assert tab.value("typeof window.hit") == "undefined"


IDS = (
    "../../etc/passwd", "se:school:../../x", "/etc/passwd", "se:school:a/b", "se:school:a\\b", "se:school:a\0b",
    "se:school:a\n", "se:school:<script>", "se:school:", "se:school:Å", "SE:school:a", "se:school:a.b", "se:school:a b",
    "se:planet:a", "se:school:a:b", "C:\\x", "se:school:%2e%2e", "se:school:..",
)  # fmt: skip


@pytest.mark.parametrize("unit_id", IDS)
def test_an_id_that_is_a_path_or_a_tag_names_no_page(unit_id: str) -> None:
    with pytest.raises(ParameterError, match="is written like"):
        page_path(unit_id)
    with pytest.raises(ParameterError):
        parameters({"unit": unit_id, "school_year": "2023/24", "lang": "sv", "audience": "public"})


VALUES: tuple[object, ...] = (
    ("se:school:1", "se:school:2"), ["se:school:1"], {"a": 1}, None, 1, True, b"se:school:1", 1.5,
    "__import__('os')", "2023/24'; import os", "sv\nimport os", "{{ 7*7 }}", "",
)  # fmt: skip


@pytest.mark.parametrize("name", ["unit", "school_year", "lang", "audience"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_parameter_of_another_kind_is_refused(name: str, value: object) -> None:
    usual = {"unit": "se:school:1", "school_year": "2023/24", "lang": "sv", "audience": "public"}
    with pytest.raises(ParameterError):
        parameters({**usual, name: value})


@pytest.mark.parametrize("name", ["__class__", "unit;import os", "unit\n", "lang ", "nbconvert", ""])
def test_a_parameter_of_another_name_is_refused(name: str) -> None:
    usual = {"unit": "se:school:1", "school_year": "2023/24", "lang": "sv", "audience": "public"}
    with pytest.raises(ParameterError, match="parameters are"):
        parameters({**usual, name: "x"})

"""The index: a ladder one can climb, without dead links, the same for the same pages."""

import base64
import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import request_for
from small_notebooks import page_notebook

from analysis.errors import ArshjulError
from analysis.report import manifest, site
from analysis.report.exporter import template_version
from analysis.report.page import PageRecord, make
from analysis.report.reading import account

UNITS = [
    {"unit_id": "se:region:01", "level": "region", "name": "Stockholms län", "code": "01", "parent_id": None},
    {"unit_id": "se:municipality:0180", "level": "municipality", "name": "Stockholm", "code": "0180"}
    | {"parent_id": "se:region:01"},
    {"unit_id": "se:school:16762245", "level": "school", "name": "Björkskolan", "code": "16762245"}
    | {"parent_id": "se:municipality:0180"},
    {"unit_id": "se:school:2", "level": "school", "name": "Alm <skolan>", "code": "2"}
    | {"parent_id": "se:municipality:0180"},
    {"unit_id": "se:school:3", "level": "school", "name": "Utanför", "code": "3", "parent_id": "se:municipality:0180"},
]


@pytest.fixture
def records(tmp_path: Path) -> list[PageRecord]:
    """One page made, one failed."""
    made = make(request_for(page_notebook(tmp_path)), tmp_path / "out", tmp_path / "work")
    failed = PageRecord("se:school:2", "school", "school/se-school-2.html", "failed", reason="cell 5: <KeyError>")
    return [made, failed]


def write(folder: Path, records: list[PageRecord], lang: str = "sv", made_up: bool = False) -> str:
    return site.write(folder / "out", records, UNITS, lang=lang, school_year="2023/24", made_up=made_up).read_text(
        encoding="utf-8"
    )


def links(html: str) -> list[str]:
    return [each for each in account(html).addresses if not each.startswith(("#", "data:"))]


def test_no_link_of_the_run_is_dead(tmp_path: Path, records: list[PageRecord]) -> None:
    write(tmp_path, records)
    pages = list((tmp_path / "out").rglob("*.html"))
    assert len(pages) == 4  # the index, the page, the failed one and the municipality that is not in the run
    for path in pages:
        for link in links(path.read_text(encoding="utf-8")):
            assert (path.parent / link).resolve().is_file(), f"{path.name}: {link}"


def test_the_ladder_goes_from_the_county_to_the_school(tmp_path: Path, records: list[PageRecord]) -> None:
    known = {str(unit["unit_id"]): unit for unit in UNITS}
    (top,) = site.ladder(records, known, "sv")
    (municipality,) = top.below
    assert [top.name, municipality.name] == ["Stockholms län", "Stockholm"]
    assert [(each.name, each.note) for each in municipality.below] == [
        ("Alm <skolan>", "kunde inte göras"),
        ("Björkskolan", ""),
    ]
    assert (top.path, municipality.below_name) == ("", "skolor")


def test_a_failed_page_is_listed_with_its_reason_and_says_so_itself(tmp_path: Path, records: list[PageRecord]) -> None:
    html = write(tmp_path, records)
    assert "cell 5: &lt;KeyError&gt;" in html
    page = (tmp_path / "out/school/se-school-2.html").read_text(encoding="utf-8")
    assert "Sidan om Alm &lt;skolan&gt; kunde inte göras" in page
    assert account(page).headings == ["Alm <skolan>: sidan finns inte"]


def test_a_page_outside_the_run_is_named_by_its_unit(tmp_path: Path, records: list[PageRecord]) -> None:
    write(tmp_path, records)
    page = (tmp_path / "out/municipality/se-municipality-0180.html").read_text(encoding="utf-8")
    assert account(page).headings == ["Stockholm: sidan finns inte"]


def test_a_failed_page_never_replaces_a_good_one(tmp_path: Path, records: list[PageRecord]) -> None:
    place = tmp_path / "out" / records[0].path
    good = place.read_bytes()
    failed = PageRecord(records[0].unit_id, "school", records[0].path, "failed", reason="a")
    write(tmp_path, [failed])
    assert place.read_bytes() == good


def test_a_placeholder_is_renewed(tmp_path: Path, records: list[PageRecord]) -> None:
    write(tmp_path, records)
    again = PageRecord("se:school:2", "school", "school/se-school-2.html", "failed", reason="something else")
    write(tmp_path, [records[0], again])
    assert "something else" in (tmp_path / "out/school/se-school-2.html").read_text(encoding="utf-8")


def test_only_the_index_runs_code_and_only_that_one(tmp_path: Path, records: list[PageRecord]) -> None:
    html = write(tmp_path, records)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    allowed = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in html


def test_the_filter_is_hidden_until_the_script_runs(tmp_path: Path, records: list[PageRecord]) -> None:
    assert '<p class="tools" hidden>' in write(tmp_path, records)


def test_the_order_of_the_records_does_not_matter(tmp_path: Path, records: list[PageRecord]) -> None:
    assert write(tmp_path, records) == write(tmp_path, records[::-1])


@pytest.mark.parametrize(("lang", "word"), [("sv", "Alla enheter"), ("nb", "Alle enheter"), ("en", "All units")])
def test_the_index_speaks_the_language_of_the_run(
    tmp_path: Path, records: list[PageRecord], lang: str, word: str
) -> None:
    html = write(tmp_path, records, lang)
    assert word in html
    assert account(html).lang == lang


def test_a_page_about_an_unknown_unit_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArshjulError, match="a unit of the snapshot, got: se:school:9"):
        write(tmp_path, [PageRecord("se:school:9", "school", "school/se-school-9.html", "failed")])


def test_every_language_has_the_same_words() -> None:
    texts = tomllib.loads((Path(site.__file__).parent / "words.toml").read_text(encoding="utf-8"))
    keys = {
        lang: sorted((key, *re.findall(r"\{\w+\}", text)) for key, text in words.items())
        for lang, words in texts.items()
    }
    assert keys["sv"] == keys["nb"] == keys["en"]


def write_manifest(folder: Path, records: list[PageRecord]) -> Path:
    return manifest.write(
        folder,
        records,
        data="d",
        made_by=manifest.Code("c" * 40, True),
        lock="l",
        template=template_version(),
        parameters={"lang": "sv"},
        made_up=False,
    )


def test_the_manifest_holds_every_page_and_no_clock(tmp_path: Path, records: list[PageRecord]) -> None:
    first = write_manifest(tmp_path, records).read_bytes()
    slower = [PageRecord(**{**vars(record), "seconds": 99.0}) for record in records[::-1]]
    assert write_manifest(tmp_path, slower).read_bytes() == first
    content = json.loads(first)
    assert [page["unit_id"] for page in content["pages"]] == ["se:school:16762245", "se:school:2"]
    assert content["code"] == {"commit": "c" * 40, "modified": True}
    assert "seconds" not in first.decode() and str(tmp_path) not in first.decode()


def test_the_code_outside_git_is_unknown(tmp_path: Path) -> None:
    assert str(manifest.code(tmp_path)) == "unknown"


def test_the_lock_is_known_by_its_hash(tmp_path: Path) -> None:
    assert manifest.lock_hash(tmp_path) == "unknown"
    (tmp_path / "requirements.lock").write_bytes(b"a")
    assert manifest.lock_hash(tmp_path) == sha256(b"a").hexdigest()

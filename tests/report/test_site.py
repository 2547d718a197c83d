"""The index: a ladder one can climb, without dead links, the same for the same pages."""

import base64
import json
import re
import tomllib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import request_for
from small_notebooks import page_notebook

from analysis.analyses import ANALYSES, analysis
from analysis.catalogue.glossary_list import terms
from analysis.errors import ArshjulError
from analysis.report import manifest, site
from analysis.report.exporter import template_version
from analysis.report.gate import MOST_BYTES
from analysis.report.page import PageRecord, make
from analysis.report.reading import account
from analysis.report.site import glossary, methods

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
    assert len(pages) == 7  # four of the site, the page, the failed one and the municipality that is not in the run
    for path in pages:
        for link in links(path.read_text(encoding="utf-8")):
            assert (path.parent / link.partition("#")[0]).resolve().is_file(), f"{path.name}: {link}"


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_no_page_of_the_site_shows_a_field_that_was_never_filled_in(
    tmp_path: Path, records: list[PageRecord], lang: str
) -> None:
    write(tmp_path, records, lang)
    for name in ("index.html", "methods.html", "glossary.html", "not-shown.html"):
        body = (tmp_path / "out" / name).read_text(encoding="utf-8").partition("<body")[2].partition("<script>")[0]
        assert re.findall(r"[{]\w*[}]", body) == [], name


def test_the_index_of_a_nation_is_let_through(tmp_path: Path, records: list[PageRecord]) -> None:
    towns = [
        UNITS[1] | {"unit_id": f"se:municipality:{code}", "name": f"Staden {code}", "code": f"{code}"}
        for code in range(1000, 1290)
    ]
    schools = [
        UNITS[2] | {"unit_id": f"se:school:{number}", "name": f"Skolan {number}", "code": f"{number}"}
        | {"parent_id": f"se:municipality:{1000 + number % 290}"}
        for number in range(5000)
    ]  # fmt: skip
    made = [replace(records[0], unit_id=each["unit_id"]) for each in schools]
    found = [UNITS[0], *towns, *schools]
    index = site.write(tmp_path / "out", made, found, lang="sv", school_year="2023/24", made_up=False)
    assert index.stat().st_size > MOST_BYTES, "larger than a page about a unit may be"


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
    write(tmp_path, records)
    listed = (tmp_path / "out/not-shown.html").read_text(encoding="utf-8")
    assert '<a href="school/se-school-2.html">Alm &lt;skolan&gt;</a>: ett fel uppstod i beräkningen' in listed
    page = (tmp_path / "out/school/se-school-2.html").read_text(encoding="utf-8")
    assert "Sidan om Alm &lt;skolan&gt; kunde inte göras" in page
    assert "ett fel uppstod i beräkningen" in page
    assert account(page).headings == ["Alm <skolan>: sidan finns inte"]


def test_what_an_error_says_is_released_nowhere(tmp_path: Path, records: list[PageRecord]) -> None:
    write(tmp_path, records)
    write_manifest(tmp_path / "out", records)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) == 8
    assert [path.name for path in files if "KeyError" in path.read_text(encoding="utf-8")] == []


def test_a_page_that_is_kept_back_looks_like_one_that_was_not_asked_for(
    tmp_path: Path, records: list[PageRecord]
) -> None:
    kept = PageRecord("se:school:2", "school", "school/se-school-2.html", "withheld", reason="four pupils")
    index = write(tmp_path, [records[0], kept])
    page = (tmp_path / "out/school/se-school-2.html").read_text(encoding="utf-8")
    listed = (tmp_path / "out/not-shown.html").read_text(encoding="utf-8")
    absent = (tmp_path / "out/municipality/se-municipality-0180.html").read_text(encoding="utf-8")
    assert page == absent.replace("Stockholm", "Alm &lt;skolan&gt;")
    assert "four pupils" not in index + page + listed
    assert "Alm" not in listed


def test_no_list_tells_on_whose_page_something_is_withheld(tmp_path: Path, records: list[PageRecord]) -> None:
    place = tmp_path / "out" / records[0].path
    place.write_text(place.read_text(encoding="utf-8").replace('verdict="none"', 'verdict="withheld"'), "utf-8")
    write(tmp_path, records)
    listed = (tmp_path / "out/not-shown.html").read_text(encoding="utf-8")
    assert '<th scope="row">Skolor</th><td class="number">1</td><td class="number">1</td>' in listed
    assert "Björkskolan" not in listed


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
    assert "när sidan skulle göras" in (tmp_path / "out/school/se-school-2.html").read_text(encoding="utf-8")


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


def test_the_units_are_listed_by_name_and_no_other_order_is_offered_than_by_level(
    tmp_path: Path, records: list[PageRecord]
) -> None:
    html = write(tmp_path, records)
    rows = re.findall(r'<tr><th scope="row"><a href="([^"]*)">([^<]*)</a></th><td data-order="\d">([^<]*)</td>', html)
    assert rows == [("school/se-school-16762245.html", "Björkskolan", "Skola")]
    assert re.findall(r'<th scope="col" class="sortable"[^>]*>([^<]*)</th>', html) == ["Enhet", "Nivå"]


BESIDE = {"unit_id": "se:school:16762245", "path": "school/se-school-16762245.html", "state": "made"}


def run_beside(folder: Path, name: str, page: str, **changed: object) -> None:
    """A finished run in a folder beside others."""
    out = folder / name
    (out / "school").mkdir(parents=True)
    (out / "school/se-school-16762245.html").write_text(page, encoding="utf-8")
    content = {"manifest": 1, "data": name * 8, "made_up": False, "parameters": {"audience": "public"}}
    (out / "manifest.json").write_text(json.dumps({**content, "pages": [BESIDE], **changed}), encoding="utf-8")


def test_the_pages_of_earlier_years_for_the_same_readers_are_linked(tmp_path: Path, records: list[PageRecord]) -> None:
    page = (tmp_path / "out" / records[0].path).read_text(encoding="utf-8")
    assert '<meta name="arshjul-school_year" content="2023/24">' in page
    before = page.replace('content="2023/24"', 'content="2022/23"')
    run_beside(tmp_path, "b", before)
    run_beside(tmp_path, "c", before.replace('content="2022/23"', 'content="2021/22"'))
    run_beside(tmp_path, "d", page)
    run_beside(tmp_path, "e", before, parameters={"audience": "owner"})
    run_beside(tmp_path, "f", before, made_up=True)
    run_beside(tmp_path, "h", before, pages=[{**BESIDE, "path": "school/se-school-16762245_board_brief.html"}])
    (tmp_path / "h/school/se-school-16762245.html").rename(tmp_path / "h/school/se-school-16762245_board_brief.html")
    run_beside(tmp_path, "g", before, manifest="another program's")
    beside = site.earlier(tmp_path / "out", {BESIDE["unit_id"]: "2023/24"}, "public", made_up=False)
    index = site.write(tmp_path / "out", records, UNITS, lang="sv", school_year="2023/24", made_up=False, beside=beside)
    html = index.read_text(encoding="utf-8")
    found = re.findall(r'<a href="(\.\./[^"]*)" aria-label="([^"]*)">([^<]*)</a>', html)
    assert found == [
        ("../b/school/se-school-16762245.html", "Björkskolan 2022/23 (uppgifter bbbbbbbb)", "2022/23"),
        ("../c/school/se-school-16762245.html", "Björkskolan 2021/22 (uppgifter cccccccc)", "2021/22"),
    ]
    assert all((index.parent / address).is_file() for address, _, _ in found)


def test_a_page_of_the_same_year_is_not_earlier_where_another_country_has_a_newer_one(
    tmp_path: Path, records: list[PageRecord]
) -> None:
    page = (tmp_path / "out" / records[0].path).read_text(encoding="utf-8")
    run_beside(tmp_path, "b", page)
    years = {BESIDE["unit_id"]: "2023/24", "no:school:974611473": "2024/25"}
    assert site.earlier(tmp_path / "out", years, "public", made_up=False) == []


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_the_methods_come_from_the_questions_own_records(tmp_path: Path, records: list[PageRecord], lang: str) -> None:
    write(tmp_path, records, lang)
    whole = account((tmp_path / "out/methods.html").read_text(encoding="utf-8"))
    words = " ".join(" ".join(whole.words).split())
    for name in ANALYSES:
        record = analysis(name)
        for texts in (record.title, record.question, record.may_be_used_for, record.may_not_be_used_for):
            assert " ".join(texts[lang].split()) in words


def test_a_method_is_explained_in_the_words_of_the_highest_page_that_does(tmp_path: Path) -> None:
    title = analysis("trend").title["sv"]
    page = '<html lang="sv"><title>{}</title><section class="methods" id="methods">'
    page += "<h2>M</h2><h3>{}</h3><p>{}</p></section>"
    texts = {
        "school/se-school-1.html": page.format("Alm", title, "Skolans &amp; ord."),
        "municipality/se-municipality-0180.html": page.format("Stad &amp; land", title, "Kommunens &lt; ord."),
        "region/se-region-01.html": page.format("Län", "En annan rubrik", "Länets ord."),
    }
    (found,) = [each.told for each in methods.fields(texts, texts.__getitem__, "sv")["methods"] if each.told]
    assert found == methods.Told("municipality/se-municipality-0180.html", "Stad & land", "Kommunens < ord.")


@pytest.mark.parametrize("lang", ["sv", "nb", "en"])
def test_the_words_have_one_source(tmp_path: Path, records: list[PageRecord], repository: Path, lang: str) -> None:
    write(tmp_path, records, lang)
    words = " ".join(account((tmp_path / "out/glossary.html").read_text(encoding="utf-8")).words)
    rows = [line for line in (repository / "GLOSSARY.md").read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    assert len(terms()) == len(rows) - 2  # two tables, each with a head
    assert [term.en for term in terms() if term.en not in words] == []
    assert set(glossary.meanings()) <= {term.en for term in terms()}
    assert all(set(each) == {"sv", "nb", "en"} for each in glossary.meanings().values())


def test_the_limits_are_those_of_the_readers(tmp_path: Path, records: list[PageRecord]) -> None:
    for audience, survey in (("public", 10), ("school", 5)):
        site.write(tmp_path / "out", records, UNITS, lang="en", school_year="2023/24", made_up=False, audience=audience)
        html = (tmp_path / "out/not-shown.html").read_text(encoding="utf-8")
        assert f'<th scope="row">survey answers</th><td class="number">{survey}</td>' in html


def test_a_run_without_a_page_says_so_and_shows_no_empty_table(tmp_path: Path, records: list[PageRecord]) -> None:
    html = write(tmp_path, records[1:])
    assert "Ingen sida är gjord." in html and "<table" not in html
    listed = account((tmp_path / "out/not-shown.html").read_text(encoding="utf-8"))
    assert len(listed.tables) == 1
    assert "Ingen sida är gjord." not in write(tmp_path, records)

"""What a reader of the finished pages may count on."""

from __future__ import annotations

import re

import pytest
from tests.acceptance.conftest import ONLY_WITHHELD, PAGES, site_of

pytestmark = pytest.mark.slow
SITE = ("index.html", "methods.html", "glossary.html", "not-shown.html")


def test_every_page_is_made_and_passes_the_gate(site):
    assert site.summary.failed == ()
    assert site.summary.made == len(PAGES) + 1


def test_two_runs_give_the_same_bytes_also_with_two_jobs(workspace, site):
    other = site_of(workspace, "two", (*PAGES, ONLY_WITHHELD), 2)
    files = sorted(path.relative_to(site.summary.out) for path in site.summary.out.rglob("*.html"))
    assert len(files) == len(PAGES) + 1 + len(SITE)
    for path in files:
        assert (other.summary.out / path).read_bytes() == (site.summary.out / path).read_bytes(), path
    assert (other.summary.out / "manifest.json").read_bytes() == (site.summary.out / "manifest.json").read_bytes()


def test_a_second_run_makes_nothing_and_force_makes_all(workspace, site):
    again = site_of(workspace, "one", (*PAGES, ONLY_WITHHELD), 1)
    assert (again.summary.made, again.summary.kept) == (0, len(PAGES) + 1)


def test_a_school_with_withheld_values_only_says_so_and_shows_its_municipality(site):
    page = site.page(ONLY_WITHHELD)
    summary = page.select_one(".in-short").get_text()
    assert "skyddade, eftersom få elever" in summary
    findings = page.select_one("#level .findings").get_text()
    assert "skydda" in findings and "ommunen" in findings
    assert not page.select(".in-short .pm")


@pytest.mark.parametrize("unit_id", [*PAGES, ONLY_WITHHELD])
def test_no_page_accuses_or_shows_a_machines_words(site, unit_id):
    page = site.page(unit_id)
    text = page.get_text(" ") + " ".join(image["alt"] for image in page.select("img"))
    assert not re.search(r"\b(nan|NaN|None|inf|Traceback|Error)\b", text)
    assert not re.search(r"\b(effekt|effekten|ledde till|orsakade|førte til|skyldes|forårsaket)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("unit_id", PAGES)
def test_the_page_speaks_the_language_of_its_country(site, unit_id):
    assert site.page(unit_id).html["lang"] == {"se": "sv", "no": "nb"}[unit_id[:2]]


def test_codes_keep_their_leading_zeros_from_the_command_to_the_page(site):
    assert "0180" in site.page("se:municipality:0180").select_one(".subtitle").get_text()
    assert "0301" in site.page("no:municipality:0301").select_one(".subtitle").get_text()


def test_a_break_in_the_series_is_not_joined(site):
    """Stavanger's years before the tests were changed in 2022 are shown, but no line is fitted across."""
    page = site.page("no:school:974611473")
    years = {row.find_all(["th", "td"])[1].get_text() for row in page.select("#trend table tbody tr")}
    assert {"2014/15", "2020/21", "2024/25"} <= years
    sentence = page.select_one('#trend li[data-indicator="np5_reading"]').get_text()
    assert "2022/23" in sentence and "2014/15" not in sentence


def test_every_link_leads_to_a_page_of_the_run(site):
    out = site.summary.out
    for path in out.rglob("*.html"):
        for address in re.findall(r'href="([^"#:]+\.html)', path.read_text(encoding="utf-8")):
            assert (path.parent / address).resolve().is_file(), (path, address)

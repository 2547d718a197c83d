"""Every kind of report says the same in three languages, honestly, and with nothing made up."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import IPython.display
import pytest
from bs4 import BeautifulSoup
from tests.tables import about

from analysis import catalogue, publish
from analysis.catalogue import report_kind, report_kinds, required_questions
from analysis.publish import Run

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("sv", "nb", "en")
OWNED = "p.kind, p.purpose, h2, p.lead, .questions > li, .steps li, .empty, .part > .answer span, .card dt, caption"
"""what the page itself says"""
CAUSAL = re.compile(
    r"effekt|effect|tack vare|takket være|thanks to|leder till|fører til|leads to|beror på", re.IGNORECASE
)
CASES = [(kind.id, level) for kind in report_kinds().values() for level in kind.levels if level != "nation"]


def words_of(soup: object) -> list[str]:
    """The page's own texts in order, each on a line; of its questions those that no figure decides."""
    asked = {text for each in required_questions() if each.trigger == "always" for text in each.text.values()}
    found = [" ".join(each.get_text(" ").split()) for each in soup.select(OWNED)]  # type: ignore[attr-defined]
    questions = [each.find(string=True) for each in soup.select(".questions > li")]  # type: ignore[attr-defined]
    decided = {" ".join(each.split()) for each in questions if each not in asked}
    return [text for text in found if not any(text.startswith(each) for each in decided)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", list(report_kinds()))
def test_every_kind_says_its_own_words_as_they_are_written_down(displayed, kind, lang) -> None:
    lines = []
    for level in report_kind(kind).levels:
        if level != "nation":
            lines += [f"## {level}", *words_of(displayed(level, kind, lang)), ""]
    path, found = GOLDEN / f"{kind}-{lang}.txt", "\n".join(lines)
    if os.environ.get("GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_a_page_has_the_same_parts_and_questions_in_every_language(displayed, kind, level) -> None:
    pages = [displayed(level, kind, lang) for lang in LANGUAGES]
    for select in ("section[id]", ".questions > li", ".card", ".empty", ".answer", "table", "figure"):
        assert len({len(page.select(select)) for page in pages}) == 1, select


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_every_question_of_a_page_has_a_place_for_the_unit_s_own_answer(displayed, kind, level) -> None:
    page = displayed(level, kind)
    asked = page.select(".questions > li")
    assert all(len(each.select(".answer")) == 1 for each in asked)
    assert bool(asked) is ("dialogue" in report_kind(kind).parts)


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_nothing_on_a_page_tells_a_cause_where_nothing_was_evaluated(displayed, kind, level) -> None:
    for lang in LANGUAGES:
        page = displayed(level, kind, lang)
        for asked in page.select(".questions li"):
            asked.decompose()
        written = page.select(".card h3, .card dd")
        texts = {each.get_text() for each in page.select("h2, h3, p, li, dt, caption, th, td")}
        assert [text for text in texts - {each.get_text() for each in written} if CAUSAL.search(text)] == []


def test_no_text_of_the_catalogue_or_the_page_tells_a_cause() -> None:
    texts = []
    for package, names in (
        ("analysis.publish", ("words.toml",)),
        ("analysis.catalogue", ("kinds.toml", "wheel.toml", "unfilled.toml")),
    ):
        for name in names:
            texts += leaves(tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8")))
    assert len(texts) > 500
    assert [text for text in texts if CAUSAL.search(text)] == []


def leaves(table: object) -> list[str]:
    """Every text in a table, however deep."""
    if isinstance(table, dict):
        return [text for each in table.values() for text in leaves(each)]
    if isinstance(table, list):
        return [text for each in table for text in leaves(each)]
    return [table] if isinstance(table, str) else []


@pytest.mark.parametrize(("kind", "level"), CASES)
def test_no_table_of_a_page_is_in_order_of_a_value(displayed, kind, level) -> None:
    """Units stand by name: in Swedish schools' names as they are spelt."""
    page = displayed(level, kind)
    for table in page.select("#compilation table, #below table"):
        names = [each.get_text() for each in table.select("tbody th")]
        assert names == sorted(names)


def test_what_is_certain_about_units_is_said_with_size_pupils_and_uncertainty(displayed) -> None:
    said = [each.get_text() for each in displayed("municipality", "area_compilation").select("#standing_out li")]
    assert said
    for each in said:
        assert re.search(r"\d+ (av \d+ tillfrågade )?elever", each.replace("\N{NO-BREAK SPACE}", " ")), each
        assert re.search(r"intervall|sannolikhet|slump", each), each


def test_a_compiled_figure_says_which_unit_and_school_year_it_is_from(displayed) -> None:
    tables = displayed("municipality", "year_report").select("#compilation table")
    assert tables
    for table in tables:
        rows = about(table)
        assert len(rows) == len(table.select("tbody tr"))
        for told, row in rows:
            cells = [each.get_text() for each in row.find_all(["th", "td"])]
            assert told["unit_id"].startswith("se:school:") and cells[4]
            assert cells[3].startswith(told["school_year_start"])


def test_the_brief_to_the_board_is_asked_the_board_s_questions_and_no_others(displayed) -> None:
    asked = [each.find(string=True) for each in displayed("municipality", "board_brief").select(".questions li")]
    board = [each.text["sv"] for each in catalogue.required_questions() if each.of == ("board",)]
    assert asked[: len(board)] == board


def test_the_archive_lists_what_its_readers_may_have_and_tells_of_nothing_else(opened, monkeypatch) -> None:
    entry = {
        "run": "r",
        "unit": "se:school:99990102",
        "year": "2024/25",
        "report": "plan",
        "path": "school/a_plan.html",
    }
    entry |= {"audience": "public", "data": "d1", "sha256": "p1"}
    others = [entry | {"audience": "owner", "run": "hidden"}, entry | {"unit": "se:school:1", "run": "another"}]
    seen, shown = opened("school", "archive_index"), []
    monkeypatch.setattr(seen.figures, "run", Run(archive=(entry, *others)))
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: shown.append(bundle["text/html"]))
    publish.archive(seen)
    page = BeautifulSoup(shown[0], "html.parser")
    assert [each.get_text() for each in page.select("tbody tr > *")] == [
        "Åtagandeplan", "2024/25", "r/school/a_plan.html", "alla", "d1", "p1",
    ]  # fmt: skip

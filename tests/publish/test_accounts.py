"""What a unit has answered stands under its question, and is lifted to the pages of those above, as it was written."""

from __future__ import annotations

from types import SimpleNamespace

import IPython.display
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis import catalogue, publish
from analysis.publish import Figures
from analysis.publish.accounts import lifted, own_account
from analysis.report.reading import account
from analysis.store import Snapshot

COLUMNS = ("unit_id", "year", "question", "text", "written_by_role", "written_on")
SCHOOL, OTHER, TEAM = "se:school:99990102", "se:school:99990103", "se:team:99990102-79"
ROWS = [
    (SCHOOL, 2024, "results_and_why", "Fler läser hemma, <b>tror</b> vi.", "rektor", "2025-08-20"),
    (OTHER, 2024, "results_and_why", "Färre lärarbyten.", "rektor", "2025-08-21"),
    (SCHOOL, 2024, "gap_widened", "Pojkarna läser mindre.", "rektor", "2025-08-20"),
    (SCHOOL, 2023, "priorities", "Förra årets svar.", "rektor", "2024-08-20"),
    (TEAM, 2024, "team_urgent", "Matematik i sjuan.", "arbetslagsledare", "2025-06-10"),
]


(WHY,) = (each.text["sv"] for each in catalogue.required_questions() if each.id == "results_and_why")


@pytest.fixture
def asked(opened, figures: Figures, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """The dialogue of a unit's page, and the page itself, with these answers collected."""
    monkeypatch.setattr(Snapshot, "accounts", lambda snapshot: pd.DataFrame(ROWS, columns=list(COLUMNS)))
    monkeypatch.setattr(figures, "_written", {})  # what is read is kept for the other pages
    shown: list[str] = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: shown.append(bundle["text/html"]))

    def page(level: str, **more: str):  # type: ignore[no-untyped-def]
        seen = opened(level, **more)
        publish.dialogue(seen)
        return seen, BeautifulSoup(shown[-1], "html.parser")

    return page


def answers(dialogue: BeautifulSoup) -> dict[str, str]:
    found = {}
    for each in dialogue.select("li"):
        place = each.select_one(".answer").extract()
        found[each.get_text(strip=True)] = place.get_text("|", strip=True)
    return found


def test_an_answer_stands_under_its_question_with_role_and_day_and_the_others_have_room(asked) -> None:
    seen, dialogue = asked("school")
    found = answers(dialogue)
    assert found[WHY] == (
        "Vårt svar|Fler läser hemma, <b>tror</b> vi.|rektor, 20\N{NO-BREAK SPACE}augusti\N{NO-BREAK SPACE}2025"
    )
    assert dialogue.select_one(".given b") is None  # what people write is text, never markup
    unanswered = [text for text in found.values() if text == "Vårt svar"]
    assert len(unanswered) == len(found) - 2 > 3
    assert set(own_account(seen)) == {"results_and_why", "gap_widened"}  # not last year's


def test_an_answer_to_a_question_that_the_figures_do_not_put_is_not_lost(asked) -> None:
    _, dialogue = asked("school")
    before = dialogue.find("h3", string="Besvarade frågor som siffrorna inte längre väcker")
    (item,) = before.find_next("ul").select("li")
    assert "Pojkarna läser mindre." in item.get_text() and "{" not in item.get_text()


def test_a_question_is_put_once_with_or_without_an_answer(asked) -> None:
    _, dialogue = asked("school")
    texts = list(answers(dialogue))
    assert len(texts) == len(set(texts)) == len(dialogue.select("li"))


def test_the_schools_answers_are_lifted_to_the_area_and_the_municipality_by_question_and_unit(asked) -> None:
    for level in ("area", "municipality"):
        seen, _ = asked(level)
        cards = {card.title: card for card in lifted(seen)}
        why = cards[WHY]
        mine = [row for row in why.rows if row[1].startswith("Fler läser hemma")]
        name = seen.figures.units.at[SCHOOL, "name"]
        assert mine == [
            (f"{name}, rektor, 20\N{NO-BREAK SPACE}augusti\N{NO-BREAK SPACE}2025", "Fler läser hemma, <b>tror</b> vi.")
        ]
        assert all("Förra årets" not in text for card in cards.values() for _, text in card.rows)
        assert all("Matematik i sjuan." not in text for card in cards.values() for _, text in card.rows)


@pytest.mark.parametrize(("levels", "texts"), [(("team", "school"), ["Matematik i sjuan."]), (("school",), [])])
def test_a_team_s_answer_is_lifted_only_to_those_who_may_see_the_team(
    asked, monkeypatch: pytest.MonkeyPatch, levels: tuple[str, ...], texts: list[str]
) -> None:
    seen, _ = asked("school")
    monkeypatch.setattr(seen.figures, "levels", levels)
    seen.lower.clear()
    assert [text for card in lifted(seen) for _, text in card.rows] == texts


def test_words_that_look_like_missing_numbers_may_stand_in_what_people_write(asked) -> None:
    _, dialogue = asked("school")
    html = str(dialogue).replace("Fler läser hemma", "None of the classes did")
    assert "None" in html and not [word for word in account(html).words if "None" in word]
    assert [word for word in account("<p>None of it</p>").words if "None" in word]


CLASS = "se:group:99990102-2022-7a"


@pytest.mark.parametrize(
    ("audience", "school", "seen"),
    [
        ("public", "", {SCHOOL, OTHER}),
        ("school", SCHOOL, {SCHOOL, OTHER, TEAM, CLASS}),
        ("school", OTHER, {SCHOOL, OTHER}),
    ],
)
def test_nobody_is_handed_what_a_unit_wrote_whose_page_they_may_not_see(
    figures, audience: str, school: str, seen: set[str]
) -> None:
    rows = pd.DataFrame([*ROWS, (CLASS, 2024, "class_goals", "Ja.", "lärare", "2025-06-10")], columns=list(COLUMNS))
    snapshot = SimpleNamespace(is_protected=True, units=lambda: figures.units, accounts=lambda: rows)
    assert set(Figures(snapshot, None, audience, school).written("accounts")["unit_id"]) == seen
    opened = SimpleNamespace(is_protected=False, units=lambda: figures.units, accounts=lambda: rows)
    assert set(Figures(opened, None, audience, school).written("accounts")["unit_id"]) == {*seen, TEAM, CLASS}

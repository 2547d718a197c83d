"""The questions a page puts to those who read it, each with the unit's own answer or a place for it."""

from __future__ import annotations

from analysis import catalogue
from analysis.publish.accounts import Account, asked, own_account
from analysis.publish.answers import MOST_QUESTIONS, questions
from analysis.publish.door import display, render
from analysis.publish.seen import Seen
from analysis.publish.triggers import required
from analysis.publish.words import word

MOST_IN_BRIEF = 2


def dialogue(seen: Seen) -> None:
    """Questions for the dialogue: those that must be asked, then those the figures call for, each with its answer.

    What the unit has answered to a question that its figures no longer put stands after those that must be asked.
    """
    put, account = required(seen), own_account(seen)
    also = {each.id: asked(each, seen.lang) for each in _ours(seen) if each.id in account and each.id not in put}
    raised = questions(seen, MOST_IN_BRIEF if seen.kind.is_brief else MOST_QUESTIONS)
    groups: list[tuple[str, list[tuple[str, Account | None]]]] = [
        (word("asked_always", seen.lang), [(text, account.get(id)) for id, text in put.items()]),
        (word("asked_before", seen.lang), [(text, account[id]) for id, text in also.items()]),
        (word("asked_by_figures", seen.lang), [(text, None) for text in raised]),
    ]
    html = render("dialogue.html", seen, groups=groups)
    count = sum(len(questions) for _, questions in groups)
    display(seen, "dialogue", html, title=word("dialogue", seen.lang), sentences=count)


def _ours(seen: Seen) -> list[catalogue.RequiredQuestion]:
    """The questions that this kind of report may put to the unit."""
    whose = seen.kind.asked_of(seen.level)
    return [each for each in catalogue.required_questions() if whose in each.of]

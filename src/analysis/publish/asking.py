"""The questions a page puts to those who read it, each with a place for the unit's own answer."""

from __future__ import annotations

from analysis.publish.answers import MOST_QUESTIONS, questions
from analysis.publish.door import display, render
from analysis.publish.seen import Seen
from analysis.publish.triggers import required
from analysis.publish.words import word

MOST_IN_BRIEF = 2


def dialogue(seen: Seen) -> None:
    """Questions for the dialogue: those that must be asked, then those the figures call for, each with its answer."""
    raised = questions(seen, MOST_IN_BRIEF if seen.kind.is_brief else MOST_QUESTIONS)
    groups = [(word("asked_always", seen.lang), required(seen)), (word("asked_by_figures", seen.lang), raised)]
    html = render("dialogue.html", seen, groups=groups)
    count = sum(len(texts) for _, texts in groups)
    display(seen, "dialogue", html, title=word("dialogue", seen.lang), sentences=count)

"""What people write on: an agenda, a form for minutes, decisions to be taken, and what no figures fill."""

from __future__ import annotations

from analysis import catalogue
from analysis.publish.part import Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import word

AGENDA = ("opening", "results", "causes", "commitments", "equity", "support", "agreed")
MINUTES = ("date", "present", "seen", "causes", "agreed", "support", "next")
DECISIONS = ("goals", "risks", "economy", "decide")


def agenda(seen: Seen) -> None:
    """The agenda of a talk about results and quality: seven points, in order."""
    display_part(seen, Part("agenda", steps=(tuple(word(f"agenda_{each}", seen.lang) for each in AGENDA),)))


def minutes(seen: Seen) -> None:
    """A form for what was said and agreed: who, what, which support, and when it is followed up."""
    display_part(seen, Part("minutes", boxes=tuple(word(f"minutes_{each}", seen.lang) for each in MINUTES)))


def decisions(seen: Seen) -> None:
    """What the board is to decide: no figures fill it, so it is a form."""
    display_part(seen, Part("decisions", boxes=tuple(word(f"decision_{each}", seen.lang) for each in DECISIONS)))


def unfilled(seen: Seen) -> None:
    """What belongs to this kind of report and no figures fill: what would stand here, and what fills it."""
    missing = tuple((each.text[seen.lang], each.file) for each in catalogue.unfilled(seen.report))
    if missing:
        display_part(seen, Part("unfilled", empty=missing))

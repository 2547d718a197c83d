"""The one door from numbers to paper."""

from analysis.publish.adoption import chosen, programmes, programmes_in_short
from analysis.publish.archiving import archive
from analysis.publish.asking import dialogue
from analysis.publish.cards import compilation, overview, standing_out
from analysis.publish.comparison import compared
from analysis.publish.door import below, close, coverage, heading, in_short, methods, show
from analysis.publish.plans import commitments, plan, targets, written
from analysis.publish.seen import Figures, Run, Seen, open_page, use
from analysis.publish.talks import agenda, decisions, minutes, unfilled
from analysis.publish.year_wheel import wheel

__all__ = [
    "Figures",
    "Run",
    "Seen",
    "agenda",
    "archive",
    "below",
    "chosen",
    "close",
    "commitments",
    "compared",
    "compilation",
    "coverage",
    "decisions",
    "dialogue",
    "heading",
    "in_short",
    "methods",
    "minutes",
    "open_page",
    "overview",
    "plan",
    "programmes",
    "programmes_in_short",
    "show",
    "standing_out",
    "targets",
    "unfilled",
    "use",
    "wheel",
    "written",
]

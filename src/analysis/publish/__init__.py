"""The one door from numbers to paper."""

from analysis.publish.door import below, close, coverage, dialogue, heading, in_short, methods, show
from analysis.publish.seen import Figures, Run, Seen, open_page, use

__all__ = [
    "Figures",
    "Run",
    "Seen",
    "below",
    "close",
    "coverage",
    "dialogue",
    "heading",
    "in_short",
    "methods",
    "open_page",
    "show",
    "use",
]

"""A part of a page that is no question: sentences, tables, cards, and what is honestly empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.model import Table
from analysis.publish.door import csv_name, display, render
from analysis.publish.seen import Seen
from analysis.publish.words import word


@dataclass(frozen=True)
class Drawing:
    """A picture, what it shows in words, and the line above it.

    ``look`` is *wheel* or *chart*; ``narrow`` the shape a chart takes on a narrow screen, if it has another there.
    """

    image: str
    alt: str
    caption: str
    look: str = "wheel"
    narrow: str = ""


@dataclass(frozen=True)
class Card:
    """Something that units have written, with where and when it was written.

    ``by`` is the id of the unit that wrote it, and ``rows_by`` of those that wrote its rows; empty for the page's own.
    ``measures`` is the label of the row that names the measures, in the program's words. The audit reads these marks,
    to say which texts somebody should look at before they are published.
    """

    title: str
    origin: str
    rows: tuple[tuple[str, str], ...]
    by: str = ""
    rows_by: tuple[str, ...] = ()
    measures: str = ""


@dataclass(frozen=True)
class Part:
    """What stands in a part of a page.

    ``lists`` holds (heading, sentences), each sentence with the unit it is about or nothing; ``empty`` what would
    stand here and the file that fills it; ``boxes`` the labels of places to write in. ``links`` has, for a table by its
    place, the address of each row's page.
    """

    name: str
    lists: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    drawings: tuple[Drawing, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    tables: tuple[Table, ...] = ()
    cards: tuple[Card, ...] = ()
    empty: tuple[tuple[str, str], ...] = ()
    boxes: tuple[str, ...] = ()
    links: Mapping[int, Sequence[str | None]] = field(default_factory=dict, hash=False)
    title: str = ""
    lead: str = ""


def display_part(seen: Seen, part: Part) -> None:
    """Display a part; its heading and lead are the page's own words unless it says others."""
    title = part.title or word(f"part_{part.name}", seen.lang)
    lead = part.lead or word(f"lead_{part.name}", seen.lang)
    names = [csv_name(seen, f"{part.name}-{number}") for number in range(1, len(part.tables) + 1)]
    whole = Part(**{**vars(part), "title": title, "lead": lead})
    html = render("part.html", seen, part=whole, csv_names=names, links=part.links)
    display(
        seen,
        "part",
        html,
        title=title,
        anchor=part.name,
        begins=part.name,
        figures=len(part.drawings),
        tables=len(part.tables),
        sentences=1 + sum(len(sentences) for _, sentences in part.lists),
    )

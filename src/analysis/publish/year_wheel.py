"""The annual wheel: where in the year the report stands, as a drawing and as a table of months."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from analysis import catalogue
from analysis.analyses.wording import capitalised
from analysis.catalogue import WheelEvent
from analysis.drawing.grouped import grouped
from analysis.model import Column, Table
from analysis.model.language import join
from analysis.publish.figure import source_of
from analysis.publish.part import Drawing, Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import word

SIZE, OUTER, INNER, PHASE, HUB, NAMES = 360, 142.0, 88.0, 84.0, 62.0, 160.0
CHIP = 11.0
ROWS = (128.0, 103.0)
"""how far from the middle the numbers stand: two in the outer row, the others in the inner"""
DARK, INK, PALE, MID, WHITE = "#12436D", "#262626", "#EEF2F5", "#C9D3DB", "#FFFFFF"
PHASES = {
    "school": (("plan", 8, 2), ("do", 10, 6), ("study", 4, 4)),
    "budget": (("study", 1, 3), ("do", 4, 6), ("plan", 10, 3)),
}
"""the parts of each wheel: name, first month, number of months"""
WHOLE = "annual_wheel"
"""the kind of report that is the wheel itself, of no month of its own"""
BUDGET_LEVELS = ("municipality",)


def wheel(seen: Seen) -> None:
    """The wheel of the unit's level, and a table of its months; both wheels where the page is the wheel itself."""
    wheels = tuple(catalogue.WHEELS)
    if seen.report != WHOLE:
        wheels = wheels[1:] if seen.level in BUDGET_LEVELS else wheels[:1]
    events = {name: catalogue.wheel_events(seen.level, seen.country, name) for name in catalogue.WHEELS}
    if not any(events.values()):
        return
    here = seen.kind.when(seen.level, seen.country)
    drawings = tuple(_drawing(seen, name, events[name], here) for name in wheels if events[name])
    where = word("wheel_here", seen.lang, months=join([_month(each, seen.lang) for each in here], seen.lang))
    lead = word("lead_wheel", seen.lang) + (f" {where}" if here else "")
    title = seen.kind.name[seen.lang] if seen.report == WHOLE else ""
    display_part(seen, Part("wheel", drawings=drawings, tables=(_table(seen, events),), title=title, lead=lead))


def _month(number: int, lang: str) -> str:
    return word("months", lang).split()[number - 1]


def _table(seen: Seen, events: dict[str, tuple[WheelEvent, ...]]) -> Table:
    """Month by month what is done in each wheel, with the numbers of the drawing, from the first month of the year."""
    first = "budget" if seen.level in BUDGET_LEVELS else "school"
    names = [name for name in events if events[name]]
    columns = [Column(word("wheel_month", seen.lang)), *(Column(word(f"wheel_{name}", seen.lang)) for name in names)]
    rows = []
    for month in catalogue.turning(first):
        cells = [_done(events[name], month, name, seen.lang) for name in names]
        if any(cells):
            rows.append((capitalised(_month(month, seen.lang)), *(cell or "–" for cell in cells)))
    level = catalogue.level(seen.level).name[seen.lang]
    return Table(word("wheel_caption", seen.lang, level=level), tuple(columns), tuple(rows))


def _done(events: Sequence[WheelEvent], month: int, wheel_name: str, lang: str) -> str:
    numbered = enumerate(events, start=1)
    return "\n".join(f"{_mark(n, wheel_name)} {each.text[lang]}" for n, each in numbered if month in each.months)


def _mark(number: int, wheel_name: str) -> str:
    """How an event is marked: by a number in the school wheel, by a letter in the budget wheel."""
    return str(number) if wheel_name == "school" else chr(ord("A") + number - 1)


def _drawing(seen: Seen, name: str, events: Sequence[WheelEvent], here: Sequence[int]) -> Drawing:
    months = catalogue.turning(name)
    ends = [_month(each, seen.lang) for each in (months[0], months[-1])]
    alt = word("wheel_alt", seen.lang, wheel=word(f"wheel_{name}", seen.lang), first=ends[0], last=ends[1])
    if here:
        alt += " " + word("wheel_here", seen.lang, months=join([_month(each, seen.lang) for each in here], seen.lang))
    return Drawing(source_of(wheel_svg(seen, name, events, here).encode()), alt, word(f"wheel_{name}", seen.lang))


def wheel_svg(seen: Seen, name: str, events: Sequence[WheelEvent], here: Sequence[int]) -> str:
    """One wheel as SVG: twelve months from the top, what is done in each by its mark, the report's months dark."""
    months = catalogue.turning(name)
    parts = [grouped("".join(_segment(place, month in here) for place, month in enumerate(months)))]
    for place, month in enumerate(months):
        marks = [_mark(number, name) for number, each in enumerate(events, start=1) if month in each.months]
        chips = [_chip(place, step, len(marks), text, month in here) for step, text in enumerate(marks)]
        parts.append(grouped("".join([*chips, _name(place, _month(month, seen.lang)[:3], month in here)])))
    parts += [_phase(name, each, months, seen.lang) for each in PHASES[name]]
    year = str(seen.year) if name == "school" else str(seen.year.start + 1)
    parts.append(_text(0, -5, word(f"hub_{name}", seen.lang), 14))
    parts.append(_text(0, 17, year, 17, bold=True))
    parts.append(f'<path d="M0 {-OUTER - 2} V{-INNER + 2}" stroke="{INK}" stroke-width="4"/>')
    half = SIZE / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" '
        f'viewBox="{-half} {-half} {SIZE} {SIZE}" font-family="DejaVu Sans, Arial, sans-serif">{"".join(parts)}</svg>'
    )


def _point(radius: float, turn: float) -> str:
    """A place on a circle, `turn` twelfths clockwise from the top."""
    angle = math.tau * turn / 12
    return f"{_tenths(radius * math.sin(angle))} {_tenths(-radius * math.cos(angle))}"


def _tenths(number: float) -> str:
    """A number to the tenth, without what says nothing.

    >>> _tenths(-12.0), _tenths(0.04), _tenths(3.14)
    ('-12', '0', '3.1')
    """
    return f"{round(number, 1) + 0.0:g}"


def _ring(low: float, high: float, first: float, last: float) -> str:
    large = int(last - first > 6)
    return (
        f"M{_point(high, first)}A{high:g} {high:g} 0 {large} 1 {_point(high, last)}"
        f"L{_point(low, last)}A{low:g} {low:g} 0 {large} 0 {_point(low, first)}z"
    )


def _segment(place: int, is_here: bool) -> str:
    fill = DARK if is_here else PALE if place % 2 else WHITE
    return f'<path d="{_ring(INNER, OUTER, place, place + 1)}" fill="{fill}" stroke="{INK}" stroke-width="1"/>'


def _chip(place: int, step: int, count: int, text: str, is_here: bool) -> str:
    """The mark of one event, in its month: up to two in the outer row, the others in the inner."""
    row, column = divmod(step, 2)
    beside = min(count - 2 * row, 2)
    turn = place + 0.5 + (column - (beside - 1) / 2) * (0.42 if row == 0 else 0.5)
    radius = ROWS[row] if count > 2 else sum(ROWS) / 2
    across, down = _point(radius, turn).split()
    fill, ink = (WHITE, DARK) if is_here else (INK, WHITE)
    chip = f'<circle cx="{across}" cy="{down}" r="{CHIP}" fill="{fill}"/>'
    return chip + _text(float(across), float(down) + 4.5, text, 13, bold=True, fill=ink)


def _name(place: int, text: str, is_here: bool) -> str:
    across, down = _point(NAMES, place + 0.5).split()
    return _text(float(across), float(down) + 5, text, 14, bold=is_here)


def _phase(name: str, phase: tuple[str, int, int], months: Sequence[int], lang: str) -> str:
    """A phase of the year as an arc inside the months, with its name along it, never upside down."""
    key, first, length = phase
    start = months.index(first)
    end, middle = start + length, start + length / 2
    path_id, radius = f"{name}-{key}", (PHASE + HUB) / 2
    is_low = 3 < middle % 12 < 9
    ends = (end, start) if is_low else (start, end)
    line = radius + 4.5 if is_low else radius - 4.5
    arc = f"M{_point(line, ends[0])}A{line:g} {line:g} 0 {int(length > 6)} {int(not is_low)} {_point(line, ends[1])}"
    return (
        f'<path d="{_ring(HUB, PHASE, start, end)}" fill="{MID}" stroke="{WHITE}" stroke-width="2"/>'
        f'<path id="{path_id}" d="{arc}" fill="none"/>'
        f'<text font-size="12.5" fill="{INK}"><textPath href="#{path_id}" startOffset="50%" text-anchor="middle">'
        f"{escape(word(f'phase_{key}', lang))}</textPath></text>"
    )


def _text(across: float, down: float, text: str, size: float, *, bold: bool = False, fill: str = INK) -> str:
    look = f'font-size="{size}" text-anchor="middle" fill="{fill}"' + (' font-weight="bold"' if bold else "")
    return f'<text x="{_tenths(across)}" y="{_tenths(down)}" {look}>{escape(text)}</text>'

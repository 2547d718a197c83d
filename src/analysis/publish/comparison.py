"""A unit held against one thing: its own history, its target, a level above, or units like it. Never a rank."""

from __future__ import annotations

from typing import Any

from analysis import catalogue
from analysis.analyses.level.table import columns_of
from analysis.analyses.level.words import verdicts
from analysis.analyses.wording import Wording, estimate_of
from analysis.model import ALL, Cell, Table
from analysis.model.observations import Result
from analysis.publish.answers import asked
from analysis.publish.part import Part, display_part
from analysis.publish.seen import Seen
from analysis.publish.words import word


def compared(seen: Seen) -> None:
    """Each measure beside what the page is to be compared with, in words and a table; nothing when none is asked for.

    The verbs and the intervals are those of the question *level*; a measure with nothing to be held against says so.
    """
    if not seen.compare_with:
        return
    name = catalogue.COMPARISONS[seen.compare_with]
    results = asked("level", seen)
    sentences = tuple(("", _sentence(result, seen, name)) for result in results)
    against = word(f"with_{seen.compare_with}", seen.lang)
    title = word("part_compared", seen.lang, against=against)
    if not any(name in verdicts(result, seen.unit_id) for result in results):
        lead = word("lead_not_compared", seen.lang, against=against)
        display_part(seen, Part("compared", title=title, lead=lead))
        return
    table = _table(results, seen, name)
    display_part(
        seen,
        Part("compared", title=title, lead=word("lead_compared", seen.lang), lists=(("", sentences),), tables=(table,)),
    )


def _sentence(result: Result, seen: Seen, name: str) -> str:
    """The comparison of one measure: value, pupils and interval, then the verb with size and interval."""
    row, wording = estimate_of(result, seen.unit_id), Wording("level", result.indicator, seen.lang)
    verb = verdicts(result, seen.unit_id).get(name, "")
    if not verb:
        return word("not_compared", seen.lang, measure=wording.name)
    clause = wording.text(
        f"clause_{verb}",
        verb=wording.text(f"verb_{verb}"),
        against=wording.text(f"against_{name}"),
        change=wording.change(row[f"{name}_diff"], signed=True),
        interval=wording.ends(row[f"{name}_low"], row[f"{name}_high"], signed=True),
    )
    value = f"{wording.value(row['value'])}; {wording.pupils(row['n'])}"
    return word("compared", seen.lang, measure=wording.name, value=value, clause=clause)


def _table(results: list[Result], seen: Seen, name: str) -> Table:
    rows = [_row(result, seen, name) for result in results]
    about = tuple((result.indicator.id, seen.unit_id, ALL, str(result.year)) for result in results)
    others = tuple(_other(result, seen, name) for result in results)
    columns = columns_of(results, seen.lang, of_one_thing=True)
    return Table(word("card_caption", seen.lang, name=seen.name, year=seen.year), columns, tuple(rows), about, others)


def _other(result: Result, seen: Seen, name: str) -> str:
    """The unit that is compared with, where it is one unit."""
    column = f"{name}_id"
    return str(result.units.at[seen.unit_id, column]) if column in result.units.columns else ""


def _row(result: Result, seen: Seen, name: str) -> tuple[Cell, ...]:
    row, wording = estimate_of(result, seen.unit_id), Wording("level", result.indicator, seen.lang)
    mine = result.series[(result.series["unit_id"] == seen.unit_id) & (result.series["year"] == result.year)]
    why = wording.cell(str(mine["status"].iloc[0]), str(mine["mark"].iloc[0])) if len(mine) else wording.cell("", "")
    cannot, verb = wording.text("cell_none"), verdicts(result, seen.unit_id).get(name, "")
    numbers = [_number(row, f"{name}{end}", cannot) for end in ("", "_diff", "_low", "_high")]
    said = wording.text(f"verb_{verb}") if verb else cannot
    return (wording.short, _number(row, "value", why), _number(row, "n", why), *numbers, said)


def _number(row: dict[str, Any], name: str, otherwise: str) -> Cell:
    """The number, or words where there is none."""
    found = row.get(name)
    return otherwise if found is None or found != found else float(found)

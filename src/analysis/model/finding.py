"""What a question says about one unit: the same finding gives headline, sentence and alt text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.model.words import Texts

if TYPE_CHECKING:
    from analysis.model.observations import Observations, Result


@dataclass(frozen=True)
class Finding:
    """A sentence about a unit, and how much it deserves to be read.

    ``verdict`` is the measured one. ``weight`` orders key messages: 0 = nothing to say, 1 = certain
    and large. ``brief`` is the same finding short enough for the top of a page. ``good`` is True or
    False when the direction of the indicator makes it so, else None.
    """

    question: str
    indicator: str
    unit_id: str
    verdict: str
    headline: str
    sentence: str
    brief: str = ""
    weight: float = 0.0
    good: bool | None = None


@dataclass(frozen=True)
class Column:
    """A table column: numbers with so many decimals, or text when ``decimals`` is None.

    ``field`` says what a number is of the figure its row is about, so that what was released can be read back:
    value, n, low, high, reference (the value of the unit that the row is held against); ``value@`` and an indicator
    where the column is about an indicator of its own; empty for everything that is not a figure of a unit and year.
    """

    title: str
    decimals: int | None = None
    signed: bool = False
    field: str = ""


Cell = str | float | int | None
About = tuple[str, str, str, str]
"""indicator id, unit id, group, the autumn of the school year"""
NOTHING: About = ("", "", "", "")
"""a row that is not one figure of one unit and year"""


@dataclass(frozen=True)
class Table:
    """The figures behind a picture. A cell without a number is a str in words, never NaN.

    ``about`` says of each row which figure it is: indicator id, unit id, group and the autumn of the year, four empty
    texts for a row that is not one figure. ``against`` names the unit whose value is in a column *reference*.
    ``decimals`` are those of each row's value and interval, where the rows are of measures that have different ones.
    All three are for all rows or for none. ``beside`` is another table that belongs with it, and ``note`` what its
    caption says of all rows together.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[About, ...] = ()
    against: tuple[str, ...] = ()
    decimals: tuple[int, ...] = ()
    beside: Table | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for name, each in (("about", self.about), ("against", self.against), ("decimals", self.decimals)):
            if each and len(each) != len(self.rows):
                raise ValueError(f"{name} is said of all {len(self.rows)} rows of a table or of none, got {len(each)}")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a table row has {len(self.columns)} cells, got {len(row)}: {row!r}")
            if any(cell != cell for cell in row):
                raise ValueError(f"a cell without a number is words, never NaN: {row!r}")


@dataclass(frozen=True)
class Analysis:
    """One question about units, as a record the door can show.

    ``measure(observations, level, year)`` answers for every unit of the level at once. ``say(result,
    unit_id, lang)`` words it. ``draw(results, unit_id, lang)`` gives one matplotlib figure for several
    indicators, or None when there is nothing to draw; ``drawing`` gives the same as a page carries it
    (`analysis.drawing.figure.Drawing`); ``describe(results, unit_id, lang)`` says what that figure shows, for
    those who cannot see it. ``tabulate`` gives the table under it. ``explain(result, unit_id, lang)`` gives the
    method in words with its numbers.
    """

    id: str
    title: Texts = field(hash=False)
    question: Texts = field(hash=False)
    measure: Callable[[Observations, str, int], Result]
    say: Callable[[Result, str, str], Finding]
    draw: Callable[[Sequence[Result], str, str], Any]
    drawing: Callable[[Sequence[Result], str, str], Any]
    describe: Callable[[Sequence[Result], str, str], str]
    tabulate: Callable[[Sequence[Result], str, str], Table]
    explain: Callable[[Result, str, str], str]
    may_be_used_for: Texts = field(hash=False)
    may_not_be_used_for: Texts = field(hash=False)

"""Which surveys pupils answer, as `surveys.toml` defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from analysis.catalogue.indicator_list import indicators
from analysis.catalogue.reading import tables, texts
from analysis.errors import UsageError, nearest
from analysis.model.words import Texts


@dataclass(frozen=True)
class Statement:
    """A statement that a pupil agrees or disagrees with, and the index it counts in.

    ``reversed``: agreeing is bad, so the answer is turned before it counts.
    """

    text: Texts = field(hash=False)
    index_indicator: str
    reversed: bool = False


@dataclass(frozen=True)
class Survey:
    """A survey to pupils: the grades asked, the answers to choose among and the statements by their id.

    ``options`` are (value, text) from the first written to the last, on the scale of the index; "don't know"
    is none of them and is kept as a blank. ``positive`` are the values that count as a positive answer to a
    statement that is not reversed. ``fewest_items`` says how many statements of an index a pupil must have
    answered to have a value.
    """

    id: str
    country: str
    name: Texts = field(hash=False)
    grades: tuple[int, ...]
    options: tuple[tuple[float, Texts], ...] = field(hash=False)
    dont_know: Texts = field(hash=False)
    positive: tuple[float, ...]
    statements: dict[str, Statement] = field(hash=False)
    fewest_items: dict[str, int] = field(hash=False)
    shares: tuple[str, ...] = ()
    """indicators of the survey that are shares of pupils and have no statements here"""

    @property
    def lowest(self) -> float:
        """The lowest value of the scale."""
        return min(value for value, _ in self.options)

    @property
    def highest(self) -> float:
        """The highest value of the scale."""
        return max(value for value, _ in self.options)

    def statements_of(self, indicator: str) -> tuple[str, ...]:
        """The ids of the statements that count in one index, in the order they are asked."""
        return tuple(id for id, each in self.statements.items() if each.index_indicator == indicator)

    def scored(self, statement: str, answer: float) -> float:
        """What an answer counts in the index: itself, or turned end for end on the scale when reversed.

        >>> surveys()["school_survey"].scored("safety_afraid", 10.0)
        0.0
        """
        return self.lowest + self.highest - answer if self.statements[statement].reversed else answer


@lru_cache(maxsize=1)
def surveys() -> dict[str, Survey]:
    """Every survey by its id.

    >>> surveys()["school_survey"].grades
    (5, 8, 9)
    """
    return {id: _survey(id, table) for id, table in tables("surveys.toml").items()}


def survey(id: str) -> Survey:
    """The survey with this id; an unknown one is a UsageError with the nearest name."""
    known = surveys()
    if id not in known:
        raise UsageError(f"unknown survey {id!r}: the surveys are {', '.join(known)}.{nearest(id, known)}")
    return known[id]


def survey_of(indicator: str) -> Survey | None:
    """The survey whose index or share this indicator is; None for one that no catalogued survey asks about.

    >>> survey_of("survey_safety").id
    'school_survey'
    >>> survey_of("merit_value") is None
    True
    """
    return next((each for each in surveys().values() if indicator in (*each.fewest_items, *each.shares)), None)


def _survey(id: str, table: dict[str, Any]) -> Survey:
    found = Survey(
        id=id,
        country=table["country"],
        name=texts(table["name"], f"surveys.toml: {id}.name"),
        grades=tuple(table["grades"]),
        options=tuple(
            (float(each["value"]), texts(each["text"], f"surveys.toml: {id}, option {each['value']}"))
            for each in table["options"]
        ),
        dont_know=texts(table["dont_know"], f"surveys.toml: {id}.dont_know"),
        positive=tuple(float(each) for each in table["positive"]),
        statements={
            name: Statement(
                texts(each["text"], f"surveys.toml: {id}.statements.{name}"), each["index"], each.get("reversed", False)
            )
            for name, each in table["statements"].items()
        },
        fewest_items={name: int(fewest) for name, fewest in table["fewest_items"].items()},
        shares=tuple(table.get("shares", ())),
    )
    _check(found)
    return found


def _check(found: Survey) -> None:
    """Every index is an indicator of the survey's country, with enough statements for its rule."""
    named = {each.index_indicator for each in found.statements.values()}
    known = {name for name, each in indicators().items() if each.country == found.country}
    strange = sorted((named | {*found.fewest_items, *found.shares}) - known) or sorted(named ^ set(found.fewest_items))
    if strange:
        raise UsageError(
            f"surveys.toml: an index of {found.id} is an indicator of {found.country} with a line in fewest_items, "
            f"found: {', '.join(strange)}; mend: write it in indicators.toml and in {found.id}.fewest_items"
        )
    for name, fewest in found.fewest_items.items():
        asked = len(found.statements_of(name))
        if not 1 <= fewest <= asked:
            raise UsageError(f"surveys.toml: {found.id}.fewest_items.{name} is from 1 to {asked}, found: {fewest}")
    values = {value for value, _ in found.options}
    ordered = [value for value, _ in found.options]
    turned = [round(found.lowest + found.highest - value, 6) for value in reversed(ordered)]
    if ordered != sorted(ordered, reverse=True) or turned != ordered:
        raise UsageError(
            f"surveys.toml: {found.id}.options go from the highest value to the lowest with the same steps from both "
            f"ends, so that a reversed statement can be turned, found: {ordered}"
        )
    if len(values) < len(found.options) or not set(found.positive) <= values:
        raise UsageError(f"surveys.toml: {found.id}.positive are values of its options, which differ from each other")

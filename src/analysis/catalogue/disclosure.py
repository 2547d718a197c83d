"""How small is too small to be shown, as `disclosure.toml` says, and what each indicator tells of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from analysis.catalogue.indicator_list import indicator
from analysis.catalogue.level_list import level, levels
from analysis.catalogue.reading import tables, texts
from analysis.catalogue.surveys import survey_of
from analysis.errors import UsageError, nearest
from analysis.model.words import Texts

AUDIENCES = ("public", "board", "owner", "school")
"""who reads the pages: everybody, the council's committee, the responsible authority, or one school about itself"""
KINDS = ("results", "survey", "adjusted", "background")
LISTS = ("adjusted", "background", "numbers", "of_schools", "without_parts")


@dataclass(frozen=True)
class Limit:
    """How small is too small, for one audience and one kind of figure, and who says so.

    Results of fewer than `smallest_n` pupils are kept back, and so are parts of 1 to `smallest_cell` − 1 pupils and,
    where `all_or_none` holds, groups that all or none of the pupils belong to. What is kept back must not be
    narrowed down to less than `width` from everything else that is shown. `source` and `says` name who sets the limit.
    """

    audience: str
    kind: str
    smallest_n: int
    smallest_cell: int
    all_or_none: bool
    width: int
    source: str = ""
    says: Texts = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for name in ("smallest_n", "smallest_cell", "width"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")


@lru_cache(maxsize=1)
def limits() -> dict[tuple[str, str], Limit]:
    """Every limit by audience and kind.

    >>> limits()["public", "adjusted"].smallest_n
    15
    """
    written = tables("disclosure.toml")
    found = {}
    for audience in AUDIENCES:
        for kind in KINDS:
            where = f"disclosure.toml: {audience}.{kind}"
            if kind not in written.get(audience, {}):
                raise UsageError(f"{where} must be there: every audience has a limit for {', '.join(KINDS)}")
            table = dict(written[audience][kind])
            citation = dict(table.pop("citation"))
            source = str(citation.pop("source", "")).strip()
            if not source:
                raise UsageError(f"{where}.citation.source names who sets the limit, found nothing")
            says = texts(citation, f"{where}.citation")
            found[audience, kind] = Limit(audience, kind, **table, source=source, says=says)
    return found


def limit(audience: str, kind: str) -> Limit:
    """The limit of one audience and kind; an unknown audience is a UsageError with the nearest name."""
    if audience not in AUDIENCES:
        known = ", ".join(AUDIENCES)
        raise UsageError(f"unknown audience {audience!r}: one of {known} is needed.{nearest(audience, AUDIENCES)}")
    return limits()[audience, kind]


def levels_for(audience: str) -> tuple[str, ...]:
    """The levels of which an audience sees figures, lowest first.

    >>> levels_for("public")[0], levels_for("school")[0]
    ('school', 'group')
    """
    limit(audience, "results")
    finest = level(str(tables("disclosure.toml")[audience]["finest"])).order
    return tuple(name for name, each in levels().items() if each.order >= finest)


def kind_of(name: str) -> str | None:
    """Which limits an indicator follows; None for one that is not about pupils.

    >>> kind_of("merit_value"), kind_of("survey_safety"), kind_of("certified_teachers")
    ('results', 'survey', None)
    """
    lists = _lists()
    if name in lists["of_schools"]:
        return None
    for kind in ("adjusted", "background"):
        if name in lists[kind]:
            return kind
    return "survey" if survey_of(name) is not None else "results"


def has_parts(name: str) -> bool:
    """Whether an indicator is a share of pupils of which a small part says something about them.

    >>> has_parts("eligible_vocational"), has_parts("merit_value"), has_parts("background_known")
    (True, False, False)
    """
    is_share = indicator(name).unit == "percent"
    return is_share and kind_of(name) is not None and name not in _lists()["without_parts"]


def population_of(name: str) -> tuple[str, tuple[int, ...]]:
    """The pupils an indicator is about: country and grades; those without grades are alone with their own.

    >>> population_of("merit_value") == population_of("salsa_merit_deviation") == ("se", (9,))
    True
    """
    measure = indicator(name)
    grades = tables("disclosure.toml")["grades"].get(name)
    if grades is not None:
        return measure.country, tuple(grades)
    if measure.grade is not None:
        return measure.country, (measure.grade,)
    asked = survey_of(name)
    return (f"{measure.country} {asked.id}", asked.grades) if asked is not None else (name, ())


def disclosure_hash() -> str:
    """A hash of every limit: decisions made with other limits are other decisions."""
    return sha256(files("analysis.catalogue").joinpath("disclosure.toml").read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    written = tables("disclosure.toml")["indicators"]
    unknown = sorted(set(written) - set(LISTS))
    if unknown:
        raise UsageError(f"disclosure.toml: indicators has the lists {', '.join(LISTS)}, found: {', '.join(unknown)}")
    return {name: frozenset(indicator(each).id for each in written.get(name, [])) for name in LISTS}

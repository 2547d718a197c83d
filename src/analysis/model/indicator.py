"""What is measured."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.model.words import Direction, Texts


@dataclass(frozen=True)
class Break:
    """A year from which a series is not comparable with what came before."""

    year: int
    kind: str
    note: Texts = field(hash=False)


@dataclass(frozen=True)
class Indicator:
    """A measure of schools, as the catalogue defines it.

    ``unit`` is one of points, percent, ratio, count, scale_50_10, level_1_3, index_0_10, index_1_5.
    ``aggregation`` says how a level above gets its value from the levels below: ``pupil_weights`` (mean
    weighted with ``n``), ``sum`` or ``none``. ``noise`` says where the chance variation of one cohort is known from:
    ``published`` (the source's own uncertainty), ``binomial`` (a share of ``n`` pupils) or
    ``between_years`` (estimated from how schools' figures vary around their own lines).
    """

    id: str
    country: str
    name: Texts = field(hash=False)
    short: Texts = field(hash=False)
    definition: Texts = field(hash=False)
    unit: str
    direction: Direction
    minimum: float
    maximum: float
    decimals: int
    quality: str
    goal_role: str
    source: str
    aggregation: str
    noise: str
    smallest_n: int
    rounding: float = 0.0
    """the step the source rounds to (1 = whole numbers); adds step²/12 to the variance"""
    n_from: str | None = None
    """the indicator that gives the number of pupils when the source gives none"""
    pupil_sd: float | None = None
    pupil_sd_source: Texts | None = field(default=None, hash=False)
    grade: int | None = None
    """the grade whose pupils it is about, where it is about one: their own results can then be read"""
    prior: tuple[str, ...] = ()
    """the earlier indicators whose mean is a pupil's own earlier result"""
    prior_years: int = 0
    """how many years earlier those are measured"""
    breaks: tuple[Break, ...] = ()

    def segment(self, year: int) -> int:
        """The number of breaks at or before `year`: years with the same number may be compared."""
        return sum(year >= each.year for each in self.breaks)


@dataclass(frozen=True)
class Level:
    """A step on the ladder, from school to nation."""

    id: str
    name: Texts = field(hash=False)
    plural: Texts = field(hash=False)
    order: int
    parent: str | None


@dataclass(frozen=True)
class Source:
    """Who published the figures, under which licence, and the line that must stand under them."""

    id: str
    publisher: str
    title: Texts = field(hash=False)
    licence: str
    attribution: Texts = field(hash=False)
    reader: str
    files: tuple[str, ...]
    symbols: dict[str, str] = field(default_factory=dict, hash=False)
    options: dict[str, object] = field(default_factory=dict, hash=False)

"""Words that all questions use: units, school years, and why a figure is not there."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from analysis.model.by_unit import of_unit
from analysis.model.finding import Finding
from analysis.model.indicator import Indicator
from analysis.model.language import NBSP, number
from analysis.model.school_year import SchoolYear
from analysis.model.words import Lang

if TYPE_CHECKING:
    from analysis.model.observations import Result

LANGUAGES = tuple(str(each) for each in Lang)
UNANSWERED = ("withheld", "missing")
OWN_SOURCES = ("own", "local")
BESIDE = ("trend", "level", "adjusted")
"""questions of whose measures a table of the page tells the value of the unit above beside the unit's own"""
NOTHING = 1e-9
"""what computing leaves of zero"""


@lru_cache
def words(question: str, lang: str) -> dict[str, str]:
    """The texts of one question in one language, the common ones among them."""
    return _section("analysis.analyses", lang) | _section(f"analysis.analyses.{question}", lang)


def _section(package: str, lang: str) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((resources.files(package) / "words.toml").read_text("utf-8"))[lang]
    return found


class Wording:
    """Numbers and clauses about one indicator in one language."""

    def __init__(self, question: str, indicator: Indicator, lang: str) -> None:
        self.texts = words(question, lang)
        self.indicator = indicator
        self.lang = lang
        self.finer = max(indicator.decimals, 1)

    def text(self, key: str, **fields: object) -> str:
        """The text of `key` with its fields filled in; a number and its per cent sign stay on one line."""
        return self.texts[key].format(**fields).replace(" %", f"{NBSP}%")

    @property
    def name(self) -> str:
        """The indicator's name, as a sentence begins."""
        return capitalised(self.indicator.name[self.lang])

    @property
    def short(self) -> str:
        """The indicator's short name, as a headline begins."""
        return capitalised(self.indicator.short[self.lang])

    def value(self, value: float) -> str:
        """A value with its unit: ``78,1 %``."""
        return self.text(f"value_{self.indicator.unit}", value=number(value, self.indicator.decimals, self.lang))

    def change(self, change: float, *, signed: bool = False) -> str:
        """A difference with its unit: ``3,2 procentenheter``."""
        return self.text(f"change_{self.indicator.unit}", value=number(change, self.finer, self.lang, signed=signed))

    def ends(self, low: float, high: float, *, signed: bool = False) -> str:
        """A 95 % interval in words; an end beside zero is said to be so, and never written as zero."""
        return self.text("interval", span=self.plain_ends(low, high, signed=signed))

    def plain_ends(self, low: float, high: float, *, signed: bool = False) -> str:
        """The two ends without saying what they are, where that was said before.

        As many decimals as a difference has; two significant digits of the width when that would blur the ends.
        """
        decimals, width = self.finer, abs(high - low)
        if 0 < width < 2 * 10**-decimals:
            decimals = min(1 - math.floor(math.log10(width)), self.finer + 3)
        ends = [self._end(each, decimals, signed) for each in (low, high)]
        return self.text("span", low=ends[0], high=ends[1])

    def _end(self, end: float, decimals: int, signed: bool) -> str:
        if abs(end) > NOTHING and round(end, decimals) == 0:
            return self.texts["just_above_zero" if end > 0 else "just_below_zero"]
        return number(end, decimals, self.lang, signed=signed)

    def percent(self, share: float) -> str:
        """A share as a whole percentage."""
        return self.text("value_percent", value=number(100 * share, 0, self.lang))

    def pupils(self, n: float, key: str = "pupils") -> str:
        """How many pupils, or that the number is not given; of a measure of teachers, whose pupils they are."""
        if self.indicator.quality == "structure" and f"{key}_at_unit" in self.texts:
            key = f"{key}_at_unit"
        return self.text("pupils_unknown") if n != n else self.text(key, n=number(n, 0, self.lang))

    def years(self, first: float, last: float) -> str:
        """The school years a finding rests on."""
        if first == last:
            return self.text("year", year=SchoolYear(int(last)))
        return self.text("years", first=SchoolYear(int(first)), last=SchoolYear(int(last)))

    def in_year(self, year: float) -> str:
        """One school year."""
        return self.text("year", year=SchoolYear(int(year)))

    def cell(self, status: str, mark: str) -> str:
        """Why a cell of a table has no number, with what the publisher wrote."""
        written = mark.strip() if status != "given" else ""
        if status == "rounded" and written:
            return written
        word = self.texts.get(f"cell_{status}", self.texts["cell_missing"])
        return f"{word} ({written})" if written else word


def estimate_of(result: Result, unit_id: str) -> dict[str, Any]:
    """The estimates of one unit by column name."""
    return {str(name): each for name, each in result.estimates.loc[unit_id].items()}


def capitalised(text: str) -> str:
    """The text with its first letter large, the rest untouched.

    >>> capitalised("prov i SO")
    'Prov i SO'
    """
    return text[:1].upper() + text[1:]


def absent(result: Result, unit_id: str, wording: Wording) -> Finding:
    """What is said of a unit without a number: why, accusing nobody, and what a unit above shows instead."""
    row = estimate_of(result, unit_id)
    reason, year = str(row["reason"]), wording.in_year(result.year)
    level, shown = _above(result, unit_id)
    if not level and reason != "withheld":
        level, shown = "municipality", float(row.get("municipality", float("nan")))
    instead = (
        " " + wording.text("instead", where=wording.text(level), value=wording.value(shown)) if shown == shown else ""
    )
    headline = wording.text(f"headline_{reason}", name=wording.short)
    kept = "_own" if reason == "withheld" and _is_own(result, unit_id) else ""
    return Finding(
        question=result.question,
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=str(row["verdict"]),
        headline=headline,
        brief=f"{headline}.",
        sentence=wording.text(f"sentence_{reason}{kept}", name=wording.name, year=year, instead=instead),
    )


def _above(result: Result, unit_id: str) -> tuple[str, float]:
    """The level and the value of the unit above that stand beside the unit's in this year's row of its series.

    Only where a table of the page has a column for it: so a number that is said of another unit is one that stands in
    a table, where the audit reads it too.
    """
    if result.question in BESIDE and "reference" in result.series.columns:
        rows = of_unit(result.series, unit_id)
        now = rows[(rows["year"] == result.year) & rows["reference"].notna()]
        if len(now):
            return str(now["reference_level"].iloc[0]), float(now["reference"].iloc[0])
    return "", float("nan")


def _is_own(result: Result, unit_id: str) -> bool:
    """Whether the unit's figures are one's own, so that no publisher has withheld them."""
    if "source" not in result.series.columns:
        return False
    sources = of_unit(result.series, unit_id)["source"]
    return bool(len(sources)) and bool(sources.isin(OWN_SOURCES).all())


def weight(estimate: float, se: float, certain: bool) -> float:
    """How much a finding deserves to be read: |estimate|/se over 5, at most 1, halved when nothing is certain."""
    if not se > 0:
        return 1.0 if certain else 0.0
    return float(min(abs(estimate) / se / 5, 1.0) * (1.0 if certain else 0.5))


def noise_in_words(result: Result, unit_id: str, wording: Wording) -> str:
    """Where the chance variation of a cohort is known from, with its numbers."""
    mine = of_unit(result.series, unit_id)
    rows = mine[mine["given"].fillna(False).astype(bool)]
    kind = str(rows["noise"].iloc[-1]) if len(rows) else str(result.details["noise"])
    fields = {}
    for name in ("pupil_sd", "year_sd", "dispersion"):
        size = result.details[name]
        fields[name] = number(size, 2, wording.lang) if isinstance(size, float) and size == size else ""
    return wording.text(f"noise_{kind}", **fields)


def chance_in_words(result: Result, unit_id: str, lang: str) -> str:
    """What an explanation says of the chance variation of a cohort; empty where a question rests on none."""
    if not {"noise", "pupil_sd", "year_sd", "dispersion"} <= set(result.details):
        return ""
    return noise_in_words(result, unit_id, Wording(result.question, result.indicator, lang))


def alternative(
    kind: str, drawn: Sequence[Result], findings: Sequence[Finding], lang: str, *, one_year: bool = False
) -> str:
    """The text for those who cannot see a figure: its type, what it shows, the period and its findings.

    The period is the unit's own years with a value, or the year asked for when the figure shows `one_year`.
    Of the findings those that are `drawn` are said; all of them, and nothing of a figure, when none is.
    """
    if not drawn:
        return " ".join(f"{each.headline}." for each in findings)
    wording = Wording(drawn[0].question, drawn[0].indicator, lang)
    names = [result.indicator.id for result in drawn]
    said = {each.indicator: each for each in findings}
    years: list[int] = []
    for result in drawn:
        mine = of_unit(result.series, said[result.indicator.id].unit_id)
        series = mine[mine["value"].notna()]
        years += [result.year] if one_year else [int(year) for year in series["year"]]
    shown = "; ".join(result.indicator.short[lang] for result in drawn)
    spoken = " ".join(f"{said[name].headline}." for name in names)
    return wording.text(kind, shown=shown, years=wording.years(min(years), max(years))) + f" {spoken}"

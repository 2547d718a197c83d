"""The value beside the one expected, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.analyses.adjusted.figure import drawn
from analysis.analyses.adjusted.method import explain
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction

__all__ = ["describe", "explain", "say"]


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """The value, the one expected from the pupils' background, and what of the difference remains beyond chance.

    Then whether other defensible models say the same, the years together, and SALSA's own figure, unaltered.
    """
    row, wording = estimate_of(result, unit_id), Wording("adjusted", result.indicator, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED and reason != "no_context":
        return absent(result, unit_id, wording)
    if reason:
        return _unanswered(result, unit_id, row, wording)
    reach = (row["shrunken_high"] - row["shrunken_low"]) / 4
    importance = weight(row["shrunken"], reach, verdict.startswith("clearly"))
    headline = wording.text(f"headline_{verdict}", name=wording.short)
    kept = wording.change(row["shrunken"], signed=True)
    kept_interval = wording.ends(row["shrunken_low"], row["shrunken_high"], signed=True)
    pupils = wording.pupils(row["n"])
    sentence = wording.text(
        "sentence",
        name=wording.name,
        value=wording.value(row["value"]),
        year=wording.in_year(result.year),
        expected=wording.value(row["expected"]),
        raw=wording.change(row["estimate"], signed=True),
        pupils=pupils,
        kept=kept,
        kept_interval=kept_interval,
        verdict=wording.text(f"verdict_{verdict}"),
    )
    return Finding(
        question="adjusted",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=" ".join([sentence, *_beside(row, wording)]),
        brief=f"{headline} ({kept}; {kept_interval}; {pupils}).",
        weight=importance,
        good=_is_good(verdict, result.indicator.direction),
    )


def _unanswered(result: Result, unit_id: str, row: dict[str, Any], wording: Wording) -> Finding:
    """The value alone, and why no expected value stands beside it; SALSA's figure where it is published."""
    verdict, reason = str(row["verdict"]), str(row["reason"])
    headline = wording.text(f"headline_{reason}", name=wording.short)
    sentence = wording.text(
        f"sentence_{reason}",
        name=wording.name,
        value=wording.value(row["value"]),
        year=wording.in_year(result.year),
        pupils=wording.pupils(row["n"]),
    )
    told = " ".join([sentence, *_beside(row, wording)])
    return Finding("adjusted", result.indicator.id, unit_id, verdict, headline, told, f"{headline}.")


def _beside(row: dict[str, Any], wording: Wording) -> list[str]:
    """The sentences about other models, several years and SALSA; each only where there is a number."""
    said = []
    if row["models"] == row["models"]:
        said.append(
            wording.text(
                "models",
                models=str(int(row["models"])),
                same=str(int(row["models_same"])),
                span=wording.plain_ends(row["model_low"], row["model_high"], signed=True),
            )
        )
    if row["over_years"] == row["over_years"]:
        said.append(
            wording.text(
                "over_years",
                years=str(int(row["over_years_count"])),
                kept=wording.change(row["over_years"], signed=True),
                interval=wording.ends(row["over_years_low"], row["over_years_high"], signed=True),
            )
        )
    if row["salsa_year"] == row["salsa_year"]:
        said.append(
            wording.text(
                "salsa",
                year=wording.in_year(row["salsa_year"]),
                calculated=published(row["salsa_calculated"], wording.lang),
                deviation=published(row["salsa_deviation"], wording.lang, signed=True),
            )
        )
    return said


def published(value: float, lang: str, *, signed: bool = False) -> str:
    """A figure with the decimals it was published with: none for whole numbers, else one.

    >>> published(-20.0, "sv", signed=True), published(2.4, "sv")
    ('−20', '2,4')
    """
    return number(value, 0 if float(value).is_integer() else 1, lang, signed=signed)


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict in ("cannot_be_told_apart", "depends_on_model") or direction == Direction.CONTEXT:
        return None
    return verdict.endswith("above") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The figure for those who cannot see it: type, measure, year and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang, one_year=True)

"""The value beside the one expected, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.analyses.adjusted.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, estimate_of, noise_in_words, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result
from analysis.model.words import Direction


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """The value, the one expected from the pupils' background, and what of the difference remains beyond chance."""
    row, wording = estimate_of(result, unit_id), Wording("adjusted", result.indicator, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED and reason != "no_context":
        return absent(result, unit_id, wording)
    year = wording.in_year(result.year)
    shown = wording.value(row["value"])
    pupils, good, importance, size = wording.pupils(row["n"]), None, 0.0, ""
    if reason:
        headline = wording.text(f"headline_{reason}", name=wording.short)
        sentence = wording.text(f"sentence_{reason}", name=wording.name, value=shown, year=year, pupils=pupils)
    else:
        good = _is_good(verdict, result.indicator.direction)
        reach = (row["shrunken_high"] - row["shrunken_low"]) / 4
        importance = weight(row["shrunken"], reach, verdict.startswith("clearly"))
        headline = wording.text(f"headline_{verdict}", name=wording.short)
        kept = wording.change(row["shrunken"], signed=True)
        kept_interval = wording.ends(row["shrunken_low"], row["shrunken_high"], signed=True)
        size = f" ({kept}; {kept_interval}; {pupils})"
        sentence = wording.text(
            "sentence",
            name=wording.name,
            value=shown,
            year=year,
            expected=wording.value(row["expected"]),
            raw=wording.change(row["estimate"], signed=True),
            interval=wording.ends(row["low"], row["high"], signed=True),
            pupils=pupils,
            kept=kept,
            kept_interval=kept_interval,
            share=wording.percent(row["shrinkage_weight"]),
            verdict=wording.text(f"verdict_{verdict}"),
        )
    brief = f"{headline}{size}."
    return Finding("adjusted", result.indicator.id, unit_id, verdict, headline, sentence, brief, importance, good)


def _is_good(verdict: str, direction: Direction) -> bool | None:
    if verdict == "cannot_be_told_apart" or direction == Direction.CONTEXT:
        return None
    return verdict.endswith("above") == (direction == Direction.HIGHER)


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The scatter plot for those who cannot see it: type, measure, year and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang, one_year=True)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The model with its coefficients, standard errors, n and R²."""
    wording = Wording("adjusted", result.indicator, lang)
    noise = noise_in_words(result, unit_id, wording)
    fit = result.details.get("fit")
    if not isinstance(fit, dict):
        return wording.text("explain_refused", noise=noise)
    numbers = {}
    for name in ("parents_education", "foreign_background", "girls"):
        numbers[name] = number(fit["coefficients"][name], 2, lang)
        numbers[f"{name}_se"] = number(fit["se"][name], 2, lang)
    sigma = float(str(result.details["sigma_u"]))
    return wording.text(
        "explain",
        weights=wording.text("weighted" if fit["weights"] == "n_pupils" else "unweighted"),
        n=number(fit["n"], 0, lang),
        clusters=number(fit["clusters"], 0, lang),
        r2=number(fit["r2"], 2, lang),
        sigma_u=number(sigma, 1, lang) if math.isfinite(sigma) else wording.text("no_value"),
        noise=noise,
        **numbers,
    )

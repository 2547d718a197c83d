"""What the spread of the pupils says, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis.analyses.segregation.figure import drawn
from analysis.analyses.wording import UNANSWERED, Wording, absent, alternative, capitalised, estimate_of, weight
from analysis.model.finding import Finding
from analysis.model.language import number
from analysis.model.observations import Result

CHANGING = ("rising", "falling")
INDEX_DECIMALS, SLOPE_DECIMALS = 2, 3


def say(result: Result, unit_id: str, lang: str) -> Finding:
    """How unevenly the pupils are spread beyond lots, and whether it changes: index, interval, schools, n, years."""
    row, wording = estimate_of(result, unit_id), _wording(result, lang)
    verdict, reason = str(row["verdict"]), str(row["reason"])
    if verdict in UNANSWERED:
        return absent(result, unit_id, wording)
    key = reason or verdict
    fields = _too_few(row, result, wording) if reason else _fields(row, result, wording)
    headline = wording.text(f"headline_{key}", name=wording.short)
    size = "" if reason else f" ({wording.text('index_name').lower()} {fields['index']}; {fields['interval']}; "
    return Finding(
        question="segregation",
        indicator=result.indicator.id,
        unit_id=unit_id,
        verdict=verdict,
        headline=headline,
        sentence=wording.text(f"sentence_{key}", name=wording.name, **fields),
        brief=f"{headline}." if reason else f"{headline}{size}{fields['pupils']}).",
        weight=0.0 if reason else _weight(row),
    )


def _wording(result: Result, lang: str) -> Wording:
    wording = Wording("segregation", result.indicator, lang)
    wording.finer = INDEX_DECIMALS
    return wording


def _weight(row: dict[str, Any]) -> float:
    if row["verdict"] in CHANGING:
        return weight(row["slope"], row["slope_se"], True)
    return weight(row["estimate"], row["se"], row["low"] > 0) / 2


def _too_few(row: dict[str, Any], result: Result, wording: Wording) -> dict[str, object]:
    covered = row["pupils_covered"]
    return {
        "schools": number(row["schools"], 0, wording.lang),
        "year": wording.in_year(result.year),
        "covered": wording.percent(covered) if covered == covered else wording.percent(0.0),
    }


def _fields(row: dict[str, Any], result: Result, wording: Wording) -> dict[str, object]:
    fields: dict[str, object] = {
        "year": wording.in_year(result.year),
        "index": number(row["estimate"], INDEX_DECIMALS, wording.lang),
        "interval": wording.ends(row["low"], row["high"]),
        "schools": number(row["schools"], 0, wording.lang),
        "pupils": wording.pupils(row["n"]),
        "missing": "",
    }
    if row["schools_missing"] > 0:
        counts = {"count": row["schools_missing"], "all": row["schools_missing"] + row["schools"]}
        written = {name: number(each, 0, wording.lang) for name, each in counts.items()}
        covered = wording.percent(math.floor(100 * row["pupils_covered"]) / 100)
        fields["missing"] = wording.text("missing", covered=covered, **written)
    level = wording.text("level_beyond" if row["low"] > 0 else "level_lots", **fields)
    return fields | {"level": capitalised(level), "level_within": level} | _change_fields(row, wording)


def _change_fields(row: dict[str, Any], wording: Wording) -> dict[str, object]:
    if row["slope"] != row["slope"]:
        return {}
    change, low, high = float(row["slope"]), float(row["slope_low"]), float(row["slope_high"])
    certain = row["verdict"] in CHANGING
    if row["verdict"] == "falling":
        change, low, high = -change, -high, -low
    wording.finer = SLOPE_DECIMALS
    interval = wording.ends(low, high, signed=not certain)
    wording.finer = INDEX_DECIMALS
    return {
        "change": number(change, SLOPE_DECIMALS, wording.lang, signed=not certain),
        "change_interval": interval,
        "years": wording.years(row["first_year"], row["last_year"]),
    }


def describe(results: Sequence[Result], unit_id: str, lang: str) -> str:
    """The dots and the lines for those who cannot see them: type, measures, period and finding."""
    findings = [say(result, unit_id, lang) for result in results]
    return alternative("alternative", drawn(results, unit_id), findings, lang)


def explain(result: Result, unit_id: str, lang: str) -> str:
    """The method of the index with its numbers; why there is none where there is none."""
    row, wording = estimate_of(result, unit_id), _wording(result, lang)
    if row["estimate"] != row["estimate"]:
        return say(result, unit_id, lang).sentence
    written = {
        name: number(row[name], INDEX_DECIMALS, lang)
        for name in ("counted", "by_chance", "eta2", "isolation", "entropy", "entropy_between", "entropy_within")
        if row[name] == row[name]
    }
    parts, p_value = str(result.details["parts"]), float(row["p_value"])
    halves = {"between": written.get("entropy_between"), "within": written.get("entropy_within")}
    tested = int(str(result.details["tested"]))
    return wording.text(
        "explain",
        counted=written["counted"],
        by_chance=written["by_chance"],
        p_value=wording.text("p_small") if p_value < 0.001 else number(p_value, 3, lang),
        other=wording.text("other", **{name: written[name] for name in ("eta2", "isolation", "entropy")}),
        parts=wording.text(f"parts_{parts}", **halves) if parts and halves["between"] else "",
        tested=number(tested, 0, lang),
        flagged=number(int(str(result.details["flagged"])), 0, lang),
        by_lot=number(math.ceil(0.05 * tested), 0, lang),
    )

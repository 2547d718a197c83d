"""`arshjul measure`: the numbers of one question, for every unit of a level, without a page."""

from __future__ import annotations

import inspect
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.building import known_level, school_year
from analysis.cli.place import workspace_of
from analysis.cli.writing import plain, write_json, write_table
from analysis.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from analysis.model import Analysis
    from analysis.model.observations import Observations, Result

EXAMPLES = """\b
Examples:
  arshjul measure trend --indicator merit_value --level school --year 2023/24
  arshjul measure adjusted --indicator merit_value --level school --weights n_pupils --json
  arshjul measure level --indicator np8_reading --level municipality --csv levels.csv

The CSV is UTF-8 with a byte order mark, comma between fields and point in decimals, whatever the
language of the machine; an empty field is a number that is not there.
"""


class Weights(StrEnum):
    """How the units are weighted in a fit."""

    NONE = "none"
    N_PUPILS = "n_pupils"


def measure(
    context: typer.Context,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Such as trend; a wrong one names all.")],
    indicator: Annotated[
        str, typer.Option("--indicator", metavar="ID", help="The indicator, as `arshjul list indicators` names it.")
    ],
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="group, team, school, area, municipality, region or nation.")
    ],
    year: Annotated[
        str | None, typer.Option("--year", metavar="YEAR", help="The school year, as 2023/24; the latest if not given.")
    ] = None,
    weights: Annotated[
        Weights | None, typer.Option("--weights", help="Weight the units in the fit equally or by their pupils.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the units' estimates to this CSV file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of a table.")] = False,
) -> None:
    """Ask one question of every unit of a level.

    The estimates come as numbers, with 95 % intervals, for all units at once; nothing is worded or drawn.
    """
    if csv is not None and as_json:
        raise UsageError("--csv and --json cannot be given together\n  mend:  run the command once for each")
    if csv is not None and (csv.is_dir() or not csv.resolve().parent.is_dir()):
        raise UsageError(
            f"--csv: a file in a folder that is there is needed, got: {csv}\n  mend:  make the folder first"
        )
    known_question(question)
    from analysis.catalogue import indicator as indicator_named

    wanted, level_id = indicator_named(indicator), known_level(level)
    asked = None if year is None else int(school_year(year)[:4])
    from analysis.publish.seen import Figures
    from analysis.store import current

    observations = Figures(current(workspace_of(context))).observations(wanted.id)
    when = year_of(observations, level_id, asked)
    from analysis.analyses import analysis

    result = _answer(analysis(question), observations, level_id, when, weights)
    if as_json:
        write_json(report(result))
    elif csv is not None:
        from analysis.publish.table import harmless

        try:
            table = frame(result)
            table["name"] = table["name"].map(harmless)
            table.to_csv(csv, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        except OSError as fault:
            raise UsageError(f"--csv: {csv} cannot be written: {fault.strerror}") from fault
        typer.echo(f"{len(result.estimates)} units written to {csv}")
    else:
        write_table(units(result), SHOWN)


SHOWN = ("unit_id", "name", "verdict", "value", "estimate", "low", "high", "n")


def known_question(text: str) -> None:
    """Refuse a mistyped question before anything heavy is imported."""
    from analysis.analyses import ANALYSES

    if text not in ANALYSES:
        raise UsageError(f"there is no question {text!r}; known: {', '.join(ANALYSES)}.{nearest(text, ANALYSES)}")


def year_of(observations: Observations, level: str, asked: int | None) -> int:
    """The year asked for, or the latest with a number.

    A level or year without rows is a UsageError that says what there is.
    """
    rows = observations.at(level)
    years = sorted({int(each) for each in rows["year"]})
    name = observations.indicator.id
    if not years:
        there = ", ".join(sorted(set(observations.rows["level"]))) or "none"
        raise UsageError(f"{name!r} has no figures at the level {level!r}; levels with figures: {there}")
    if asked is None:
        with_numbers = rows.loc[rows["value"].notna(), "year"]
        return int(with_numbers.max()) if len(with_numbers) else years[-1]
    if asked not in years:
        known = ", ".join(school_year(str(each)) for each in years)
        raise UsageError(
            f"{name!r} has no figures for {school_year(str(asked))} at the level {level!r}; years: {known}"
        )
    return asked


def _answer(analysis: Analysis, observations: Observations, level: str, year: int, weights: Weights | None) -> Result:
    if weights is None:
        return analysis.measure(observations, level, year)
    measuring = import_module(f"analysis.analyses.{analysis.id}.measure").measure
    if "weights" not in inspect.signature(measuring).parameters:
        raise UsageError(f"the question {analysis.id!r} fits no model with weights\n  mend:  leave --weights out")
    result: Result = measuring(observations, level, year, weights=weights.value)
    return result


def report(result: Result) -> dict[str, object]:
    """The result as one JSON object: what was asked, the fit, the figures of the method, every unit."""
    details = dict(result.details)
    found: dict[str, object] = {
        "question": result.question,
        "indicator": result.indicator.id,
        "level": result.level,
        "year": result.year,
    }
    found |= {name: details.pop(name) for name in ("weights", "fit") if name in details}
    return {**found, "details": details, "caveats": result.caveats, "units": units(result)}


def units(result: Result) -> list[dict[str, object]]:
    """One object per unit: its id, its name and its estimates."""
    return [{str(key): plain(value) for key, value in row.items()} for row in frame(result).to_dict("records")]


def frame(result: Result) -> pd.DataFrame:
    """The estimates with the units' names in front, untouched and in the order they were measured."""
    table = result.estimates.copy()
    table.insert(0, "name", result.units["name"].reindex(table.index))
    return table.rename_axis("unit_id").reset_index()

"""`arshjul list`: which units, indicators, analyses and questions there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.place import workspace_of
from analysis.cli.writing import write_json, write_table

if TYPE_CHECKING:
    from analysis.catalogue.workspace import Workspace

UNIT_FIELDS = ("unit_id", "level", "name", "country", "code", "parent_id")

listing = typer.Typer(
    help="List units, indicators, analyses or questions.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="""\b
Examples:
  arshjul list units --level municipality
  arshjul list indicators --json
  arshjul list analyses
  arshjul list questions --level school
""",
)

AsJson = Annotated[bool, typer.Option("--json", help="Write a JSON list of objects instead of a table.")]


@listing.command(
    epilog="\b\nExamples:\n  arshjul list units --level school\n  arshjul list units --level region --json"
)
def units(
    context: typer.Context,
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="LEVEL",
            help="Only this level: group, team, school, area, municipality, region or nation.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the units.

    The schools, municipalities, counties and nations that the snapshot knows.
    """
    from analysis.catalogue import level as level_named

    wanted = None if level is None else level_named(level).id
    rows = [
        {name: unit.get(name) for name in UNIT_FIELDS}
        for unit in known_units(workspace_of(context))
        if wanted is None or unit["level"] == wanted
    ]
    if as_json:
        write_json(rows)
    else:
        write_table(rows, UNIT_FIELDS)


@listing.command(epilog="\b\nExamples:\n  arshjul list indicators\n  arshjul list indicators --json")
def indicators(as_json: AsJson = False) -> None:
    """List the indicators.

    What is measured, in which unit, which direction is better and who publishes it.
    """
    from analysis.catalogue import indicators as known_indicators

    known = known_indicators().values()
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "country": each.country,
            "name": each.name,
            "unit": each.unit,
            "direction": str(each.direction),
            "source": each.source,
        }
        for each in known
    ]
    if as_json:
        write_json(rows)
    else:
        names = {each.id: each.name["en"] for each in known}
        write_table(
            [{**row, "name": names[str(row["id"])]} for row in rows],
            ("id", "country", "unit", "direction", "source", "name"),
        )


@listing.command(epilog="\b\nExamples:\n  arshjul list analyses\n  arshjul list analyses --json")
def analyses(as_json: AsJson = False) -> None:
    """List the analyses: what can be asked of the figures."""
    from analysis.analyses import ANALYSES
    from analysis.analyses import analysis as question_named

    known = [question_named(name) for name in ANALYSES]
    if as_json:
        write_json([{"id": each.id, "title": each.title, "question": each.question} for each in known])
    else:
        write_table([{"id": each.id, "question": each.question["en"]} for each in known], ("id", "question"))


@listing.command(epilog="\b\nExamples:\n  arshjul list questions --level school\n  arshjul list questions --json")
def questions(
    level: Annotated[
        str | None,
        typer.Option("--level", metavar="LEVEL", help="Only those that a unit of this level may be asked."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the questions that must be asked.

    By the ids that data/local/accounts.csv calls them by, with whose they are and when they are put.
    """
    from analysis.catalogue import level as level_named
    from analysis.catalogue import may_answer, required_questions

    wanted = None if level is None else may_answer(level_named(level).id)
    known = [each for each in required_questions() if wanted is None or each.id in wanted]
    if as_json:
        write_json(
            [
                {"id": each.id, "of": each.of, "trigger": each.trigger, "kind": each.kind, "question": each.text}
                for each in known
            ]
        )
    else:
        rows = [{"id": each.id, "of": ", ".join(each.of), "question": each.text["en"]} for each in known]
        write_table(rows, ("id", "of", "question"))


def known_units(workspace: Workspace) -> list[dict[str, object]]:
    """Every unit of the current snapshot, read without pandas."""
    from analysis.store import current
    from analysis.store.names import unit_list

    return list(unit_list(current(workspace).path))

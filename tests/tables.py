"""What the CSV under a table on a page says of its rows."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

from bs4 import Tag

LINK = "data:text/csv;charset=utf-8,"


def taken_along(table: Tag) -> list[dict[str, str]]:
    """The rows of the CSV that is taken along from under a table, by column."""
    link = table.find_next("a", class_="csv")
    assert link is not None and link["href"].startswith(LINK)
    text = unquote(link["href"].removeprefix(LINK)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def about(table: Tag) -> list[tuple[dict[str, str], Tag]]:
    """The rows of a table that are a figure of a unit, each with what its row in the CSV says."""
    rows = zip(taken_along(table), table.select("tbody tr"), strict=True)
    return [(told, row) for told, row in rows if told.get("unit_id")]

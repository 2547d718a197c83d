"""Lists on the screen and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import typer


def write_json(value: object) -> None:
    """One JSON value on standard output: UTF-8, a missing number is null."""
    typer.echo(as_json(value))


def as_json(value: object) -> str:
    """The value as JSON text; NaN and infinities become null, since JSON has no word for them.

    >>> print(as_json({"slope": float("nan"), "years": (2022, 2023)}))
    {
      "slope": null,
      "years": [
        2022,
        2023
      ]
    }
    """
    return json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False)


def plain(value: object) -> object:
    """The value in the words JSON has: dict, list, str, int, float, bool or None.

    Tables and series of pandas become lists of objects and objects; NumPy numbers become Python's.
    Raises TypeError for anything else, rather than writing how it happens to look in Python.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if hasattr(value, "to_dict"):  # pandas
        return plain(value.to_dict("records") if getattr(value, "ndim", 1) == 2 else value.to_dict())
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return plain(value.tolist())
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")


def write_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """The rows as aligned columns under their names, numbers with six figures; an empty list says so in words."""
    if not rows:
        typer.echo("none")
        return
    cells = [list(columns), *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)

"""Units found by what people call them, without pandas: a mistyped name is answered at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from analysis.errors import UsageError, nearest

SHOWN = 8
"""how many units are listed when a name fits several"""


def unit_list(snapshot_path: Path) -> list[dict[str, Any]]:
    """Every unit of a snapshot: unit_id, level, name, country, code and the ids it belongs to."""
    import pyarrow.parquet as pq

    return cast("list[dict[str, Any]]", pq.ParquetFile(snapshot_path / "units.parquet").read().to_pylist())


def find_unit(text: str, units: Sequence[dict[str, Any]], level: str | None = None) -> dict[str, Any]:
    """The one unit with this id, code (leading zeros and all) or name (capital letters or not).

    With `level`, only units of that level are looked at. A text that fits none or several is a
    UsageError with the nearest names, or the units to choose between.
    """
    wanted = text.strip()
    among = [unit for unit in units if level is None or unit["level"] == level]
    for fits in (
        [unit for unit in among if unit["unit_id"] == wanted],
        [unit for unit in among if unit["code"] == wanted],
        [unit for unit in among if str(unit["name"]).casefold() == wanted.casefold()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise UsageError(_several(wanted, fits, units))
    what = f"{level} " if level else ""
    zeros = [unit["code"] for unit in among if wanted.isdigit() and unit["code"] == wanted.zfill(len(unit["code"]))]
    known = (str(unit[key]) for unit in among for key in ("name", "unit_id"))
    suggestion = f" Did you mean {zeros[0]!r}?" if zeros else nearest(wanted, known)
    raise UsageError(f"unknown {what}unit {wanted!r}.{suggestion}")


def _several(wanted: str, fits: list[dict[str, Any]], units: Sequence[dict[str, Any]]) -> str:
    names = {unit["unit_id"]: unit["name"] for unit in units}
    listed = [
        f"  {unit['unit_id']}  {unit['name']}" + (f", {names[unit['parent_id']]}" if unit["parent_id"] in names else "")
        for unit in fits[:SHOWN]
    ]
    more = [f"  and {len(fits) - SHOWN} more"] if len(fits) > SHOWN else []
    return "\n".join([f"{wanted!r} fits {len(fits)} units: say which one by its id", *listed, *more])

"""The truth of a made-up municipality, read back from the folder it was written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import UsageError

FILE, FOLDER = "truth.json", "truth"
TABLES = ("schools", "groups", "values", "surveys", "programme", "targets", "segregation", "pupils")
CODES = ("unit_code", "unit_id", "pupil", "target", "school")


@dataclass(frozen=True)
class Truth:
    """Everything that is true of a made-up municipality.

    ``parameters`` has the numbers the pupils were drawn with, ``planted`` what was put there on purpose and at
    which unit. The tables are explained in docs/synthetic.md.
    """

    seed: int
    pupils_asked_for: int
    years: tuple[int, ...]
    parameters: Mapping[str, Any] = field(hash=False)
    planted: Mapping[str, Any] = field(hash=False)
    schools: pd.DataFrame = field(hash=False, compare=False)
    groups: pd.DataFrame = field(hash=False, compare=False)
    values: pd.DataFrame = field(hash=False, compare=False)
    surveys: pd.DataFrame = field(hash=False, compare=False)
    programme: pd.DataFrame = field(hash=False, compare=False)
    targets: pd.DataFrame = field(hash=False, compare=False)
    segregation: pd.DataFrame = field(hash=False, compare=False)
    pupils: pd.DataFrame = field(hash=False, compare=False)


def truth(folder: Path) -> Truth:
    """The truth of the made-up municipality in this folder."""
    file = folder / FILE
    if not file.is_file():
        raise UsageError(
            f"a made-up municipality has the file {FILE}, not found in {folder}\n"
            "  mend:  name the folder that `arshjul synth` made"
        )
    said = json.loads(file.read_text(encoding="utf-8"))
    tables = {name: _table(folder / FOLDER / f"{name}.csv") for name in TABLES}
    return Truth(
        seed=said["seed"],
        pupils_asked_for=said["pupils"],
        years=tuple(said["years"]),
        parameters=said["parameters"],
        planted=said["planted"],
        **tables,
    )


def _table(file: Path) -> pd.DataFrame:
    texts = dict.fromkeys(CODES, "str")
    return pd.read_csv(file, sep=";", dtype=texts, keep_default_na=False, na_values=[""])

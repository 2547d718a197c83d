"""Units, pupils, answers, targets and plans of one's own: one file of a fixed name each, as CSV or Excel.

Each file is given as it is written: text without blanks at its ends, one column per name, and ``row``, the
number of the row in the file. What the words and numbers mean is checked in `analysis.store.local`.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import pandas as pd

from analysis.errors import InputRefused, nearest
from analysis.model import Source
from analysis.store.notes import Notes
from analysis.store.sheets import sheet

LAYOUTS = {
    "units": ("unit_code", "level", "name", "parent_code", "country", "first_year", "last_year", "successor_code"),
    "pupils": ("pupil", "school_year", "grade", "group_code", "sex", "parents_education", "origin", "support"),
    "results": ("pupil", "school_year", "indicator", "value"),
    "answers": ("pupil", "school_year", "survey", "statement", "answer"),
    "targets": (
        "target", "unit_code", "level", "indicator", "kind", "target_value", "due_school_year", "set_by", "decided_on",
        "why",
    ),
    "commitments": (
        "commitment", "unit_code", "level", "school_year", "why", "what", "expected", "indicators", "status",
        "responsible_role", "follow_up_on", "outcome",
    ),
    "accounts": (
        "unit_code", "level", "school_year", "question", "text", "written_by_role", "written_on",
    ),
    "interventions": (
        "intervention", "name", "unit_code", "level", "adoption_school_year", "exit_school_year", "wave", "selected_on",
        "selection_school_year",
    ),
}  # fmt: skip
"""the files that may stand in data/local and their columns"""


def table_of(file: str) -> str:
    """Which of the files this is: ``local/Pupils.CSV`` is pupils. An unknown name is refused."""
    stem = PurePosixPath(file).stem.lower()
    if stem not in LAYOUTS:
        raise InputRefused(
            f"the files in data/local are {', '.join(LAYOUTS)}, each as .csv or .xlsx", file=file,
            found=f"the name {PurePosixPath(file).name!r}.{nearest(stem, LAYOUTS)}", mend="rename or remove the file",
        )  # fmt: skip
    return stem


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The table of a file as it is written, with ``row``; ``attrs["file"]`` says where it stands."""
    wanted = LAYOUTS[table_of(file)]
    found = sheet(content, file)
    places = {name: found.place(name) for name in wanted}
    for name in found.header:
        if name not in places:
            raise InputRefused(
                f"the columns are {', '.join(wanted)}", file=file, row=found.first - 1, column=name,
                found=f"{name!r}.{nearest(name, wanted)}", mend="rename or remove the column",
            )  # fmt: skip
    notes.add(f"own {table_of(file)}", file, "rows", len(found.rows))
    columns = {name: [line[place].strip() for line in found.rows] for name, place in places.items()}
    frame = pd.DataFrame(columns, dtype="str")
    frame["row"] = range(found.first, found.first + len(found.rows))
    frame.attrs["file"] = file
    return frame

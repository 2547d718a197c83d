"""Skolverket's measures per school unit, as a Parquet file with one row per measure and school year.

The kind of each value stands in ``valueType``; the period is the autumn of the school year. Only
compulsory schools (``gr``) are read. Rows without a period, a municipality or a measure we use are
counted in the notes.
"""

from __future__ import annotations

import io
from typing import cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.errors import InputRefused, nearest
from analysis.model import SchoolYear, Source, Status
from analysis.store.cells import CELL_COLUMNS, EMPTY, TYPES, with_plain_names
from analysis.store.notes import Notes
from analysis.store.tables import check_signs

COLUMNS = (
    "value", "valueType", "timePeriod", "variable", "Skolenhetskod", "Kommunkod", "Skolenhetsnamn", "type", "Kommunnamn"
)  # fmt: skip
NUMBERS = ("value", "timePeriod")
FORM = "gr"
FIRST, LAST = SchoolYear.first, SchoolYear.last


def read(content: bytes, file: str, source: Source, notes: Notes) -> pd.DataFrame:
    """The cells of every compulsory school, measure and year."""
    found = _frame(content, file)
    found["row"] = range(1, len(found) + 1)
    _check_texts(found, file)
    _check_words(found, "valueType", source.symbols, file)
    variables = cast("dict[str, str]", source.options["variables"])
    _check_words(found, "variable", variables, file)
    found = _kept(found, variables, file, notes)
    status = found["valueType"].map(source.symbols)
    _check_values(found, status, file)
    marks = found["valueType"].map(cast("dict[str, str]", source.options["marks"]))
    given = status == Status.GIVEN
    cells = pd.DataFrame(
        {
            **EMPTY,
            "country": "se",
            "level": "school",
            "code": found["Skolenhetskod"],
            "name": found["Skolenhetsnamn"],
            "municipality_code": found["Kommunkod"],
            "municipality": found["Kommunnamn"],
            "county_code": found["Kommunkod"].str[:2],
            "indicator": found["variable"].map(variables),
            "year": found["timePeriod"].astype("int64"),
            "value": found["value"].where(given),
            "status": status,
            "mark": found["value"].map("{:g}".format).where(given, marks),
            "source": source.id,
            "file": file,
            "row": found["row"],
            "column": "value",
        },
        columns=list(CELL_COLUMNS),
    )
    return with_plain_names(cells.astype(TYPES), notes)


def _frame(content: bytes, file: str) -> pd.DataFrame:
    try:
        arrow = pq.read_table(io.BytesIO(content))
        arrow.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise InputRefused(
            "the file must be Parquet", file=file, found=(str(error).splitlines() or [type(error).__name__])[0],
            mend="fetch the file anew",
        ) from error  # fmt: skip
    for name in COLUMNS:
        if arrow.column_names.count(name) != 1:
            raise InputRefused(
                f"the column {name!r} must be there, once", file=file,
                found=f"the columns {', '.join(arrow.column_names)}.{nearest(name, arrow.column_names)}",
                mend=f"name the column {name!r}, or fetch the file anew from its publisher",
            )  # fmt: skip
    if not arrow.num_rows:
        raise InputRefused("there must be rows in the file", file=file, found="none", mend="fetch the file anew")
    for name in COLUMNS:
        _check_type(name, arrow.schema.field(name).type, file)
    kinds = pa.schema([(name, pa.float64() if name in NUMBERS else pa.large_string()) for name in COLUMNS])
    return cast("pd.DataFrame", arrow.select(list(COLUMNS)).cast(kinds, safe=False).to_pandas())


def _check_type(name: str, kind: pa.DataType, file: str) -> None:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_number = pa.types.is_floating(kind) or pa.types.is_integer(kind)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not (is_number if name in NUMBERS else is_text):
        wanted = "numbers" if name in NUMBERS else "text, codes with their leading zeros"
        raise InputRefused(
            f"the column holds {wanted}", file=file, column=name, found=str(kind),
            mend="read codes as text and values as numbers before the file is written",
        )  # fmt: skip


def _check_texts(found: pd.DataFrame, file: str) -> None:
    for column in COLUMNS:
        if column not in NUMBERS:
            firsts = found.dropna(subset=[column]).drop_duplicates(column)
            for row, text in zip(firsts["row"], firsts[column], strict=True):
                check_signs([text], [column], file, int(row))


def _check_words(found: pd.DataFrame, column: str, known: dict[str, str], file: str) -> None:
    unknown = found[~found[column].isin(list(known))]
    if len(unknown):
        word = str(unknown[column].iloc[0])
        raise InputRefused(
            f"{column} is one of {', '.join(known)}", file=file, row=int(unknown["row"].iloc[0]), column=column,
            found=f"{word!r}.{nearest(word, known)}", mend="correct the word, or add what it means to sources.toml",
        )  # fmt: skip


def _kept(found: pd.DataFrame, variables: dict[str, str], file: str, notes: Notes) -> pd.DataFrame:
    reasons = (
        ("no municipality", "rows without a municipality code", found["Kommunkod"].isna()),
        ("other school form", f"rows of other school forms than {FORM}", found["type"] != FORM),
        ("not used", "rows of measures that are not in the catalogue", found["variable"].map(variables) == ""),
        ("no period", "rows without a school year", found["timePeriod"].isna()),
    )
    kept = pd.Series(True, index=found.index)
    for kind, text, left_out in reasons:
        notes.add(kind, file, text, int((kept & left_out).sum()))
        kept &= ~left_out
    return found[kept].reset_index(drop=True)


def _check_values(found: pd.DataFrame, status: pd.Series[str], file: str) -> None:
    begins = found["timePeriod"]
    rules = (
        ("value", "a given value is a number", (status == Status.GIVEN) & found["value"].isna()),
        (
            "value",
            "a value that is withheld or missing has no number",
            ~status.isin([Status.GIVEN, Status.ROUNDED]) & found["value"].notna(),
        ),
        ("timePeriod", "a period is a whole year", begins % 1 != 0),
        ("timePeriod", f"a school year begins between {FIRST} and {LAST}", ~begins.between(FIRST, LAST)),
    )
    for column, rule, broken in rules:
        if broken.any():
            first = found[broken].iloc[0]
            raise InputRefused(
                rule, file=file, row=int(first["row"]), column=column,
                mend="correct the year" if column == "timePeriod" else "correct the value or its valueType",
                found=f"{first['valueType']} with the value {first['value']} in {first['timePeriod']}",
            )  # fmt: skip

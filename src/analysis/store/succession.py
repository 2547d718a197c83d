"""Old codes carried to new ones, and schools known by name only given their codes."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from analysis.catalogue import Lineage
from analysis.errors import InputRefused
from analysis.store.notes import Notes

YEARS_AFTER_NAME = re.compile(r"\s*\((\d{4})\s*-\s*(\d{4})\)\s*$")


def carried(cells: pd.DataFrame, lineage: Lineage, notes: Notes) -> pd.DataFrame:
    """The cells with every municipality under the code it has today.

    Only municipalities that changed code and nothing else are carried; a divided one keeps its old
    code and its series ends. The notes say which.
    """
    found = cells.copy()
    keys = found["country"] + " " + found["municipality_code"]
    successors = {f"{country} {old}": new for (country, old), new in lineage.municipalities.items()}
    today = keys.map(successors).astype("str")
    moved = today.notna()
    own = moved & (found["level"] == "municipality")
    words = found["country"] + ": " + found["code"] + " is today " + today + ", the series is carried on"
    for text, count in words[own].value_counts().items():
        notes.add("code carried", "", str(text), int(count))
    found["municipality_code"] = found["municipality_code"].where(~moved, today)
    found["county_code"] = found["county_code"].where(~moved, today.str[:2])
    found["county"] = found["county"].where(~moved, "")
    found["code"] = found["code"].where(~own, today)
    for (country, old), new_codes in lineage.splits.items():
        divided = (found["country"] == country) & (found["code"] == old) & (found["level"] != "school")
        text = f"{country}: {old} was divided into {', '.join(new_codes)}, the series ends and is not joined"
        notes.add("code divided", "", text, int(divided.sum()))
    return found


def with_codes(cells: pd.DataFrame, lineage: Lineage, notes: Notes) -> pd.DataFrame:
    """The cells with a code for every school, also those that a file knows by name only.

    A name is found in the alias table, or among the schools of the same municipality when it is the
    same but for spaces, hyphens and capital letters. A school found nowhere has closed: it gets an id
    of its own, made from municipality and name, and the notes say so.
    """
    nameless = (cells["level"] == "school") & (cells["code"] == "")
    if not nameless.any():
        return cells
    known = _known_names(cells[~nameless & (cells["level"] == "school")])
    wanted = cells.loc[nameless, ["country", "municipality_code", "name", "file"]].drop_duplicates()
    codes: dict[tuple[str, str, str], str] = {}
    for country, place, name, file in wanted.itertuples(index=False):
        alias = lineage.schools.get((country, place, name))
        found = {alias} if alias else known.get((country, place, comparable(name)), set())
        if len(found) > 1:
            raise InputRefused(
                "a school's name is enough to know it by", file=file, column="name",
                found=f"{name!r}, which is the name of {' and '.join(sorted(found))}",
                mend="say which one in the table of schools in lineage.toml",
            )  # fmt: skip
        codes[country, place, name] = next(iter(found), f"{place}-{slug(name)}")
        if not found:
            notes.add("closed school", file, f"{name}: no code is known, kept as {codes[country, place, name]}")
    keys = zip(cells["country"], cells["municipality_code"], cells["name"], cells["code"], strict=True)
    return cells.assign(code=[code or codes[country, place, name] for country, place, name, code in keys])


def comparable(name: str) -> str:
    """A name without what may be written in several ways.

    >>> comparable("Fogn oppvekstsenter - Avdeling skule ") == comparable("Fogn Oppvekstsenter Avdeling skule")
    True
    """
    return " ".join(re.sub(r"[\s\-–]+", " ", name).casefold().split())


def slug(name: str) -> str:
    """A name as part of an id: small letters, digits and hyphens.

    >>> slug("Åmøy skole (utgått)")
    'amoy-skole'
    """
    plain = re.sub(r"\(.*?\)", "", name).casefold().replace("ø", "o").replace("æ", "ae")
    letters = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def tidy_name(name: str) -> str:
    """A unit's name without blanks at its ends, and its years with a dash.

    >>> tidy_name("Viken (2020 - 2023) ")
    'Viken (2020–2023)'
    """
    return YEARS_AFTER_NAME.sub(r" (\1–\2)", name.strip())


def _known_names(schools: pd.DataFrame) -> dict[tuple[str, str, str], set[str]]:
    known: dict[tuple[str, str, str], set[str]] = {}
    columns = ["country", "municipality_code", "name", "code"]
    for country, place, name, code in schools[columns].drop_duplicates().itertuples(index=False):
        known.setdefault((country, place, comparable(name)), set()).add(code)
    return known

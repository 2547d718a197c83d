"""Everything that was ever released, and to whom: what was shown once stays known."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd

FILE = "released.sqlite"
COLUMNS = ("indicator", "unit_id", "group", "year", "value", "n")
_TABLE = """
CREATE TABLE IF NOT EXISTS released (
  release TEXT NOT NULL, date TEXT NOT NULL, audience TEXT NOT NULL, indicator TEXT NOT NULL, unit_id TEXT NOT NULL,
  grp TEXT NOT NULL, year INTEGER NOT NULL, value REAL, n REAL,
  UNIQUE (release, audience, indicator, unit_id, grp, year)
);
CREATE TRIGGER IF NOT EXISTS released_is_kept BEFORE DELETE ON released
BEGIN SELECT RAISE(ABORT, 'what was released stays in the record'); END;
CREATE TRIGGER IF NOT EXISTS released_is_fixed BEFORE UPDATE ON released
BEGIN SELECT RAISE(ABORT, 'what was released stays in the record'); END;
"""


@dataclass(frozen=True)
class Ledger:
    """The record of releases in the folder data: rows are added, never changed or removed.

    A release is named by the decision it follows, so that the same pages made again are the same release.
    """

    file: Path

    @classmethod
    def of(cls, snapshot_path: Path) -> Ledger:
        """The record beside the store that the snapshot lies in."""
        return cls(snapshot_path.parent.parent / FILE)

    def record(self, release: str, audience: str, rows: pd.DataFrame) -> None:
        """Add the rows (`COLUMNS`) of one release; those it holds already are not added again."""
        today = date.today().isoformat()
        values = rows[list(COLUMNS)].astype(object).where(rows[list(COLUMNS)].notna(), None)
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.executescript(_TABLE)
            connection.executemany(
                "INSERT OR IGNORE INTO released VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(release, today, audience, *each) for each in values.itertuples(index=False)],
            )
        self.file.chmod(0o600)

    def known(self, audience: str, *, but: str = "") -> pd.DataFrame:
        """What the readers of `audience` have been shown before, with what everybody has, apart from one release."""
        columns = 'release, date, audience, indicator, unit_id, grp AS "group", year, value, n'
        query = f"SELECT {columns} FROM released WHERE audience IN (?, 'public') AND release <> ? ORDER BY rowid"
        if not self.file.is_file():
            return pd.DataFrame(columns=["release", "date", "audience", *COLUMNS])
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            return pd.read_sql_query(query, connection, params=(audience, but))

    def newest(self, audience: str) -> str:
        """The release that was written down last of those that the readers of `audience` have been shown."""
        known = self.known(audience)["release"]
        return str(known.iloc[-1]) if len(known) else ""

    def hash(self, audience: str, *, but: str = "") -> str:
        """A hash of what is known: another record gives another decision."""
        known = self.known(audience, but=but)[list(COLUMNS)].drop_duplicates()
        return sha256(known.sort_values(list(COLUMNS)).to_csv(index=False).encode()).hexdigest()

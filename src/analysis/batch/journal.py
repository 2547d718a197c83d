"""What became of every page, written down as it happens: what a run that was stopped goes on from."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from analysis.errors import ArshjulError

NAME = "journal.sqlite"
VERSION = 1
State = Literal["made", "failed"]
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, began TEXT NOT NULL, ended TEXT, state TEXT NOT NULL,
    selection TEXT NOT NULL, planned INTEGER NOT NULL, kept INTEGER NOT NULL, jobs INTEGER NOT NULL,
    seconds REAL
);
CREATE TABLE IF NOT EXISTS pages (
    unit_id TEXT PRIMARY KEY, level TEXT NOT NULL, path TEXT NOT NULL, state TEXT NOT NULL,
    code TEXT NOT NULL, reason TEXT NOT NULL, made_from TEXT NOT NULL, sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL, seconds REAL NOT NULL, memory INTEGER NOT NULL, attempts INTEGER NOT NULL,
    figures INTEGER NOT NULL, tables INTEGER NOT NULL, sentences INTEGER NOT NULL, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tries (
    run INTEGER NOT NULL, unit_id TEXT NOT NULL, attempt INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Entry:
    """One page as the journal knows it.

    ``made_from`` has a hash of each thing that decides the page (see `analysis.batch.plan`), ``sha256`` is that of
    the page itself. ``code`` and ``reason`` say why it failed. ``memory`` is its process's largest resident set in
    bytes, ``seconds`` are those of the last attempt.
    """

    unit_id: str
    level: str
    path: str
    state: State
    code: str = ""
    reason: str = ""
    made_from: Mapping[str, str] = field(default_factory=dict, hash=False)
    sha256: str = ""
    bytes: int = 0
    seconds: float = 0.0
    memory: int = 0
    attempts: int = 1
    figures: int = 0
    tables: int = 0
    sentences: int = 0
    run: int = 0


_COLUMNS = tuple(each.name for each in dataclasses.fields(Entry))
_MARKS = ", ".join("?" * len(_COLUMNS))


class Journal:
    """The journal of one folder of pages, in a file of SQLite. Only the supervisor of a run writes in it.

    A journal that is damaged is never trusted: it is set aside as ``journal.damaged`` and a new one is begun, so
    that every page is made anew. Each page is one transaction in write-ahead mode; what is written survives the
    death of the process at any moment.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME
        self.is_new_for_damage = False
        try:
            self._open()
        except sqlite3.DatabaseError:
            self._close()
            self._set_aside()
            self.is_new_for_damage = True
            self._open()

    def _open(self) -> None:
        self._base = sqlite3.connect(self.path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        if self._base.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the journal is damaged")
        self._base.executescript(_TABLES)
        self._base.execute("INSERT OR IGNORE INTO about VALUES ('version', ?)", (str(VERSION),))
        if self.about("version") != str(VERSION):
            raise sqlite3.DatabaseError("the journal is of another version")

    def _close(self) -> None:
        with contextlib.suppress(AttributeError):
            self._base.close()

    def _set_aside(self) -> None:
        self.path.replace(self.path.with_name("journal.damaged"))
        for end in ("-wal", "-shm"):
            self.path.with_name(NAME + end).unlink(missing_ok=True)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def about(self, name: str) -> str:
        """Something written down about the folder of pages; empty when it is not."""
        found = self._base.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def tell(self, **facts: str) -> None:
        """Write down something about the folder of pages."""
        self._base.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", facts.items())

    def begin(self, selection: Mapping[str, Any], planned: int, kept: int, jobs: int) -> int:
        """A new run; those that never said their end were cut off."""
        self._base.execute("UPDATE runs SET state = 'cut off' WHERE state = 'running'")
        written = json.dumps(selection, ensure_ascii=False, sort_keys=True)
        row = (_now(), "running", written, planned, kept, jobs)
        columns = "began, state, selection, planned, kept, jobs"
        return int(self._base.execute(f"INSERT INTO runs ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row).lastrowid or 0)

    def end(self, run: int, state: str, seconds: float) -> None:
        """How a run ended: placed, failed, stopped or refused."""
        self._base.execute("UPDATE runs SET ended = ?, state = ?, seconds = ? WHERE number = ?",
                           (_now(), state, seconds, run))  # fmt: skip

    def runs(self) -> list[dict[str, Any]]:
        """Every run, the oldest first."""
        self._base.row_factory = sqlite3.Row
        found = [dict(row) for row in self._base.execute("SELECT * FROM runs ORDER BY number")]
        self._base.row_factory = None
        return found

    def write(self, *entries: Entry) -> None:
        """Write down what became of pages, in place of what was written about them before."""
        rows = [
            tuple(json.dumps(dict(each.made_from), sort_keys=True) if name == "made_from" else getattr(each, name)
                  for name in _COLUMNS)
            for each in entries
        ]  # fmt: skip
        with _on_disk(self.path):
            self._base.execute("BEGIN")
            self._base.executemany(f"INSERT OR REPLACE INTO pages ({', '.join(_COLUMNS)}) VALUES ({_MARKS})", rows)
            self._base.execute("COMMIT")

    def tried(self, entry: Entry) -> None:
        """Write down why a page that is tried once more was not made this time."""
        row = (entry.run, entry.unit_id, entry.attempts, entry.code, entry.reason)
        with _on_disk(self.path):
            self._base.execute("INSERT INTO tries VALUES (?, ?, ?, ?, ?)", row)

    def tries(self, run: int) -> list[tuple[str, int, str, str]]:
        """The unit, attempt, code and reason of every try of a run that was not the last, as they happened."""
        asked = "SELECT unit_id, attempt, code, reason FROM tries WHERE run = ? ORDER BY rowid"
        return self._base.execute(asked, (run,)).fetchall()

    def pages(self) -> dict[str, Entry]:
        """Every page by its unit."""
        rows = self._base.execute(f"SELECT {', '.join(_COLUMNS)} FROM pages ORDER BY unit_id").fetchall()
        return {row[0]: _entry(row) for row in rows}


def _entry(row: tuple[Any, ...]) -> Entry:
    found = dict(zip(_COLUMNS, row, strict=True))
    found["made_from"] = json.loads(found["made_from"])
    return Entry(**found)


@contextlib.contextmanager
def _on_disk(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ArshjulError(
            f"the journal must be writable\n  found: {path}: {error}\n  mend:  free room on the disk"
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def journals(work: Path) -> list[Path]:
    """The folders with a journal, the one written in last first."""
    found = [path for path in work.glob(f"*/{NAME}") if path.is_file() and not path.is_symlink()]
    return [path.parent for path in sorted(found, key=_written, reverse=True)]


def _written(path: Path) -> float:
    beside = path.with_name(path.name + "-wal")
    return max(each.stat().st_mtime for each in (path, beside) if each.exists())


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Journal]:
    """The journal of a folder, closed afterwards."""
    with Journal(folder) as journal:
        yield journal

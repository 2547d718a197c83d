"""Ask the store in SQL. Parquet is the truth; DuckDB reads it and keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("observations", "units", "reconciliation", "targets", "commitments", "accounts", "interventions")
"""what may be asked; the pupil layer may not"""


def query(snapshot_path: Path, sql: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
    """The answer to a question in SQL about one snapshot.

    The tables are observations (every row, official and computed), units and reconciliation, and targets,
    commitments, accounts and interventions where there are any. The connection lives in memory, uses one thread, can
    reach no other file (the pupil layer neither), and is closed before this
    returns. A fault in the SQL is a UsageError in DuckDB's own words.
    """
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        files = {name: str(snapshot_path / f"{name}.parquet") for name in TABLES}
        held = {name: file for name, file in files.items() if Path(file).is_file()}
        for name, file in held.items():
            quoted = file.replace("'", "''")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{quoted}')")
        connection.execute("SET allowed_paths = $files", {"files": list(held.values())})
        connection.execute("SET enable_external_access = false")
        try:
            answer = connection.sql(sql, params=parameters or {}).to_arrow_table()
        except duckdb.Error as fault:
            raise UsageError(f"the store cannot answer this question: {fault}") from None
    return cast("pd.DataFrame", answer.to_pandas())

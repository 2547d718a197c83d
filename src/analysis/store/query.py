"""Ask the store in SQL. Parquet is the truth; DuckDB reads it and keeps nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("observations", "units", "reconciliation")


def query(snapshot_path: Path, sql: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
    """The answer to a question in SQL about one snapshot.

    The tables are observations (every row, official and computed), units and reconciliation. The
    connection lives in memory, uses one thread, can reach no other file, and is closed before this
    returns. A fault in the SQL is a UsageError in DuckDB's own words.
    """
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        for name in TABLES:
            file = str(snapshot_path / f"{name}.parquet").replace("'", "''")
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{file}')")
        connection.execute("SET allowed_directories = [$folder]", {"folder": str(snapshot_path)})
        connection.execute("SET enable_external_access = false")
        try:
            answer = connection.sql(sql, params=parameters or {}).to_arrow_table()
        except duckdb.Error as fault:
            raise UsageError(f"the store cannot answer this question: {fault}") from None
    return cast("pd.DataFrame", answer.to_pandas())

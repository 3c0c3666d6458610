"""What a query should give, worked out by plain SQL over the released Parquet: nothing here knows the service."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

# The released figures with the codes that SDMX gives them, and the days on which periods begin and end.
AS_SDMX = r"""
CREATE VIEW rows AS
WITH told AS (
  SELECT *,
    regexp_matches(period, '^\d{4}-\d{4}$') AS is_span, period LIKE '%Q%' AS is_quarter,
    substr(period, 1, 4)::INTEGER AS began,
    CASE WHEN period LIKE '%-____' AND period NOT LIKE '%Q%' THEN substr(period, 6, 4)::INTEGER - substr(period, 1, 4)::INTEGER END AS years
  FROM read_parquet('{file}')
)
SELECT
  CASE WHEN is_quarter THEN 'Q' WHEN NOT is_span THEN 'A'
       WHEN years IN (2, 3, 4, 5, 10, 20, 30) THEN 'A' || years WHEN years = 1 THEN '_O' ELSE '_O' END AS "FREQ",
  indicator AS "INDICATOR", area AS "REF_AREA", counterpart AS "COUNTERPART_AREA", sex AS "SEX",
  definition AS "DEFINITION", source AS "SOURCE", edition AS "EDITION",
  CASE WHEN is_span THEN began || '-07-01/P' || years || 'Y' ELSE period END AS "TIME_PERIOD",
  value AS "OBS_VALUE", unit AS "UNIT_MEASURE", observation_status AS "EVIDENCE", licence AS "LICENCE",
  CASE WHEN is_quarter THEN make_date(began, substr(period, 7, 1)::INTEGER * 3 - 2, 1)
       WHEN is_span THEN make_date(began, 7, 1) ELSE make_date(began, 1, 1) END AS begins,
  CASE WHEN is_quarter THEN last_day(make_date(began, substr(period, 7, 1)::INTEGER * 3, 1))
       WHEN is_span THEN make_date(began + years, 6, 30) ELSE make_date(began, 12, 31) END AS ends,
  CASE length(edition) WHEN 4 THEN make_date(edition::INTEGER, 12, 31)
       WHEN 7 THEN last_day((edition || '-01')::DATE) ELSE edition::DATE END AS was_out
FROM told
"""
KEY = ("FREQ", "INDICATOR", "REF_AREA", "COUNTERPART_AREA", "SEX", "DEFINITION", "SOURCE", "EDITION")
WITHOUT_EDITION = ", ".join(f'"{one}"' for one in KEY[:-1])
WITH_EDITION = ", ".join(f'"{one}"' for one in KEY)
SHOWN = (*KEY, "TIME_PERIOD", "OBS_VALUE", "EVIDENCE")


@dataclass(frozen=True)
class Asked:
    """A query in words of neither interface."""

    indicators: tuple[str, ...]  # those of the dataflow
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by dimension
    start: str | None = None  # a year
    end: str | None = None
    least: float | None = None  # of the value
    evidence: str | None = None
    as_of: str | None = None  # a day
    history: bool = False
    first: int | None = None
    last: int | None = None


def open_rows(figures: Path) -> duckdb.DuckDBPyConnection:
    """The released figures as a view `rows`."""
    connection = duckdb.connect()
    connection.execute(AS_SDMX.replace("{file}", figures.as_posix()))
    return connection


def plain_rows(connection: duckdb.DuckDBPyConnection, asked: Asked) -> list[tuple[Any, ...]]:
    """The rows that answer a query, sorted."""
    where, values = [f'"INDICATOR" IN ({_marks(asked.indicators)})'], list(asked.indicators)
    for dimension, codes in asked.codes.items():
        where.append(f'"{dimension}" IN ({_marks(codes)})')
        values += codes
    names_editions = "EDITION" in asked.codes
    if asked.as_of is not None:
        where.append("was_out <= ?::DATE")
        values.append(asked.as_of)
    one_edition = not (asked.history or names_editions)
    newest = f'PARTITION BY {WITHOUT_EDITION}, "TIME_PERIOD" ORDER BY was_out DESC, "EDITION" DESC'
    held = f"SELECT * FROM rows WHERE {' AND '.join(where)}"
    if one_edition:
        held += f" QUALIFY row_number() OVER ({newest}) = 1"
    after: list[str] = ["true"]
    for condition, value in (
        ("begins >= make_date(?::INTEGER, 1, 1)", asked.start),
        ("ends <= make_date(?::INTEGER, 12, 31)", asked.end),
        ('"OBS_VALUE" >= ?', asked.least),
        ('"EVIDENCE" = ?', asked.evidence),
    ):
        if value is not None:
            after.append(condition)
            values.append(value)  # type: ignore[arg-type]
    sql = f"SELECT * FROM ({held}) WHERE {' AND '.join(after)}"
    series = WITHOUT_EDITION if one_edition else WITH_EDITION
    ends = []
    if asked.first is not None:
        ends.append(
            f'dense_rank() OVER (PARTITION BY {series} ORDER BY begins, "TIME_PERIOD") <= {asked.first}'
        )
    if asked.last is not None:
        ends.append(
            f'dense_rank() OVER (PARTITION BY {series} ORDER BY begins DESC, "TIME_PERIOD" DESC) <= {asked.last}'
        )
    if ends:
        sql = f"SELECT * FROM ({sql}) QUALIFY {' OR '.join(ends)}"
    columns = ", ".join(f'"{one}"' for one in SHOWN)
    return sorted(connection.execute(f"SELECT {columns} FROM ({sql})", values).fetchall(), key=repr)


def _marks(values: tuple[str, ...]) -> str:
    return ",".join("?" * len(values))

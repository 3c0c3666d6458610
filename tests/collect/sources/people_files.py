"""The published files on migrants, population, refugees, flows and treaties."""

import io

import polars as pl
from tests.collect.sources.published_files import (
    APPLICATIONS,
    BOOK_2019,
    BOOK_2020,
    CENTRAL_ASIA_TREATIES,
    CONFLICT,
    DECISIONS,
    FLOWS,
    GROUPS,
    MEMBER_TREATIES,
    RATES,
    ROUNDED,
    STOCK_2019,
    STOCK_2020,
    TOTALS_2019,
    UNHCR_STOCK,
    WIDE_2019,
    observed,
    read,
    read_file,
    sifted,
)
from tests.collect.sources.published_files import PEOPLE_FILES as SOURCE_OF_FILE

__all__ = [
    "APPLICATIONS",
    "BOOK_2019",
    "BOOK_2020",
    "CENTRAL_ASIA_TREATIES",
    "CONFLICT",
    "DECISIONS",
    "FLOWS",
    "GROUPS",
    "MEMBER_TREATIES",
    "RATES",
    "ROUNDED",
    "SOURCE_OF_FILE",
    "STOCK_2019",
    "STOCK_2020",
    "TOTALS_2019",
    "UNHCR_STOCK",
    "WIDE_2019",
    "as_parquet",
    "observed",
    "read",
    "read_file",
    "sifted",
]


def as_parquet(table: pl.DataFrame) -> bytes:
    """The bytes of a Parquet file."""
    out = io.BytesIO()
    table.write_parquet(out)
    return out.getvalue()

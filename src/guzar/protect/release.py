"""The door: Observations, already published by somebody → ReleasedFigures, the only table that may leave.

A figure may leave by this path when its source is known with its licence and no column of the table can
identify a person. Tables made from records about persons never take this path: they leave through a
disclosure rule.
"""

import dataframely as dy
import polars as pl

from guzar.define.columns import DECLARED, Secrecy
from guzar.define.seals import seal_frame
from guzar.define.sources import sources
from guzar.define.tables.figures import Observations
from guzar.define.tables.releases import ReleasedFigures, ReleasedTable, identifying_columns
from guzar.errors import ReleaseRefused

PUBLIC_ALREADY = "public_already"


def release_public_figures(observations: dy.DataFrame[Observations]) -> dy.DataFrame[ReleasedFigures]:
    """The same figures, each with its publisher's licence, marked as public already.

    Refused (ReleaseRefused) where a source or its licence is not known, or a column could identify a person.
    """
    _require_open_columns("Observations", observations.columns)
    _require_known_sources(observations)
    licences = {source.id: source.licence for source in sources().values()}
    licence = pl.col("source").replace_strict(licences, return_dtype=pl.String)
    marked = observations.with_columns(licence=licence, release_path=pl.lit(PUBLIC_ALREADY))
    released = ReleasedFigures.validate(marked.select(ReleasedFigures.column_names()))
    seal_frame(released)
    return released


def release_public_table(name: str, table: type[dy.Schema], frame: pl.DataFrame) -> ReleasedTable:
    """A table beside the figures, marked as public; refused where a column of it could identify a person."""
    identifying = identifying_columns(table)
    if identifying:
        _refuse_columns(table.__name__, identifying)
    _require_open_columns(table.__name__, frame.columns)
    released = table.validate(frame.select(table.column_names()))
    seal_frame(released)
    return ReleasedTable(name, table, released)


def _require_open_columns(table: str, names: list[str]) -> None:
    """Every column is declared, and declared open: an unknown column is taken to identify a person."""
    refused = [name for name in names if name not in DECLARED or _secrecy(name) != Secrecy.OPEN]
    if refused:
        _refuse_columns(table, refused)


def _secrecy(name: str) -> str:
    return str((DECLARED[name]().metadata or {}).get("secrecy"))


def _refuse_columns(table: str, names: list[str]) -> None:
    raise ReleaseRefused(
        "The table {table} has columns that could identify a person.",
        where="columns: {columns}",
        expected="a table of published figures, every column declared open",
        do="Leave these columns out, or let the table pass a disclosure rule.",
        table=table,
        columns=", ".join(names),
    )


def _require_known_sources(observations: pl.DataFrame) -> None:
    with_licence = [source.id for source in sources().values() if source.licence]
    unknown = observations.filter(~pl.col("source").is_in(with_licence))
    if unknown.height:
        raise ReleaseRefused(
            "{count} figures come from a source whose licence guzar does not know.",
            where="sources: {found}",
            expected="a source that is listed with publisher and licence",
            do="Add the source and its licence to the list first; see it with: guzar collect --list",
            count=unknown.height,
            found=", ".join(unknown["source"].unique().sort()),
        )

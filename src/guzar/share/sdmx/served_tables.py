"""ReleasedFigures of a release → the rows that the service answers from, by dataflow, each with the day it came out.

A row keeps the moment of the release in which it first stood as it does: so a reader who asks for what changed after a day
gets what a later release added or revised, whatever the edition, and nothing else.
"""

from collections.abc import Iterable, Mapping

import dataframely as dy
import polars as pl

from guzar.define import structures
from guzar.define.reader_rows import print_number
from guzar.define.structures import AGENCY, DATA_STRUCTURE, DIMENSION, MEASURE, VERSION
from guzar.define.tables.releases import ReleasedFigures
from guzar.languages import translate
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.index_writer import RELEASED, ServedTable
from guzar.share.sdmx.made_dataflows import TableFlow, code_id
from guzar.share.sdmx.writers import make_sdmx_figures, rows_of, subjects_in


def serve_figures(figures: dy.DataFrame[ReleasedFigures]) -> list[ServedTable]:
    """The rows of each subject, values as printed; `released_at` is still to be told (`date_rows`)."""
    if not figures.height:
        return []
    made = make_sdmx_figures(figures)
    tables = []
    for subject in subjects_in(made):
        names = {language: translate(subject.name_en, language) for language in ("en", "ru")}
        flow = Dataflow(AGENCY, subject.id, VERSION, names, DATA_STRUCTURE, structures.components())
        tables.append(
            ServedTable(flow, rows_of(subject, made).with_columns(value=print_number(pl.col("value"))))
        )
    return tables


def serve_protected(flows: Iterable[TableFlow]) -> list[ServedTable]:
    """The rows of each protected table, codes as its structure has them; a hidden cell has no value and the status C."""
    return [ServedTable(one.flow, _rows_of_table(one)) for one in flows]


def _rows_of_table(one: TableFlow) -> pl.DataFrame:
    made = {codes.id for codes in one.codelists}
    frame = one.table.frame.with_columns(pl.lit(one.unit).alias("unit"))
    told = []
    for component in one.flow.components:
        column = pl.col(component.column)
        if component.role == MEASURE:
            told.append(print_number(column.cast(pl.Float64)).alias(component.column))
        elif component.codelist in made and component.role == DIMENSION:
            ids = {code: code_id(str(code)) for code in frame[component.column].unique().to_list()}
            told.append(column.replace_strict(ids, return_dtype=pl.String))
        else:
            told.append(column.cast(pl.String))
    return frame.select(told)


def date_rows(
    tables: list[ServedTable], earlier: Mapping[str, pl.DataFrame], *, at: str
) -> list[ServedTable]:
    """The same tables with `released_at`: that of the earlier publication where a row stood there just so, else `at`.

    `earlier` holds the dated rows of the publication before, by dataflow.
    """
    return [ServedTable(one.flow, _dated(one.rows, earlier.get(one.flow.id), at)) for one in tables]


def _dated(rows: pl.DataFrame, earlier: pl.DataFrame | None, at: str) -> pl.DataFrame:
    if (
        earlier is None
        or earlier.drop(RELEASED, strict=False).schema != rows.schema
        or RELEASED not in earlier.columns
    ):
        return rows.with_columns(pl.lit(at).alias(RELEASED))
    dated = rows.join(earlier, on=rows.columns, nulls_equal=True, how="left", maintain_order="left")
    return dated.with_columns(pl.col(RELEASED).fill_null(at))

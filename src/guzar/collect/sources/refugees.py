"""UNHCR refugee population statistics: people by country of origin and country of asylum, one column per status.

In: a table (Parquet or CSV) origin × asylum country × year with the columns of ISO codes `coo_iso` and `coa_iso`;
the publisher's own three-letter codes beside them are not ISO (AUS is Austria) and are never read. Out:
PublishedFigures, one series per status. The publisher fills columns that do not apply with 0 or leaves them
empty: such cells are counted in the receipt and not taken. The last year of a file may hold mid-year figures and is marked so.
Source: UNHCR Refugee Population Statistics Database; for people displaced by conflict: IDMC.
"""

from collections.abc import Callable
from functools import partial

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW
from guzar.collect.headers import first_row
from guzar.collect.tables import PARQUET, open_parquet, open_table
from guzar.errors import DeliveryRefused

SOURCE = "refugees"
ENDS = ["year", "coo_iso", "coa_iso"]
LATEST = "latest year"  # the mark of the last year of a file
# Value columns as delivered, and the series that they are.
STOCK = {
    name: name
    for name in (
        "stateless",
        "refugees",
        "asylum_seekers",
        "idps",
        "ooc",
        "oip",
        "hst",
        "returned_refugees",
        "returned_idps",
    )
}
ARRIVALS = {name: f"new_{name}" for name in ("refugee_like", "refugees", "asylum_seekers", "oip")}
SOLUTIONS = {name: name for name in ("naturalisation", "resettlement", "returned_refugees", "returned_idps")}
CONFLICT = {"total": "total"}
APPLICATIONS = {"applied": "applied"}
KINDS = ["procedure_type", "app_type", "dec_level", "app_pc"]  # what an application is told apart by
FEWEST_COUNTRIES = 50  # of asylum or displacement; the shortest table lists 85


def read_status_columns(delivery: Delivery, series: dict[str, str]) -> Reading:
    """One row per origin, asylum country and year with one column per status, persons."""
    table = _open(delivery)
    held = [name for name in series if name in table.columns]
    long = _unpivot(table, held, [])
    filler = (pl.col("value") == 0).fill_null(False) | (pl.col("reported_value").fill_null("") == "")
    taken = long.filter(~filler)
    candidates = _candidates(taken, pl.col("column").replace_strict(series))
    notes = (
        f"cells with 0 or empty, not taken because they also fill columns that do not apply: {long.height - taken.height}",
    )
    return Reading(None, {"published_figures": candidates}, notes=notes)


def read_applications(delivery: Delivery) -> Reading:
    """Applications for asylum by procedure, kind and level: parts of the year's total of a corridor."""
    table = _open(delivery)
    long = _unpivot(table, ["applied"], KINDS)
    parts = _candidates(long, pl.lit("applied")).with_columns(
        reported_part=pl.concat_str(*[long[name] for name in KINDS], separator=" "),
        parts_printed=long.select(pl.len().over(ENDS).cast(pl.Int32)).to_series(),
    )
    return Reading(None, {"published_figures": parts})


def _open(delivery: Delivery) -> pl.DataFrame:
    table = open_table(delivery).with_row_index(ROW, offset=1)
    found = table["coa_iso"].n_unique()
    if found < FEWEST_COUNTRIES:
        raise DeliveryRefused(
            "{name} is cut short: it lists too few countries.",
            where="{name}, column coa_iso: {found} countries",
            expected="at least {fewest} countries",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
            found=found,
            fewest=FEWEST_COUNTRIES,
        )
    return table


def _unpivot(table: pl.DataFrame, columns: list[str], kinds: list[str]) -> pl.DataFrame:
    """Long rows with `column`, `reported_value`, and `value` where the file holds numbers."""
    index = [ROW, *ENDS, *kinds]
    texts = table.select(*index, *[pl.col(name).cast(pl.String) for name in columns])
    numbers = table.select(ROW, *[_number(table, name) for name in columns])
    long = texts.unpivot(columns, index=index, variable_name="column", value_name="reported_value")
    return long.with_columns(value=numbers.unpivot(columns, index=ROW)["value"])


def _number(table: pl.DataFrame, column: str) -> pl.Expr:
    """The number that the file carries; text is read with a plain decimal point and judged in the quarantine."""
    return (
        pl.col(column).cast(pl.Float64, strict=False)
        if table[column].dtype != pl.Boolean
        else pl.lit(None, pl.Float64).alias(column)
    )


def _candidates(long: pl.DataFrame, series: pl.Expr) -> pl.DataFrame:
    year = pl.col("year").cast(pl.String)
    return long.select(
        series=series,
        reported_area=pl.col("coa_iso").cast(pl.String),
        reported_counterpart=pl.col("coo_iso").cast(pl.String),
        reported_period=year,
        reported_value="reported_value",
        value="value",
        reported_status=pl.when(year == year.max()).then(pl.lit(LATEST)),
        place=pl.format("row {}, column {}", ROW, "column"),
    )


def _columns(delivery: Delivery) -> set[str]:
    return set(open_parquet(delivery).columns if delivery.content[:4] == PARQUET else first_row(delivery))


def _holds(delivery: Delivery, columns: tuple[str, ...]) -> bool:
    return {*ENDS, *columns} <= _columns(delivery)


def _layout(
    name: str, description: str, columns: tuple[str, ...], read: Callable[[Delivery], Reading]
) -> Layout:
    words = f"{description}: the columns year, coo_iso, coa_iso, {', '.join(columns)}"
    return Layout(name, SOURCE, words, lambda delivery: _holds(delivery, columns), read)


LAYOUTS = (
    _layout(
        "stock",
        "people by status at the end of the year",
        tuple(STOCK),
        partial(read_status_columns, series=STOCK),
    ),
    _layout(
        "arrivals",
        "people newly displaced in the year",
        tuple(ARRIVALS),
        partial(read_status_columns, series=ARRIVALS),
    ),
    _layout(
        "solutions",
        "returns, resettlement, naturalisation",
        tuple(SOLUTIONS),
        partial(read_status_columns, series=SOLUTIONS),
    ),
    _layout("applications", "asylum applications", ("applied", *KINDS), read_applications),
    _layout(
        "conflict",
        "people displaced by conflict (IDMC)",
        tuple(CONFLICT),
        partial(read_status_columns, series=CONFLICT),
    ),
)

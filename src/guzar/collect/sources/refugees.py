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
KINDS = ["procedure_type", "app_type", "dec_level", "app_pc"]  # what an application is told apart by
OUTCOMES = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total")
KINDS_OF_DECISION = ["procedure_type", "dec_level", "dec_pc"]
SEXES = {"f_total": "F", "m_total": "M"}
PLACES = ["pop_type", "location", "loc_type", "acc_type"]  # what a group of people is told apart by
# Kinds of people that the table of groups lists for the same corridors as the table of stocks; it lists returned
# refugees by country of return only, and stateless people for some countries only.
GROUPS = ("REF", "ASY", "IDP", "OOC", "OIP", "RDP", "HST")
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


def read_decisions(delivery: Delivery) -> Reading:
    """Decisions on asylum by procedure, level and what is counted: parts of the year's total of a corridor."""
    table = _open(delivery)
    long = _unpivot(table, list(OUTCOMES), KINDS_OF_DECISION)
    parts = _candidates(long, pl.col("column")).with_columns(
        reported_part=pl.concat_str(*[long[name] for name in KINDS_OF_DECISION], separator=" "),
        parts_printed=long.select(pl.len().over(*ENDS, "column").cast(pl.Int32)).to_series(),
    )
    return Reading(None, {"published_figures": parts})


def read_groups(delivery: Delivery) -> Reading:
    """Women and men by place: parts of a corridor's total, one series per kind of people.

    A place without a breakdown by sex is printed with 0 women and 0 men: such zeros are blank here, so that the
    total of women of that corridor is not known instead of too small.
    """
    table = _open(delivery)
    taken = table.filter(pl.col("pop_type").is_in(GROUPS)).with_columns(has_no_sexes=_lacks_sexes())
    long = _unpivot(taken, list(SEXES), [*PLACES, "has_no_sexes"])
    blank = long["has_no_sexes"]
    shown = long.with_columns(
        value=pl.when(~blank).then("value"), reported_value=pl.when(~blank).then("reported_value")
    )
    parts = _candidates(shown, pl.concat_str("pop_type", pl.lit(" by sex"))).with_columns(
        reported_sex=long["column"].replace_strict(SEXES),
        reported_part=pl.concat_str(*[long[name] for name in PLACES[1:]], separator=", "),
        parts_printed=long.select(pl.len().over(*ENDS, "pop_type", "column").cast(pl.Int32)).to_series(),
    )
    notes = (
        f"rows of kinds of people that are printed for other corridors, not taken: {table.height - taken.height}",
        f"cells of places without a breakdown by sex, printed as 0, read as blank: {blank.sum()}",
        "columns of age groups, not taken: no table of guzar holds ages",
    )
    return Reading(None, {"published_figures": parts}, notes=notes)


def _lacks_sexes() -> pl.Expr:
    """Whether women and men are fewer than the people of a place; false where a number cannot be read."""
    women, men, people = (pl.col(name).cast(pl.Float64, strict=False) for name in (*SEXES, "total"))
    return ((women >= 0) & (men >= 0) & (women + men < people)).fill_null(False)


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
    _layout("decisions", "asylum decisions", (*OUTCOMES, *KINDS_OF_DECISION), read_decisions),
    _layout("groups", "women and men by kind of people and place", (*PLACES, *SEXES, "total"), read_groups),
    _layout(
        "conflict",
        "people displaced by conflict (IDMC)",
        tuple(CONFLICT),
        partial(read_status_columns, series=CONFLICT),
    ),
)
